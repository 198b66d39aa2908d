"""A verb that writes and then says no leaves nothing, whatever turned the no into an answer."""

from __future__ import annotations

import pytest
from django.test import Client

from sitebook.customers.models import Customer
from sitebook.history.models import Change
from tests.cast import Cast, see_all

pytestmark = pytest.mark.urls("tests.guards.refusing_urls")


@pytest.mark.parametrize(
    ("address", "status"), [("/refuses/", 409), ("/vanishes/", 404), ("/breaks/", 500), ("/answers-422/", 422)]
)
def test_what_was_refused_left_nothing(address: str, status: int, cast: Cast):
    client = Client(raise_request_exception=False)
    client.force_login(cast.bob)
    assert client.post(address).status_code == status
    with see_all():
        assert not Customer.objects.filter(name="Half done").exists()
        assert not [c for c in Change.objects.filter(action="made") if "Half done" in str(c.changes)]


def test_what_worked_stays(cast: Cast):
    client = Client()
    client.force_login(cast.bob)
    assert client.post("/works/").status_code == 204
    with see_all():
        assert Customer.objects.filter(name="Done").exists()


def test_a_page_without_a_mark_answers_nobody(cast: Cast):
    client = Client()
    client.force_login(cast.alice)
    assert client.get("/unmarked/").status_code == 403
