"""Sent again by its key, a request gives no answer about what its caller does not see any more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.access.models import give, take
from sitebook.api.models import Repeat
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.handovers import handover
from sitebook.sites.models import Site
from sitebook.users.models import User
from tests.cast import Cast, make_user, see_all

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 1)


def twice(program: Any, path: str, body: Any, between: Any) -> tuple[Any, Any]:
    first = program.post(path, body, Idempotency_Key="once")
    assert first.status_code < 300, first.content
    between()
    return first, program.post(path, body, Idempotency_Key="once")


def is_withheld(answer: Any) -> bool:
    told = answer.json()
    return (answer.status_code, told["code"], "Idempotency-Replayed" in answer) == (404, "answer_withheld", False)


def test_a_grant_that_was_taken_takes_the_answers_along(cast: Cast, program_of: Any):
    def taken() -> None:
        with acting(user=cast.alice, via="screen"):
            take(user_id=cast.bob.pk, customers=[cast.acme.pk])

    body = {"name": "Elm Depot", "customer": cast.acme.pk}
    _first, again = twice(program_of(cast.bob), "sites", body, taken)
    assert is_withheld(again)
    assert "Elm" not in again.text
    with see_all():
        assert Site.objects.filter(name="Elm Depot").count() == 1
        assert Repeat.objects.get(key="once").body == ""
        give(user_id=cast.bob.pk, customers=[cast.acme.pk])
    assert is_withheld(program_of(cast.bob).post("sites", body, Idempotency_Key="once"))


def test_so_does_the_end_of_seeing_all(cast: Cast, program_of: Any):
    def narrowed() -> None:
        with see_all():
            User.objects.filter(pk=olive.pk).update(all_customers=False)

    olive = make_user(name="Olive Otter", role="office", all_customers=True)
    body = {"items": [{"name": "Elm Depot", "customer": cast.cedar.pk}]}
    _first, again = twice(program_of(olive), "sites/bulk", body, narrowed)
    assert is_withheld(again)


@pytest.mark.parametrize("bulk", [False, True], ids=["one", "many"])
def test_a_site_that_went_to_a_hidden_customer_is_not_answered_about(bulk: bool, cast: Cast, program_of: Any):
    def handed_over() -> None:
        with acting(user=cast.alice, via="screen"):
            site = Site.objects.get(name="Elm Depot")
            handover.hand_over(
                site, to=cast.cedar, day=TODAY, today=timezone.localdate(), by_id=cast.alice.pk, reason="", carry=[]
            )

    body: Any = {"name": "Elm Depot", "customer": cast.acme.pk}
    path, sent = ("sites/bulk", {"items": [body]}) if bulk else ("sites", body)
    _first, again = twice(program_of(cast.bob), path, sent, handed_over)
    assert is_withheld(again)
    with see_all():
        assert Site.objects.filter(name="Elm Depot").count() == 1


def test_what_was_done_to_a_record_that_is_hidden_now_is_not_told_either(cast: Cast, program_of: Any):
    def given_away() -> None:
        with see_all():
            Contact.objects.filter(pk=person.pk).update(customer=cast.cedar)

    with see_all():
        person = Contact.add(customer=cast.acme, name="Pat Plum")
    _first, again = twice(program_of(cast.bob), f"contacts/{person.pk}/archive", {}, given_away)
    assert is_withheld(again)


def test_an_archived_record_is_still_answered_about(cast: Cast, program_of: Any):
    def archived() -> None:
        with see_all():
            Customer.objects.get(name="Elm").archive(by_id=None, at=timezone.now())

    first, again = twice(program_of(cast.bob), "customers", {"name": "Elm"}, archived)
    assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")


def test_what_the_act_itself_hid_is_still_answered(cast: Cast, program_of: Any):
    """Bob leaves a site to nobody: from then on he does not see it, and asks whether his request came through."""
    body = {"to": None, "day": TODAY.isoformat()}
    first, again = twice(program_of(cast.bob), f"sites/{cast.depot.pk}/hand-over", body, lambda: None)
    assert (again.content, again["Idempotency-Replayed"]) == (first.content, "true")


def test_a_lower_role_is_refused_before_anything_is_answered(cast: Cast, program_of: Any):
    def lowered() -> None:
        with see_all():
            User.objects.filter(pk=cast.bob.pk).update(role="viewer")

    _first, again = twice(program_of(cast.bob), "customers", {"name": "Elm"}, lowered)
    assert (again.status_code, "Elm" in again.text) == (403, False)


def test_a_grant_taken_from_one_leaves_the_answers_of_others(cast: Cast, program_of: Any):
    def taken() -> None:
        with acting(user=cast.alice, via="screen"):
            take(user_id=cast.vera.pk, customers=[cast.birch.pk])

    first, again = twice(program_of(cast.bob), "customers", {"name": "Elm"}, taken)
    assert again.content == first.content
