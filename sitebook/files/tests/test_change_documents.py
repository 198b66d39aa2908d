"""Rename, note, remove and bring back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sitebook.access.identity import acting
from sitebook.customers.tables import CUSTOMER
from sitebook.files.models import Document
from sitebook.files.tests import made
from sitebook.files.uploads import add
from tests.cast import Cast, see_all
from tests.refusals import refused

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def plan(cast: Cast) -> Document:
    with acting(user=cast.charlie, via="screen", request_id="r1"):
        return add(kind=CUSTOMER, pk=cast.acme.pk, sent=made.sent("plan.txt", b"x"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("floor.txt", "floor.txt"), ("floor", "floor.txt"), ("floor.exe", "floor.exe.txt"), ("../floor.TXT", "floor.TXT")],
)
def test_a_new_name_keeps_its_ending(typed: str, kept: str, plan: Document, cast: Cast, client_of):
    answer = client_of(cast.charlie).post(
        f"/documents/{plan.pk}/edit/", {"name": typed, "note": " ground "}, follow=True
    )
    assert answer.status_code == 200
    with see_all():
        plan.refresh_from_db()
    assert (plan.name, plan.note) == (kept, "ground")


def test_a_name_is_needed(plan: Document, cast: Cast, client_of):
    client = client_of(cast.charlie)
    assert client.get(f"/documents/{plan.pk}/edit/").status_code == 200
    assert client.post(f"/documents/{plan.pk}/edit/", {"name": " "}).status_code == 422


def test_a_removed_document_is_hidden_and_comes_back_with_undo(plan: Document, cast: Cast, client_of):
    client, tab = client_of(cast.charlie), f"/customers/{cast.acme.pk}/documents/"
    told = client.post(f"/documents/{plan.pk}/remove/", follow=True).content.decode()
    assert "plan.txt is removed." in told
    assert f'action="/documents/{plan.pk}/bring-back/"' in told
    shown = client.get(tab).content.decode()
    assert "plan.txt" not in shown
    assert 'Documents <span class="count">0</span>' in shown
    removed = client.get(f"{tab}?removed=yes").content.decode()
    assert "plan.txt" in removed
    assert f"/documents/{plan.pk}/plan.txt" not in removed
    assert client.get(f"/documents/{plan.pk}/plan.txt").status_code == 404
    assert client.post(f"/documents/{plan.pk}/remove/").status_code == 409
    assert client.post(f"/documents/{plan.pk}/bring-back/").status_code == 303
    assert "plan.txt" in client.get(tab).content.decode()
    assert client.post(f"/documents/{plan.pk}/bring-back/").status_code == 409


def test_of_two_who_remove_it_at_once_one_is_told(plan: Document, cast: Cast):
    with see_all():
        same = Document.objects.get(pk=plan.pk)
        plan.remove(by_id=cast.bob.pk, at=NOW)
        with refused("already_removed", match="is already removed"):
            same.remove(by_id=cast.alice.pk, at=NOW)
        plan.refresh_from_db()
    assert plan.removed_by_id == cast.bob.pk


def test_the_records_history_tells_what_was_done(plan: Document, cast: Cast, client_of):
    client = client_of(cast.charlie)
    client.post(f"/documents/{plan.pk}/edit/", {"name": "floor.txt"})
    client.post(f"/documents/{plan.pk}/remove/")
    told = client.get(f"/customers/{cast.acme.pk}/history/").content.decode()
    assert "document" in told
    assert "plan.txt" in told
    assert "floor.txt" in told
    assert plan.sha256 not in told


def test_a_get_changes_nothing(plan: Document, cast: Cast, client_of):
    for act in ("remove", "bring-back", "place", "place/end"):
        assert client_of(cast.charlie).get(f"/documents/{plan.pk}/{act}/").status_code == 405
