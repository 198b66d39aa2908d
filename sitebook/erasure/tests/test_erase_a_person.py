"""Erasing a person: what goes, what stays, and that nothing shows it afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from sitebook.access.identity import acting
from sitebook.contacts.models import Contact, ContactRole
from sitebook.customers.models import Customer, CustomerExternalId
from sitebook.erasure import erase as erasing
from sitebook.erasure.terms import Terms
from sitebook.history import tasks
from sitebook.history.verification import faults
from sitebook.records import archive
from sitebook.sites.models import Site, Tenure
from tests.cast import Cast, make_cast, make_customer, make_site, make_user, see_all
from tests.refusals import refused

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
NAME, PHONE, EMAIL = "Zelda Quillfeather", "+441134960777", "zelda.quill@acme.example"


def body(response) -> str:
    return response.content.decode()


def make_zelda(customer: Customer | None, **values: Any) -> Contact:
    with see_all():
        return Contact.add(
            name=NAME,
            customer=customer,
            phones=[{"kind": "mobile", "number": PHONE, "odd": False}],
            emails=[{"kind": "office", "address": EMAIL}],
            **values,
        )


def found_of(record: Contact | Customer) -> erasing.Found:
    with see_all():
        return erasing.find(erasing.person_of(record))


def erase(record: Contact | Customer, *, everything: bool = False, **values: Any) -> Contact:
    """As the page does it: with what is ticked by default, or with every mention."""
    with see_all():
        person = erasing.person_of(record)
        found = erasing.find(person)
        ticked = {each.key for each in found.mentions if everything or each.ticked}
        ticked |= {f"sites_site:{site.pk}" for site in found.sites}
        values = {"typed": person.record.reference, "by_id": None, "at": NOW, "today": TODAY} | values
        return erasing.erase(person, ticked=ticked, **values)


@pytest.fixture
def zelda(cast: Cast) -> Contact:
    return make_zelda(cast.acme, position="Caretaker", notes="Rings twice", tags=["keys"])


def test_what_is_left_is_a_numbered_stub(zelda: Contact):
    stub = erase(zelda)
    assert str(stub) == f"Erased person {zelda.reference}"
    assert (stub.phones, stub.emails, stub.tags, stub.notes, stub.position) == ([], [], [], "", "")
    assert stub.erased_at == NOW
    assert stub.is_archived
    assert stub.customer_id == zelda.customer_id


def test_its_own_history_says_that_and_no_longer_what(zelda: Contact, cast: Cast, client_of):
    with see_all():
        zelda.change(version=zelda.version, name="Zelda Crowther", notes="Moved up north")
    erase(zelda)
    shown = body(client_of(cast.alice).get(f"/contacts/{zelda.pk}/history/")).casefold()
    for gone in (NAME, "Crowther", "Rings twice", "up north", EMAIL):
        assert gone.casefold() not in shown
    assert "erased the personal data" in shown


@pytest.mark.parametrize(
    ("written", "by"),
    [
        ("call Zelda  Quillfeather at noon", "name"),
        ("QUILLFEATHER, Zelda", "name"),
        ("zelda\nquillfeather", "name"),
        ("ring 0113 496 0777", "phone"),
        ("ring +44 (0)113 496-0777.", "phone"),
        ("00441134960777", "phone"),
        ("mail to Zelda.Quill@acme.example, please", "email"),
    ],
)
def test_it_finds_every_way_of_writing(written: str, by: str):
    terms = Terms(names=[NAME], numbers=[PHONE], addresses=[EMAIL])
    assert terms.within({"deep": [written]}) == written
    left = terms.taken_out(written)
    assert "[erased]" in left
    assert not any(word in left.casefold() for word in ("quill", "0777"))


@pytest.mark.parametrize(
    "written", ["Grizelda Quillfeathers", "Zelda", "01134960777123", "201134960777", "not.zelda.quill@acme.example.org"]
)
def test_it_leaves_what_only_looks_alike(written: str):
    terms = Terms(names=[NAME], numbers=[PHONE], addresses=[])
    assert terms.within(written) == ""


def test_mentions_go_where_they_are_ticked_and_stay_elsewhere(zelda: Contact, cast: Cast):
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(access_instructions=f"Ask {NAME} or ring 0113 496 0777")
        Site.objects.filter(pk=cast.vault.pk).update(notes=f"{NAME} of the hospital")
        Customer.objects.filter(pk=cast.acme.pk).update(name=f"{NAME} Ltd", tags=["food", EMAIL])
    found = {each.key: each for each in found_of(zelda).mentions}
    assert found[f"sites_site:{cast.depot.pk}:access_instructions"].ticked
    assert not found[f"sites_site:{cast.vault.pk}:notes"].ticked
    assert not found[f"customers_customer:{cast.acme.pk}:name"].ticked
    assert found[f"customers_customer:{cast.acme.pk}:tags"].ticked
    erase(zelda)
    with see_all():
        assert Site.objects.get(pk=cast.depot.pk).access_instructions == "Ask [erased] or ring [erased]"
        assert NAME in Site.objects.get(pk=cast.vault.pk).notes
        acme = Customer.objects.get(pk=cast.acme.pk)
        assert (acme.name, acme.tags) == (f"{NAME} Ltd", ["food"])


def test_another_person_of_the_same_name_is_left_alone(zelda: Contact, cast: Cast):
    namesake, colleague = make_zelda(cast.cedar, notes="Night nurse"), make_zelda(cast.acme)
    erase(zelda)
    with see_all():
        for other in (namesake, colleague):
            before, now = other, Contact.objects.get(pk=other.pk)
            assert (now.name, now.phones, now.notes, now.version) == (NAME, before.phones, before.notes, before.version)


def test_a_name_of_one_word_is_looked_at_before_it_goes(cast: Cast):
    with see_all():
        guard = Contact.add(name="Reception", customer=cast.acme)
        Site.objects.filter(pk=cast.depot.pk).update(notes="Keys at the reception")
    found = found_of(guard).mentions
    assert [each.key for each in found] == [f"sites_site:{cast.depot.pk}:notes"]
    assert not found[0].ticked


def test_roles_end_today_and_keep_the_stub_for_the_time_before(zelda: Contact, cast: Cast):
    with see_all():
        old = ContactRole.objects.create(
            contact=zelda, customer=cast.acme, site=cast.depot, role="main", during=DateRange(date(2020, 1, 1), None)
        )
        coming = ContactRole.objects.create(
            contact=zelda, customer=cast.acme, role="billing", during=DateRange(date(2027, 1, 1), None)
        )
    erase(zelda)
    with see_all():
        assert ContactRole.objects.get(pk=old.pk).during == DateRange(date(2020, 1, 1), TODAY)
        assert not ContactRole.objects.filter(pk=coming.pk).exists()


def test_an_individual_goes_with_contact_home_and_ids(cast: Cast):
    with see_all():
        customer = Customer.add(
            name=NAME, kind="individual", head_line1="7 Hidden Row", head_town="Ripon",
            vat_number="GB 1", website="z.example",
            phones=[{"kind": "mobile", "number": PHONE, "odd": False}],
        )  # fmt: skip
        home = Site.add(customer=customer, name=NAME, line1="7 Hidden Row", town="Ripon", hazards="Deaf")
        before = Site.add(customer=customer, name="Flat", since=date(2020, 1, 1), line1="3 Hidden Lane")
        CustomerExternalId.objects.create(customer=customer, system="crm", value="quill-7")
        Tenure.objects.filter(site=before).update(during=DateRange(date(2020, 1, 1), date(2024, 1, 1)))
        Tenure.objects.create(site=before, customer=cast.acme, during=DateRange(date(2024, 1, 1), None))
        Site.objects.filter(pk=before.pk).update(customer=cast.acme)
    erase(customer)
    with see_all():
        customer.refresh_from_db()
        home.refresh_from_db()
        before.refresh_from_db()
        name = f"Erased customer {customer.reference}"
        assert (customer.name, customer.head_address, customer.vat_number, customer.website) == (name, "", "", "")
        assert Contact.objects.get(customer=customer).name == name
        assert (home.name, home.line1, home.hazards) == (f"Erased site {home.reference}", "", "")
        assert customer.is_archived
        assert home.is_archived
        assert before.line1 == "3 Hidden Lane"
        assert Tenure.objects.get(site=before, customer=customer).place["line1"] == ""
        assert not CustomerExternalId.objects.filter(customer=customer).exists()


def test_nothing_brings_the_person_back(zelda: Contact, cast: Cast, client_of):
    with see_all():
        archive.archive(zelda, act="a" * 32, by_id=None, at=NOW)
    stub = erase(zelda)
    with see_all():
        assert archive.undo("a" * 32) == 0
        with pytest.raises(archive.NotByItself, match="cannot come back"):
            archive.restore(Contact.objects.get(pk=stub.pk))
        with refused("is_erased"):
            Contact.objects.get(pk=stub.pk).change(version=stub.version, name=NAME)
        with refused("is_erased", match="already"):
            erasing.person_of(Contact.objects.get(pk=stub.pk))
        with pytest.raises(IntegrityError, match="was erased"), transaction.atomic():
            Contact.objects.filter(pk=stub.pk).update(notes="Zelda again")
    client = client_of(cast.alice)
    client.post("/bulk/contacts/", {"act": "restore", "pick": [stub.pk]})
    assert client.post(f"/contacts/{stub.pk}/restore/").status_code == 409
    with see_all():
        assert Contact.objects.get(pk=stub.pk).is_archived


def test_an_erased_customer_takes_no_edit(cast: Cast):
    smith = make_customer(NAME, kind="individual")
    erase(smith)
    with see_all():
        smith.refresh_from_db()
        with refused("is_erased", match="Make a new customer"):
            smith.change(version=smith.version, name=NAME)
        with pytest.raises(archive.NotByItself):
            archive.restore(smith)
        assert archive.restore_many(Customer, [smith.pk]) == []


def test_the_page_shows_all_places_first_and_asks_for_the_reference(zelda: Contact, cast: Cast, client_of):
    make_site(cast.acme, "Gate", notes=f"{NAME} has the key")
    client, address = client_of(cast.alice), f"/contacts/{zelda.pk}/erase/"
    shown = body(client.get(address))
    assert "Gate" in shown
    assert f"{NAME} has the key" in shown
    assert "0777" in shown
    refused = client.post(address, {"reference": "P-9", "take": ["nonsense"]})
    assert refused.status_code == 422
    assert f"Type {zelda.reference} to erase" in body(refused)
    done = client.post(address, {"reference": f" {zelda.reference.lower()} ", "take": []}, follow=True)
    assert f"{zelda.reference} is erased" in body(done)
    assert f"Erased person {zelda.reference}" in body(done)
    assert client.get(address).status_code == 409
    with see_all():
        assert Site.objects.get(name="Gate").notes == f"{NAME} has the key"


def test_only_administrators_who_see_all_customers_may(zelda: Contact, cast: Cast, client_of):
    address = f"/contacts/{zelda.pk}/erase/"
    assert client_of(cast.bob).get(address).status_code == 403
    narrow = make_user(name="Nina Narrow", role="administrator", sees=(cast.acme,))
    assert client_of(narrow).get(address).status_code == 403
    assert "Erase personal data" not in body(client_of(narrow).get(f"/contacts/{zelda.pk}/"))
    assert "Erase personal data" in body(client_of(cast.alice).get(f"/contacts/{zelda.pk}/"))
    assert client_of(cast.alice).get(f"/customers/{cast.acme.pk}/erase/").status_code == 409
    for user, told in ((cast.bob, "needs one of the roles"), (narrow, "only who sees all")):
        with pytest.raises(ProgrammingError, match=told), acting(user=user, via="screen"):
            erasing.register.erase(kind="contacts_contact", ids=[zelda.pk], columns=["name"])


def test_the_chain_still_holds_and_takes_no_forgery(committed: None):
    cast = make_cast()
    zelda = make_zelda(cast.acme, notes="Rings twice")
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(notes=f"Ask {NAME}")
    tasks.seal()
    erase(zelda)
    owner = connections["owner"]
    assert faults(owner) == []
    tasks.seal()
    assert faults(owner) == []
    with owner.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM history_change WHERE changes::text ILIKE %s", [f"%{NAME}%"])
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "UPDATE history_change SET changes = jsonb_set(changes, '{notes}', '[null, \"erased, or so\"]')"
            " WHERE kind = 'contacts_contact' AND changes -> 'notes' = '[null, \"erased\"]'"
        )
        assert cursor.rowcount == 1
    assert [fault.fault for fault in faults(owner)] == ["in place of the erased value of notes another one was put"]
