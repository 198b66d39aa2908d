"""Notes on an asset's page: instructions for technicians, remarks that stay in the office."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.access.models import give
from sitebook.assets import moves
from sitebook.assets.acts import Doing
from sitebook.assets.models import Asset
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.erasure.mentions import Ties, mentions, take_out
from sitebook.erasure.terms import Terms
from sitebook.history.models import Change
from sitebook.notes.models import Note
from sitebook.products.tests.test_products_for_programs import call
from tests.cast import make_user, see_all

pytestmark = pytest.mark.django_db
KIND = Asset._meta.db_table
REMARK = "The owner has not paid twice."


@pytest.fixture
def lift(cast):
    """A lift of Acme's at its depot."""
    with see_all():
        return Asset.add(owner=cast.acme, site=cast.depot, description="Goods lift")


def note(user, asset, text, kind="instruction", **values):
    with acting(user=user, via="screen"):
        return Note.add(about_kind=KIND, about_id=asset.pk, kind=kind, text=text, **values)


def read_by(user):
    with acting(user=user, via="screen"):
        return sorted(each.text for each in Note.objects.all())


def test_it_is_written_changed_pinned_removed_and_brought_back_on_the_tab(cast, client_of, lift):
    client, tab = client_of(cast.bob), f"/assets/{lift.pk}/notes/"
    sent = {"text": "Lock out both cars\nbefore the pit.", "kind": "instruction", "pinned": "on"}
    assert client.post(tab, sent)["Location"] == tab
    assert client.post(tab, {"text": REMARK, "kind": "remark"})["Location"] == tab
    page = client.get(tab).content.decode()
    assert page.index("Lock out both cars") < page.index(REMARK)
    with see_all():
        instruction, remark = Note.objects.order_by("pk")
    assert "Before you start." in client.get(f"/assets/{lift.pk}/").content.decode()
    assert "Before you start." in client.get(f"/assets/{lift.pk}/installation/").content.decode()
    at = f"/notes/{instruction.pk}"
    assert client.post(f"{at}/pin/end/")["Location"] == tab
    assert "Before you start." not in client.get(f"/assets/{lift.pk}/").content.decode()
    typed = {"text": "Lock out car A.", "kind": "instruction", "version": "2"}
    assert client.post(f"{at}/edit/", typed)["Location"] == tab
    assert client.post(f"{at}/edit/", typed | {"text": "x y", "version": "1"}).status_code == 409
    assert client.post(f"/notes/{remark.pk}/remove/")["Location"] == tab
    assert REMARK not in client.get(tab).content.decode()
    assert client.post(f"/notes/{remark.pk}/bring-back/")["Location"] == tab
    page = client.get(tab).content.decode()
    assert REMARK in page
    assert "Lock out car A." in page
    assert client.post(tab, {"text": " ", "kind": "remark"}).status_code == 422


def test_who_works_outside_reads_instructions_only(cast, client_of, lift):
    written, hidden = note(cast.bob, lift, "Beware of the dog."), note(cast.bob, lift, REMARK, "remark", pinned=True)
    client = client_of(cast.charlie)
    for address in ("", "notes/", "installation/", "history/"):
        page = client.get(f"/assets/{lift.pk}/{address}").content.decode()
        assert REMARK not in page, address
    assert "Beware of the dog." in client.get(f"/assets/{lift.pk}/notes/").content.decode()
    for act in ("edit/", "remove/", "pin/", "bring-back/"):
        assert client.post(f"/notes/{hidden.pk}/{act}", {"text": "Mine"}).status_code == 404
        assert client.post(f"/notes/{written.pk}/{act}", {"text": "Mine"}).status_code == 403
    client.post(f"/assets/{lift.pk}/notes/", {"text": "Fuse in the cellar.", "kind": "remark"})
    with see_all():
        assert Note.objects.get(instruction="Fuse in the cellar.").created_by_id == cast.charlie.pk
        own = Note.objects.get(instruction="Fuse in the cellar.")
    assert client.post(f"/notes/{own.pk}/remove/")["Location"] == f"/assets/{lift.pk}/notes/"
    assert client_of(cast.vera).post(f"/assets/{lift.pk}/notes/", {"text": "No"}).status_code == 404


def test_notes_of_a_record_one_does_not_see_are_not_there(cast, client_of, lift):
    written = note(cast.bob, lift, "Key at the porter's.")
    client = client_of(cast.vera)
    assert client.get(f"/assets/{lift.pk}/notes/").status_code == 404
    assert client.get(f"/notes/{written.pk}/edit/").status_code in (403, 404)
    assert read_by(cast.vera) == []
    with acting(user=cast.vera, via="screen"), pytest.raises(IntegrityError), transaction.atomic():
        Note.add(about_kind=KIND, about_id=lift.pk, kind="remark", text="Guess")
    with acting(user=cast.vera, via="screen"), pytest.raises(IntegrityError), transaction.atomic():
        Note.add(about_kind=KIND, about_id=987654, kind="remark", text="Guess")


