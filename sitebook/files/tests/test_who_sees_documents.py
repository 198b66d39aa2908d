"""Documents follow their customer; those of the place follow the place."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from sitebook.access.identity import acting
from sitebook.contacts.tables import CONTACT
from sitebook.customers.models import Customer
from sitebook.customers.tables import CUSTOMER
from sitebook.files.models import Document, documents_of
from sitebook.files.tests import made
from sitebook.files.uploads import add
from sitebook.sites.models import Site, Tenure
from sitebook.sites.tables import SITE
from tests.cast import Cast, see_all
from tests.refusals import refused

HALF = date(2026, 6, 1)


def kept(kind: str, pk: int, name: str, **values: object) -> Document:
    with see_all():
        document = add(kind=kind, pk=pk, sent=made.sent(name, name.encode()))
        Document.objects.filter(pk=document.pk).update(**values)
        document.refresh_from_db()
    return document


def hand(site: Site, to: Customer | None) -> None:
    """Tenure and site in one transaction, as handing over does it."""
    with see_all():
        Tenure.objects.filter(site=site).update(during=DateRange(None, HALF))
        Tenure.objects.create(site=site, customer=to, during=DateRange(HALF, None))
        Site.objects.filter(pk=site.pk).update(customer=to)


def names_seen(user) -> set[str]:
    with acting(user=user, via="screen"):
        return set(Document.objects.values_list("name", flat=True))


def test_a_restricted_user_cannot_add_to_another_customers_records(cast: Cast, client_of):
    client, files = client_of(cast.charlie), {"files": [made.sent("a.txt", b"x")]}
    for address in (f"/customers/{cast.cedar.pk}/documents/", f"/sites/{cast.vault.pk}/documents/"):
        assert client.get(address).status_code == 404
        assert client.post(address, files).status_code == 404


def test_every_address_of_a_hidden_document_answers_404(cast: Cast, client_of):
    document = kept(CUSTOMER, cast.cedar.pk, "secret.txt")
    client = client_of(cast.bob)
    base = f"/documents/{document.pk}"
    for address in ("secret.txt", "secret.txt?download", "preview", "edit/"):
        assert client.get(f"{base}/{address}").status_code == 404
    for address in ("edit/", "place/", "place/end/", "remove/", "bring-back/"):
        assert client.post(f"{base}/{address}", {"name": "x"}).status_code == 404
    assert client_of(cast.alice).get(f"{base}/secret.txt").status_code == 200


@pytest.mark.parametrize("kind", [CUSTOMER, SITE])
def test_a_hidden_record_and_none_at_all_get_the_same_answer_from_the_database(kind: str, cast: Cast):
    hidden = cast.cedar.pk if kind == CUSTOMER else cast.vault.pk
    told = []
    for pk in (hidden, 987654321):
        with pytest.raises(IntegrityError) as refused, acting(user=cast.charlie), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO files_document (about_kind, about_id, name, note, media_type, size, sha256, of_place)"
                " VALUES (%s, %s, 'x', '', 'text/plain', 1, %s, false)",
                [kind, pk, "0" * 64],
            )
        told.append((refused.value.__cause__.sqlstate, refused.value.__cause__.diag.message_primary))  # type: ignore[union-attr]
    assert told[0] == told[1] == ("23503", "a document needs a record that is there")


@pytest.mark.parametrize("kind", ["users_user", "firm_firm", "no_such_table", "pg_authid; --"])
def test_a_document_is_about_known_kinds_of_records_only(kind: str, cast: Cast):
    with see_all(), pytest.raises(IntegrityError, match="needs a record"), transaction.atomic():
        add(kind=kind, pk=cast.alice.pk, sent=made.sent("a.txt", b"x"))


def test_whose_it_is_comes_from_the_record_whatever_is_written(cast: Cast):
    with acting(user=cast.bob):
        document = Document(about_kind=SITE, about_id=cast.depot.pk, customer_id=cast.birch.pk, name="x", size=1)
        document.media_type, document.sha256, document.uploaded_by = "text/plain", "0" * 64, cast.alice
        document.save()
        document.refresh_from_db()
    assert (document.customer_id, document.uploaded_by_id) == (cast.acme.pk, cast.bob.pk)


@pytest.mark.parametrize(
    "change",
    ["about_kind = 'customers_customer'", "about_id = about_id + 1", "customer_id = 2", f"sha256 = '{'1' * 64}'"],
)
def test_what_it_is_about_and_its_bytes_never_change(change: str, cast: Cast):
    kept(SITE, cast.depot.pk, "a.txt")
    with pytest.raises(IntegrityError, match="never change"), see_all(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE files_document SET {change}")


def test_a_handed_over_site_leaves_its_documents_and_takes_along_those_of_the_place(cast: Cast, client_of):
    """Depot goes from Acme, which Charlie sees, to Birch, which Vera sees."""
    private = kept(SITE, cast.depot.pk, "contract.txt")
    common = kept(SITE, cast.depot.pk, "floor plan.txt", of_place=True)
    assert names_seen(cast.vera) == set()
    hand(cast.depot, cast.birch)
    later = kept(SITE, cast.depot.pk, "new lock.txt")
    assert names_seen(cast.charlie) == {"contract.txt", "floor plan.txt"}
    assert names_seen(cast.vera) == {"floor plan.txt", "new lock.txt"}
    former, new = client_of(cast.charlie), client_of(cast.vera)
    told = former.get(f"/sites/{cast.depot.pk}/documents/").content.decode()
    assert "contract.txt" in told
    assert "new lock" not in told
    assert "drop-zone" not in told
    assert former.post(f"/sites/{cast.depot.pk}/documents/", {"files": [made.sent("a.txt", b"x")]}).status_code == 404
    for document, old, now in ((private, 200, 404), (common, 200, 200), (later, 404, 200)):
        assert former.get(f"/documents/{document.pk}/x").status_code == old
        assert new.get(f"/documents/{document.pk}/x").status_code == now
    told = new.get(f"/sites/{cast.depot.pk}/documents/").content.decode()
    assert "From the time of another customer" in told
    assert "contract" not in told
    assert (
        "From the time of Acme Supermarkets"
        in client_of(cast.alice).get(f"/sites/{cast.depot.pk}/documents/").content.decode()
    )
    with acting(user=cast.charlie):
        assert {each.name for each in documents_of(SITE, cast.depot.pk)} == {"contract.txt", "floor plan.txt"}


def test_documents_of_a_vacant_site_are_seen_by_who_sees_all(cast: Cast):
    hand(cast.depot, None)
    document = kept(SITE, cast.depot.pk, "found on the floor.txt")
    assert document.customer_id is None
    assert names_seen(cast.bob) == set()
    assert names_seen(cast.alice) == {"found on the floor.txt"}


def test_a_private_contacts_documents_are_everybodys_like_the_contact(cast: Cast):
    from sitebook.contacts.models import Contact

    with see_all():
        private = Contact.objects.create(name="Petra Private")
        anothers = Contact.objects.create(name="Cedric", customer=cast.cedar)
    kept(CONTACT, private.pk, "card.txt")
    kept(CONTACT, anothers.pk, "secret.txt")
    assert names_seen(cast.charlie) == {"card.txt"}


def test_the_place_is_said_by_who_has_it_only(cast: Cast, client_of):
    document = kept(SITE, cast.depot.pk, "plan.txt")
    office = client_of(cast.bob)
    assert office.post(f"/documents/{document.pk}/place/").status_code == 303
    assert "Of the place" in office.get(f"/sites/{cast.depot.pk}/documents/").content.decode()
    hand(cast.depot, cast.birch)
    answer = office.post(f"/documents/{document.pk}/place/end/")
    assert answer.status_code == 409
    assert "plan.txt was added for another customer of the place" in answer.content.decode()
    with see_all(), refused("document_of_former_customer"):
        kept(CUSTOMER, cast.acme.pk, "a.txt").belong_to_place(yes=True, now_has=cast.acme.pk)


def test_who_got_it_with_the_place_reads_it_and_changes_nothing(cast: Cast, client_of):
    document = kept(SITE, cast.depot.pk, "plan.txt", of_place=True)
    hand(cast.depot, cast.birch)
    with see_all():
        cast.vera.role = "office"
        cast.vera.save()
    office = client_of(cast.vera)
    assert office.get(f"/documents/{document.pk}/plan.txt").status_code == 200
    for act in ("edit/", "remove/", "place/end/"):
        answer = office.post(f"/documents/{document.pk}/{act}", {"name": "mine.txt"})
        assert answer.status_code == 403
        assert "plan.txt came with the place" in answer.content.decode()
    assert "/remove/" not in office.get(f"/sites/{cast.depot.pk}/documents/").content.decode()
    for statement in ("UPDATE files_document SET note = 'x'", "DELETE FROM files_document"):
        with pytest.raises(ProgrammingError, match="only read"), acting(user=cast.vera), connection.cursor() as cursor:
            cursor.execute(statement)


def test_only_who_added_it_or_the_office_may_change_or_remove_it(cast: Cast, client_of):
    with acting(user=cast.alice):
        theirs = add(kind=CUSTOMER, pk=cast.acme.pk, sent=made.sent("theirs.txt", b"x"))
    with acting(user=cast.charlie):
        own = add(kind=CUSTOMER, pk=cast.acme.pk, sent=made.sent("own.txt", b"y"))
    engineer = client_of(cast.charlie)
    for act in ("edit/", "remove/"):
        answer = engineer.post(f"/documents/{theirs.pk}/{act}", {"name": "x"})
        assert answer.status_code == 403
        assert "Only who added theirs.txt" in answer.content.decode()
    assert engineer.post(f"/documents/{own.pk}/remove/").status_code == 303
    assert client_of(cast.bob).post(f"/documents/{theirs.pk}/remove/").status_code == 303


def test_only_sitebook_itself_may_ask_which_bytes_are_in_use(cast: Cast):
    from sitebook.files.storage import named

    with pytest.raises(ProgrammingError, match="only Sitebook itself"), acting(user=cast.alice):
        named(["0" * 64])
