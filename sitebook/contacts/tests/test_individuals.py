"""A private person is customer and contact at once: whichever way one is changed, the other keeps step."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Value

from sitebook.access.identity import acting
from sitebook.contacts.models import Contact, ContactRole
from sitebook.contacts.roles import name_single, single_contact
from sitebook.contacts.tests.persons import LINES, body
from sitebook.customers.models import Customer
from sitebook.sites.imports import take_sites
from tests.cast import Cast, make_cast, make_customer, make_user, see_all
from tests.refusals import refused

PHONE = {"kind": "office", "number": "+441134960999", "odd": False}
TODAY = date(2026, 6, 1)
OTHER = {"kind": "mobile", "number": "+441134960111", "odd": False}


def smith(**values) -> Customer:
    return make_customer("Mr Smith", kind="individual", **values)


def persons(customer: Customer) -> list[Contact]:
    with see_all():
        return list(Contact.objects.filter(customer=customer).order_by("pk"))


def in_step(customer: Customer) -> bool:
    """One contact is the customer, and says the same."""
    with see_all():
        now = Customer.objects.get(pk=customer.pk)
        (person,) = Contact.objects.filter(customer=customer, is_customer=True)
    same = ("name", "phones", "emails", "language")
    return all(getattr(now, name) == getattr(person, name) for name in same)


def fields(customer: Customer, **more: str) -> dict[str, str]:
    with see_all():
        now = Customer.objects.get(pk=customer.pk)
    typed = {"version": str(now.version), "name": now.name, "kind": now.kind, "account": "ok", "send_by": "email"}
    return {**typed, **LINES, **more}


def test_one_form_makes_the_person_customer_contact_and_home(cast: Cast, client_of):
    typed = {"name": "Mr Smith", "kind": "individual", "head_line1": "1 Elm Row", "phone": "0113 496 0999",
             "first_site": "on"}  # fmt: skip
    page = body(client_of(cast.bob).post("/customers/new/", typed, follow=True))
    with see_all():
        made = Customer.objects.get(name="Mr Smith")
        site = made.sites.get()
    (person,) = persons(made)
    assert in_step(made)
    assert (site.line1, person.phones) == ("1 Elm Row", [PHONE])
    assert f'href="/contacts/{person.pk}/"' in page
    assert "main contact" in page
    assert "Is the customer" in body(client_of(cast.bob).get(f"/contacts/{person.pk}/"))


def test_an_edit_of_the_customer_changes_the_contact(cast: Cast, client_of):
    made = smith()
    answer = client_of(cast.alice).post(f"/customers/{made.pk}/edit/", fields(made, name="Mr A. Smith"))
    assert answer.status_code == 303
    assert [person.name for person in persons(made)] == ["Mr A. Smith"]


def test_an_edit_of_the_contact_changes_the_customer(cast: Cast, client_of):
    made = smith()
    (person,) = persons(made)
    typed = {"version": str(person.version), "name": "Mr B. Smith", **LINES, "phones-0-number": "0113 496 0999",
             "customer": str(made.pk), "customer_text": "Mr Smith"}  # fmt: skip
    assert client_of(cast.alice).post(f"/contacts/{person.pk}/edit/", typed).status_code == 303
    assert in_step(made)
    assert persons(made)[0].name == "Mr B. Smith"


def test_who_may_not_change_customers_may_not_do_it_by_the_contact(cast: Cast, client_of):
    made = smith()
    (person,) = persons(made)
    dan = make_user(name="Dan Dale", role="dispatcher", sees=(made,))
    answer = client_of(dan).get(f"/contacts/{person.pk}/edit/")
    assert answer.status_code == 403
    assert "Mr Smith is the customer" in body(answer)
    assert "/edit/" not in body(client_of(dan).get(f"/contacts/{person.pk}/"))


def test_the_contact_cannot_be_moved_or_archived_alone(cast: Cast, client_of):
    made = smith()
    (person,) = persons(made)
    alice = client_of(cast.alice)
    typed = {"version": str(person.version), "name": "Mr Smith", **LINES, "base": f'{{"customer": {made.pk}}}',
             "customer": str(cast.acme.pk), "customer_text": "Acme Supermarkets"}  # fmt: skip
    answer = alice.post(f"/contacts/{person.pk}/edit/", typed)
    assert answer.status_code == 409
    assert "cannot go to another one" in body(answer)
    answer = alice.post(f"/contacts/{person.pk}/archive/")
    assert answer.status_code == 409
    assert "Archive the customer instead" in body(answer)
    alice.post("/bulk/contacts/", {"pick": [str(person.pk)], "act": "archive"})
    (now,) = persons(made)
    assert (now.customer_id, now.archived_at) == (made.pk, None)


def test_raw_sql_keeps_them_in_step_and_cannot_part_them(cast: Cast):
    made = smith()
    with see_all(), connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET name = 'Dr Smith' WHERE id = %s", [made.pk])
        cursor.execute("UPDATE contacts_contact SET language = 'en-gb' WHERE customer_id = %s", [made.pk])
        with pytest.raises(IntegrityError, match="is the customer itself"), transaction.atomic():
            cursor.execute("UPDATE contacts_contact SET customer_id = NULL WHERE customer_id = %s", [made.pk])
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(
                "INSERT INTO contacts_contact (customer_id, name, phones, emails, language, is_customer, position,"
                " consent, tags, notes, archive_reason) VALUES (%s, 'Twin', '[]', '[]', '', true, '', 'unknown', '{}',"
                " '', '')",
                [made.pk],
            )
    assert in_step(made)
    assert [(person.name, person.language) for person in persons(made)] == [("Dr Smith", "en-gb")]


def test_many_at_once_keep_step(cast: Cast):
    made = [smith() for _each in range(3)]
    with see_all():
        Customer.objects.filter(pk__in=[each.pk for each in made]).update(
            phones=Value([PHONE], Customer._meta.get_field("phones"))
        )
    assert all(in_step(each) for each in made)
    assert persons(made[2])[0].phones == [PHONE]


def test_an_import_makes_the_contact_too(cast: Cast, tmp_path: Path):
    mapping = tmp_path / "homes.toml"
    mapping.write_text(
        'title = "Homes"\nregister = "sites"\n[customer]\nname = "Owner"\nkind = "Kind"\nphone = "Phone"\n'
        '[site]\nname = "Home"\nexternal_id = "Id"\n[rules]\nphone_country = "GB"\nsystem = "homes"\n'
    )
    table = tmp_path / "homes.csv"
    table.write_text(
        "Id,Owner,Kind,Phone,Home\n1,Mr Smith,individual,0113 496 0999,Elm Row\n2,Oak Ltd,company,,Works\n"
    )
    take_sites(table, mapping=str(mapping), user=None, everything=True, dry_run=False)
    with see_all():
        made, firm = Customer.objects.get(name="Mr Smith"), Customer.objects.get(name="Oak Ltd")
    assert in_step(made)
    assert persons(made)[0].phones == [PHONE]
    assert persons(firm) == []


def test_a_company_that_is_a_person_after_all_and_back(cast: Cast, client_of):
    made, alice = make_customer("Jo Fox"), client_of(cast.alice)
    assert persons(made) == []
    alice.post(f"/customers/{made.pk}/edit/", fields(made, kind="individual"))
    assert in_step(made)
    alice.post(f"/customers/{made.pk}/edit/", fields(made, kind="company"))
    (person,) = persons(made)
    assert not person.is_customer
    alice.post(f"/customers/{made.pk}/edit/", fields(made, name="Fox Ltd"))
    assert persons(made)[0].name == "Jo Fox"
    with see_all():
        assert ContactRole.objects.filter(contact=person, role="main").count() == 1


def test_a_contact_of_that_name_becomes_the_person_and_loses_no_number(cast: Cast):
    made = make_customer("Jo Fox", phones=[PHONE], emails=[{"kind": "office", "address": "a@fox.example"}])
    with see_all():
        mail = [{"kind": "other", "address": "jo@fox.example"}]
        Contact.add(
            name="Jo Fox", customer=made, phones=[OTHER, PHONE], emails=mail, language="en-gb", position="Owner"
        )
        made.change(version=made.version, kind="individual")
    (person,) = persons(made)
    assert in_step(made)
    assert [phone["number"] for phone in person.phones] == ["+441134960999", "+441134960111"]
    assert [email["address"] for email in person.emails] == ["a@fox.example", "jo@fox.example"]
    assert (person.language, person.position) == ("en-gb", "Owner")


def test_a_main_contact_chosen_by_people_stays_chosen(cast: Cast):
    made = smith()
    with see_all():
        wife = Contact.add(name="Mrs Smith", customer=made)
        name_single(wife, role="main", customer=made, on=TODAY)
        Customer.objects.filter(pk=made.pk).update(name="Mr J. Smith")
        assert single_contact(role="main", customer_id=made.pk, on=TODAY) == wife
        name_single(None, role="main", customer=made, on=TODAY)
        Customer.objects.filter(pk=made.pk).update(name="Mr K. Smith")
        assert single_contact(role="main", customer_id=made.pk, on=TODAY) is None


def test_the_customer_takes_its_person_to_the_archive_and_back(cast: Cast, client_of):
    made, alice = smith(), client_of(cast.alice)
    alice.post(f"/customers/{made.pk}/archive/", {})
    assert persons(made)[0].is_archived
    alice.post(f"/customers/{made.pk}/restore/")
    assert not persons(made)[0].is_archived


def test_two_who_edit_the_customer_and_the_contact_at_once_both_save(committed: None):
    make_cast()
    made = smith()
    (person,) = persons(made)
    together, faults = Barrier(2), []

    def save(record: Customer | Contact, **values: object) -> None:
        try:
            for turn in range(8):
                together.wait(10)
                with acting(everything=True):
                    now = type(record)._default_manager.get(pk=record.pk)
                    values = {name: f"{turn} {value}" for name, value in values.items()}
                    try:
                        now.change(version=now.version, **values)
                    except Exception as fault:
                        faults.append(type(fault).__name__)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(
                lambda task: save(task[0], **task[1]), [(made, {"name": "A"}), (person, {"position": "B", "name": "C"})]
            )
        )
    assert set(faults) <= {"StaleEdit"}, "no deadlock: at most one is asked to look again"
    assert in_step(made)


def test_only_an_individuals_own_contact_is_bound(cast: Cast):
    made = smith()
    with see_all():
        child = Contact.add(name="Tim Smith", customer=made)
        child.change(version=child.version, customer_id=None)
        (person,) = Contact.objects.filter(is_customer=True)
        with refused("contact_is_customer"):
            person.change(version=person.version, customer_id=None)