def test_a_new_owner_reads_the_instructions_and_not_the_remarks_about_the_former(cast, lift):
    note(cast.bob, lift, "Car B shares its pit.")
    note(cast.bob, lift, REMARK, "remark")
    only_birch = make_user(role="office", sees=(cast.birch,))
    today = timezone.localdate()
    with see_all():
        doing = Doing(day=today - timedelta(days=1), today=today, by_id=cast.alice.pk, reason="")
        moves.sell(lift, cast.birch, doing)
    assert read_by(only_birch) == ["Car B shares its pit."]
    assert read_by(cast.charlie) == ["Car B shares its pit.", REMARK]
    assert read_by(cast.alice) == ["Car B shares its pit.", REMARK]


def test_whoever_sees_the_machine_at_its_place_writes_and_reads_there(cast, lift):
    """The owner stays hidden; the machine stands at a place that is seen."""
    with see_all():
        leased = Asset.add(owner=cast.cedar, site=cast.depot, description="Leased press")
    mine = note(cast.charlie, leased, "Guard is loose.")
    assert read_by(cast.charlie) == ["Guard is loose."]
    assert mine.customer_id == cast.cedar.pk


def test_the_history_keeps_the_words_of_instructions_and_never_those_of_remarks(cast, client_of, lift):
    written = note(cast.bob, lift, "Turn left at the gate.")
    note(cast.bob, lift, REMARK, "remark")
    with acting(user=cast.bob, via="screen"):
        written.change(version=1, kind="instruction", text="Turn right at the gate.", pinned=False)
    with see_all():
        said = " ".join(str(change.changes) for change in Change.objects.filter(kind="notes_note"))
    assert "Turn left" in said
    assert REMARK not in said
    page = client_of(cast.bob).get(f"/assets/{lift.pk}/history/").content.decode()
    assert "Turn left at the gate." in page
    assert REMARK not in page


def test_a_person_is_erased_from_both_kinds(cast, lift):
    note(cast.bob, lift, "Ask Wilhelmina Quint for the key.")
    note(cast.bob, lift, "Wilhelmina Quint complains often.", "remark")
    with see_all():
        terms = Terms(names=["Wilhelmina Quint"], numbers=[], addresses=[])
        found = mentions(terms, Ties(frozenset({cast.acme.pk}), frozenset()), own=set())
        assert {each.field for each in found if each.table == "notes_note"} == {"instruction", "remark"}
        take_out(found, terms)
    assert not [text for text in read_by(cast.alice) if "Wilhelmina" in text]


def test_two_at_once_do_not_overwrite_each_other(cast, lift):
    written = note(cast.bob, lift, "First.")
    with acting(user=cast.bob, via="screen"):
        same = Note.objects.get(pk=written.pk)
        written.change(version=1, kind="instruction", text="Second.", pinned=False)
        with pytest.raises(StaleEdit):
            same.change(version=1, kind="instruction", text="Third.", pinned=False)
        written.remove(at=timezone.now())
        with pytest.raises(Refused) as refusal:
            written.change(version=3, kind="instruction", text="Fourth.", pinned=False)
    assert refusal.value.code == "already_removed"


def test_programs_read_and_write_them(cast, lift):
    at = f"assets/{lift.pk}/notes"
    made = call(cast.bob, "POST", at, {"text": "Ring twice.", "pinned": True})
    assert made.status_code == 201, made.content
    assert call(cast.bob, "POST", at, {"text": REMARK, "kind": "remark"}).status_code == 201
    listed = call(cast.bob, "GET", at).json()["items"]
    assert [(each["kind"], each["text"]) for each in listed] == [("instruction", "Ring twice."), ("remark", REMARK)]
    one = f"notes/{made.json()['id']}"
    tag = call(cast.bob, "GET", one)["ETag"]
    changed = call(cast.bob, "PATCH", one, {"pinned": False}, **{"If-Match": tag})
    assert changed.json()["pinned"] is False
    assert call(cast.bob, "PATCH", one, {"text": "Late"}, **{"If-Match": tag}).status_code == 412
    assert call(cast.bob, "POST", f"{one}/remove").json()["removed"] is True
    assert call(cast.bob, "POST", f"{one}/remove").json()["code"] == "already_removed"
    assert call(cast.bob, "POST", f"{one}/bring-back").json()["removed"] is False
    assert [each["kind"] for each in call(cast.charlie, "GET", at).json()["items"]] == ["instruction"]
    assert call(cast.charlie, "POST", at, {"text": "x y", "kind": "remark"}).status_code == 403
    assert call(cast.charlie, "GET", f"notes/{listed[1]['id']}").status_code == 404
    assert call(cast.vera, "GET", at).status_code == 404


def test_a_customers_grant_given_later_shows_what_was_written_before(cast, lift):
    note(cast.bob, lift, REMARK, "remark")
    with see_all():
        give(user_id=cast.vera.pk, customers=[cast.acme.pk])
    assert read_by(cast.vera) == [REMARK]
