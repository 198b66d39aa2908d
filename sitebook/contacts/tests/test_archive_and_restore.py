"""Archiving with what hangs on a record, and bringing back exactly what that took."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.db.backends.postgresql.psycopg_any import DateRange

from sitebook.access.identity import acting
from sitebook.access.policies import declared
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.contacts.models import Contact, ContactRole
from sitebook.customers.models import Customer, Membership
from sitebook.records import archive as archiving
from sitebook.records.consequences import consequences_of
from sitebook.records.models import Record
from sitebook.sites.models import Site, Tenure
from tests.cast import Cast, make_cast, make_customer, make_site, see_all
from tests.statements import statements

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
STAMPS = ("updated_at", "updated_by_id", "version")


def body(response) -> str:
    return response.content.decode()


def make_contact(name: str, customer: Customer | None, **values: Any) -> Contact:
    with see_all():
        return Contact.add(name=name, customer=customer, **values)


def archive(record: Record, *along: str, reason: str = "") -> str:
    act = uuid4().hex
    lines = [line for line in consequences_of(record, on=TODAY) if line.key in along]
    archiving.archive(record, along=lines, act=act, by_id=None, at=NOW, reason=reason)
    return act


def archived(*records: Record) -> list[bool]:
    with see_all():
        for record in records:
            record.refresh_from_db()
    return [record.is_archived for record in records]


def whole_rows() -> dict[str, list[str]]:
    """Every row of every table but the history and the runs of bulk actions, without stamps, versions and row numbers
    of the search."""
    found = {}
    with see_all(), connection.cursor() as cursor:
        for model in declared():
            table = model._meta.db_table
            if not table.startswith(("history_", "bulk_")):
                columns = [*STAMPS, "id"] if table.startswith("search_") else list(STAMPS)
                cursor.execute(f"SELECT (to_jsonb(t) - %s::text[])::text AS row FROM {table} t ORDER BY row", [columns])
                found[table] = [row for (row,) in cursor.fetchall()]
    return found


@pytest.fixture
def branch(cast: Cast) -> Customer:
    made = make_customer("Acme North")
    with see_all():
        Membership.objects.create(customer=made, parent=cast.acme, during=DateRange(date(2020, 1, 1), None))
    make_site(made, "North Depot")
    make_contact("Nora North", made)
    return made


def test_it_shows_first_what_hangs_on_a_customer(cast: Cast, client_of, branch: Customer):
    make_contact("Ann Lee", cast.acme)
    with see_all():
        Customer.objects.filter(pk=cast.birch.pk).update(bill_to=cast.acme)
    shown = body(client_of(cast.alice).get(f"/customers/{cast.acme.pk}/archive/"))
    for said in (
        "1 site",
        "1 contact",
        "1 customer under it",
        "with their 1 sites and 1 contacts",
        "invoices go to it",
    ):
        assert said in shown
    assert 'value="sites" checked' in shown
    assert 'value="contacts" checked' in shown
    assert 'value="branches">' in shown
    assert f'href="/customers/{cast.acme.pk}/sites/"' in shown


def test_it_takes_along_what_was_ticked_and_nothing_else(cast: Cast, client_of, branch: Customer):
    ann = make_contact("Ann Lee", cast.acme)
    client_of(cast.alice).post(
        f"/customers/{cast.acme.pk}/archive/", {"along": ["sites", "nonsense"], "reason": "Sold"}
    )
    assert archived(cast.acme, cast.depot, ann, branch, cast.mill) == [True, True, False, False, False]
    assert cast.depot.archive_reason == "Sold"
    assert cast.depot.archived_with == cast.acme.archived_with


def test_a_branch_goes_with_its_sites_and_contacts_when_asked(cast: Cast, branch: Customer):
    with see_all():
        archive(cast.acme, "branches")
        assert not Site.objects.current().filter(customer=branch).exists()
        assert not Contact.objects.current().filter(customer=branch).exists()
        assert not Site.objects.get(pk=cast.depot.pk).is_archived
        archiving.restore(Customer.objects.get(pk=branch.pk))
        assert Site.objects.current().filter(customer=branch).count() == 1
        assert Customer.objects.get(pk=cast.acme.pk).is_archived
        assert archiving.restore(Customer.objects.get(pk=cast.acme.pk)) == 0


def test_archive_then_restore_changes_nothing_but_history(cast: Cast, branch: Customer):
    make_contact("Ann Lee", cast.acme)
    make_customer("Mr Smith", kind="individual", bill_to=cast.acme)
    gone = make_site(cast.acme, "Gone before")
    with see_all():
        gone.archive(by_id=None, at=NOW - timedelta(days=9), reason="Closed", act="older")
    before = whole_rows()
    with see_all():
        archive(cast.acme, "sites", "contacts", "branches", reason="Sold")
    assert whole_rows() != before
    with see_all():
        archiving.restore(Customer.objects.get(pk=cast.acme.pk))
    assert whole_rows() == before
    with see_all():
        act = archive(cast.acme, "sites", "contacts", "branches")
        archiving.undo(act)
    assert whole_rows() == before


def test_it_brings_back_only_what_it_took(cast: Cast):
    before, after = make_site(cast.acme, "Before"), make_site(cast.acme, "After")
    with see_all():
        archive(before)
        archiving.archive(
            cast.acme,
            along=[line for line in consequences_of(cast.acme, on=TODAY) if line.key == "sites"],
            act=uuid4().hex,
            by_id=None,
            at=NOW,
        )
        archiving.restore(Site.objects.get(pk=after.pk))  # alone: its mark goes
        archive(Site.objects.get(pk=after.pk))
        acme = Customer.objects.get(pk=cast.acme.pk)
        assert archiving.restore(acme) == 1
    assert archived(cast.acme, cast.depot, before, after) == [False, False, True, True]


def test_it_can_leave_the_rest_archived(cast: Cast, client_of):
    client = client_of(cast.bob)
    client.post(f"/customers/{cast.acme.pk}/archive/", {"along": ["sites", "contacts"]})
    assert "Also what was archived with it" in body(client.get(f"/customers/{cast.acme.pk}/restore/"))
    client.post(f"/customers/{cast.acme.pk}/restore/", {"asked": "yes"})
    assert archived(cast.acme, cast.depot) == [False, True]
    client.post(f"/sites/{cast.depot.pk}/restore/")
    assert archived(cast.depot) == [False]


def test_undo_brings_all_of_it_back(cast: Cast, client_of):
    client = client_of(cast.bob)
    answer = client.post(f"/customers/{cast.acme.pk}/archive/", {"along": ["sites"]}, follow=True)
    address = body(answer).split('class="toast"')[1].split('action="')[1].split('"')[0]
    assert address.startswith("/archived/")
    said = body(client.post(address, follow=True))
    assert "2 records are back in the lists" in said
    assert archived(cast.acme, cast.depot) == [False, False]
    assert "undone already" in body(client.post(address, follow=True))


def test_what_was_changed_meanwhile_stays_changed(cast: Cast):
    with see_all():
        archive(cast.acme, "sites")
        depot = Site.objects.get(pk=cast.depot.pk)
        depot.change(version=depot.version, notes="Key at the gate")
        archiving.restore(Customer.objects.get(pk=cast.acme.pk))
        assert Site.objects.get(pk=cast.depot.pk).notes == "Key at the gate"


def test_a_site_handed_over_meanwhile_stays_with_its_new_customer(cast: Cast):
    with see_all():
        archive(cast.acme, "sites")
        Tenure.objects.filter(site=cast.depot).update(during=DateRange(None, TODAY))
        Tenure.objects.create(site=cast.depot, customer=cast.cedar, during=DateRange(TODAY, None))
        Site.objects.filter(pk=cast.depot.pk).update(customer=cast.cedar)
        assert archiving.restore(Customer.objects.get(pk=cast.acme.pk)) == 0
    assert archived(cast.acme, cast.depot) == [False, True]


def test_a_restricted_user_takes_and_sees_only_what_is_theirs(cast: Cast, branch: Customer, client_of):
    shown = body(client_of(cast.bob).get(f"/customers/{cast.acme.pk}/archive/"))
    assert "under it" not in shown
    client_of(cast.bob).post(f"/customers/{cast.acme.pk}/archive/", {"along": ["sites", "branches"]})
    assert archived(cast.acme, branch) == [True, False]
    assert client_of(cast.bob).get(f"/customers/{cast.cedar.pk}/archive/").status_code == 404
    assert client_of(cast.charlie).get(f"/customers/{cast.acme.pk}/archive/").status_code == 403
    assert client_of(cast.vera).post(f"/archived/{'0' * 32}/undo/").status_code == 403


def test_nobody_undoes_what_they_do_not_see(cast: Cast, client_of):
    with see_all():
        act = archive(cast.cedar, "sites")
    assert "undone already" in body(client_of(cast.bob).post(f"/archived/{act}/undo/", follow=True))
    assert archived(cast.cedar, cast.vault) == [True, True]


def test_an_individual_goes_and_comes_with_their_contact(cast: Cast):
    smith = make_customer("Mr Smith", kind="individual")
    with see_all():
        contact = Contact.objects.get(customer=smith)
        with pytest.raises(Refused, match="Archive the customer instead"):
            archive(contact)
        archive(smith)
        contact.refresh_from_db()
        assert contact.is_archived
        with pytest.raises(archiving.NotByItself, match="Restore the customer"):
            archiving.restore(contact)
        archiving.restore(Customer.objects.get(pk=smith.pk), rest=False)
        contact.refresh_from_db()
        assert (contact.is_archived, contact.archived_with) == (False, "")


def test_a_site_that_was_joined_does_not_come_back_by_itself(cast: Cast, client_of):
    with see_all():
        Tenure.objects.filter(site=cast.depot).update(during=DateRange(None, TODAY))
        Site.objects.filter(pk=cast.depot.pk).update(ended_on=TODAY, archived_at=NOW, status="closed")
    answer = client_of(cast.alice).post(f"/sites/{cast.depot.pk}/restore/")
    assert answer.status_code == 409
    assert "Take the joining back" in body(answer)
    client_of(cast.alice).post("/bulk/sites/", {"act": "restore", "pick": [cast.depot.pk]})
    assert archived(cast.depot) == [True]


def test_roles_stay_while_a_contact_is_archived(cast: Cast, client_of):
    ann = make_contact("Ann Lee", cast.acme)
    with see_all():
        role = ContactRole.objects.create(
            contact=ann, customer=cast.acme, site=cast.depot, role="keys", during=DateRange(date(2020, 1, 1), None)
        )
        (line,) = consequences_of(ann, on=TODAY)
        assert line.text == "1 role at customers and sites"
        archive(ann)
        assert ContactRole.objects.get(pk=role.pk).during.upper is None
        assert [line.text for line in consequences_of(cast.depot, on=TODAY)] == ["1 contact with a role here"]


def test_ticked_customers_go_with_their_sites_and_come_back_with_them(cast: Cast, client_of):
    smith = make_customer("Mr Smith", kind="individual")
    client = client_of(cast.alice)
    before = whole_rows()
    picked = {"act": "archive", "pick": [cast.acme.pk, cast.birch.pk, smith.pk]}
    said = body(client.post("/bulk/customers/", picked, follow=True))
    assert "Archive 3 customers: 3 changed." in said
    assert archived(cast.acme, cast.depot, cast.mill, cast.vault) == [True, True, True, False]
    client.post(f"/customers/{cast.birch.pk}/restore/")
    assert archived(cast.birch, cast.mill, cast.depot) == [False, False, True]
    client.post(said.split('class="toast"')[1].split('action="')[1].split('"')[0])
    assert whole_rows() == before
    client.post("/bulk/customers/", picked)
    client.post("/bulk/customers/", picked | {"act": "restore"})
    assert whole_rows() == before


def test_a_customer_is_archived_once_when_two_do_it_together(committed: None):
    acme = make_cast().acme
    answers: list[str] = []
    together = threading.Barrier(2)

    def one() -> None:
        try:
            together.wait(10)
            with acting(everything=True):
                archive(Customer.objects.get(pk=acme.pk), "sites", "contacts")
            answers.append("done")
        except Refused as refusal:
            if refusal.code != "already_archived":
                raise
            answers.append("refused")
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["done", "refused"]
    with see_all():
        names = {site.archived_with for site in Site.objects.filter(customer=acme)}
        assert names == {Customer.objects.get(pk=acme.pk).archived_with}


def test_an_edit_begun_before_is_told_that_the_record_moved_on(cast: Cast):
    with see_all():
        editing = Site.objects.get(pk=cast.depot.pk)
        archive(cast.acme, "sites")
        with pytest.raises(StaleEdit):
            editing.change(version=editing.version, notes="late")


def test_five_thousand_sites_take_no_more_statements_than_five(cast: Cast):
    spent = {}
    for number, customer in ((5, cast.acme), (5000, cast.birch)):
        give_sites(customer, number)
        with see_all(), statements() as sent:
            archive(customer, "sites")
            assert archiving.restore(Customer.objects.get(pk=customer.pk)) == number + 1
        spent[number] = len(sent)
    assert spent[5000] == spent[5] < 100


def give_sites(customer: Customer, number: int) -> None:
    with see_all(), connection.cursor() as cursor:
        cursor.execute("""
            WITH made AS (
              INSERT INTO sites_site (customer_id, name, phones, emails, tags, status, own_stock, version, code,
                type, line1, line2, town, region, postcode, country, time_zone, access_instructions, opening_hours,
                hazards, notes, archive_reason)
              SELECT %s, 'Site ' || n, '[]', '[]', '{}', 'active', false, 1, '', '', '', '', '', '', '', '', '', '', '',
                '', '', '' FROM generate_series(1, %s) n RETURNING id, customer_id)
            INSERT INTO sites_tenure (site_id, customer_id, during, reason)
            SELECT id, customer_id, daterange(NULL, NULL), '' FROM made
            """, [customer.pk, number])  # fmt: skip
