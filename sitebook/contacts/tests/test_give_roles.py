"""Give, take over and end roles: which day counts, who may be main contact, and who comes when two do it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitebook.access.identity import acting
from sitebook.access.models import give
from sitebook.basics.refused import Refused
from sitebook.contacts import roles
from sitebook.contacts.models import Contact, ContactRole
from sitebook.contacts.people import people_at
from sitebook.contacts.roles import give_role
from sitebook.customers.models import Customer, Membership
from sitebook.sites.models import Site, Tenure
from tests.cast import Cast, make_cast, make_customer, see_all
from tests.refusals import refused

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))


@pytest.fixture
def all_seen(cast: Cast):
    with see_all():
        yield cast


def ann(customer: Customer | None, name: str = "Ann") -> Contact:
    return Contact.add(name=name, customer=customer)


def held(role: str, **where) -> list[tuple[str, date | None, date | None]]:
    """(name, from, until) of everybody who has or had the role, in order of time."""
    rows = ContactRole.objects.filter(role=role, **where).select_related("contact").order_by("during")
    return [(row.contact.name, row.during.lower, row.during.upper) for row in rows]


def test_the_next_main_contact_ends_the_time_of_the_former(all_seen: Cast):
    acme = all_seen.acme
    one, two = ann(acme), ann(acme, "Bea")
    give_role(one, role="main", customer=acme, since=JAN)
    give_role(two, role="main", customer=acme, since=MAR)
    assert held("main", customer=acme) == [("Ann", JAN, MAR), ("Bea", MAR, None)]


@pytest.mark.parametrize("order", [("Ann", "Bea"), ("Bea", "Ann")])
def test_of_two_named_for_the_same_day_the_last_one_stays(all_seen: Cast, order):
    acme = all_seen.acme
    people = {name: ann(acme, name) for name in order}
    for name in order:
        give_role(people[name], role="main", customer=acme, since=MAR)
    assert held("main", customer=acme) == [(order[1], MAR, None)]


def test_naming_the_former_one_again_on_the_same_day_leaves_no_seam(all_seen: Cast):
    acme = all_seen.acme
    one, two = ann(acme), ann(acme, "Bea")
    give_role(one, role="billing", customer=acme, since=JAN)
    give_role(two, role="billing", customer=acme, since=MAR)
    give_role(one, role="billing", customer=acme, since=MAR)
    assert held("billing", customer=acme) == [("Ann", JAN, None)]


def test_one_named_for_an_earlier_day_lasts_until_the_next_one(all_seen: Cast):
    acme = all_seen.acme
    give_role(ann(acme), role="main", customer=acme, since=MAR)
    give_role(ann(acme, "Bea"), role="main", customer=acme, since=JAN)
    assert held("main", customer=acme) == [("Bea", JAN, MAR), ("Ann", MAR, None)]


def test_a_role_from_an_earlier_day_joins_the_later_time_of_the_same_contact(all_seen: Cast):
    acme = all_seen.acme
    one = ann(acme)
    give_role(one, role="accounts", customer=acme, since=MAR)
    give_role(one, role="accounts", customer=acme, since=JAN)
    assert held("accounts", customer=acme) == [("Ann", JAN, None)]


def test_two_people_may_hold_keys_but_nobody_twice(all_seen: Cast):
    acme, depot = all_seen.acme, all_seen.depot
    one = ann(acme)
    give_role(one, role="key holder", site=depot, since=JAN)
    give_role(ann(acme, "Bea"), role="key holder", site=depot, since=JAN)
    with refused("has_role_already", match=r"Ann already has the role “Key holder” at Depot, since 1"):
        give_role(one, role="key holder", site=depot, since=FEB)
    with pytest.raises(IntegrityError, match="a_contact_has_a_role_once_at_a_time"), transaction.atomic():
        ContactRole.objects.create(
            contact=one, customer=acme, site=depot, role="Key Holder", during=DateRange(FEB, None)
        )


def test_a_firms_own_role_is_one_role_however_it_is_written(all_seen: Cast):
    acme = all_seen.acme
    give_role(ann(acme), role=roles.role_called("Night  watch"), customer=acme, since=JAN)
    assert roles.role_called("NIGHT WATCH") == "Night watch"
    assert roles.role_called("default contact") == roles.role_called("MAIN CONTACT") == "main"
    assert roles.role_called("Site Manager") == "site manager"
    assert "Night watch" in roles.roles_in_use()


def test_a_role_at_a_site_belongs_to_whoever_had_it_that_day(all_seen: Cast):
    depot, birch = all_seen.depot, all_seen.birch
    Tenure.objects.filter(site=depot).update(during=DateRange(None, FEB))
    Tenure.objects.create(site=depot, customer=birch, during=DateRange(FEB, None))
    Site.objects.filter(pk=depot.pk).update(customer=birch)
    early = give_role(ann(all_seen.acme), role="key holder", site=depot, since=JAN)
    late = give_role(ann(birch, "Bea"), role="key holder", site=depot, since=FEB)
    assert (early.customer, late.customer) == (all_seen.acme, birch)
    assert [person.name for person in people_at(depot, on=JAN)] == ["Ann"]
    assert [person.name for person in people_at(depot, on=FEB)] == ["Bea"]


def test_a_vacant_site_takes_no_role(all_seen: Cast):
    depot = all_seen.depot
    Tenure.objects.filter(site=depot).update(during=DateRange(None, FEB))
    Tenure.objects.create(site=depot, customer=None, during=DateRange(FEB, None))
    Site.objects.filter(pk=depot.pk).update(customer=None)
    with refused("site_without_customer", match="no customer whom you may see had Depot"):
        give_role(ann(None), role="key holder", site=depot, since=MAR)


def test_a_role_of_a_hidden_former_customer_is_refused_without_a_word_of_it(cast: Cast):
    with see_all():
        Tenure.objects.filter(site=cast.depot).update(during=DateRange(FEB, None))
        Tenure.objects.create(site=cast.depot, customer=cast.cedar, during=DateRange(None, FEB))
        one = ann(cast.acme)
    with acting(user=cast.bob, via="screen"), refused("site_without_customer") as refusal:
        give_role(one, role="key holder", site=cast.depot, since=JAN)
    assert "Cedar" not in str(refusal.value)


@pytest.mark.parametrize("role", ["main", "billing"])
def test_a_stranger_is_not_named_main_or_billing_contact(all_seen: Cast, role: str):
    acme, other = all_seen.acme, ann(all_seen.birch)
    with refused("not_their_contact", match="Ann is no contact of Acme Supermarkets"):
        give_role(other, role=role, customer=acme, since=MAR)
    give_role(other, role="accounts", customer=acme, since=JAN)
    give_role(other, role=role, customer=acme, since=MAR)
    assert held(role, customer=acme) == [("Ann", MAR, None)]


def test_a_role_that_is_over_vouches_for_nobody(all_seen: Cast):
    acme, other = all_seen.acme, ann(all_seen.birch)
    give_role(other, role="accounts", customer=acme, since=JAN).end(on=FEB)
    with refused("not_their_contact"):
        give_role(other, role="main", customer=acme, since=MAR)


def test_contacts_of_the_customers_above_may_be_named_through_hidden_ones_too(cast: Cast):
    top, hidden = make_customer("Top"), make_customer("Between")
    with see_all():
        Membership.objects.create(customer=cast.acme, parent=hidden, during=DateRange(FEB, None))
        Membership.objects.create(customer=hidden, parent=top, during=DateRange(FEB, None))
        head = ann(top, "Head")
        give(user_id=cast.bob.pk, customers=[top.pk])
    with acting(user=cast.bob, via="screen"):
        with refused("not_their_contact"):
            give_role(head, role="main", customer=cast.acme, since=JAN)
        give_role(head, role="main", customer=cast.acme, since=MAR)
        assert list(roles.candidates(cast.acme, on=MAR)) == [head]
        assert list(roles.candidates(cast.acme, on=JAN)) == []


def test_the_default_contact_is_one_of_the_customers_or_the_sites(all_seen: Cast):
    depot, other = all_seen.depot, ann(None, "Porter")
    with refused("not_their_contact", match="The default contact must be"):
        give_role(other, role="main", site=depot, since=MAR)
    give_role(other, role="key holder", site=depot, since=JAN)
    give_role(other, role="main", site=depot, since=MAR)
    assert people_at(depot, on=MAR)[0].roles == ["Default contact", "Key holder"]
    assert set(roles.candidates(all_seen.acme, site=depot, on=MAR)) == {other}


def test_a_role_ends_on_its_day_and_not_twice(all_seen: Cast):
    acme = all_seen.acme
    given = give_role(ann(acme), role="accounts", customer=acme, since=JAN)
    given.end(on=MAR)
    assert held("accounts") == [("Ann", JAN, MAR)]
    assert list(ContactRole.objects.in_force(on=FEB)) == [given]
    assert list(ContactRole.objects.in_force(on=MAR)) == []
    with refused("day_outside_period"):
        given.end(on=APR)
    given.end(on=FEB)
    assert held("accounts") == [("Ann", JAN, FEB)]
    given.end(on=JAN)
    assert held("accounts") == []
    with refused("does_not_stand"):
        given.end(on=JAN)


def test_nobody_is_main_contact_from_a_day_on(all_seen: Cast):
    acme = all_seen.acme
    roles.name_single(ann(acme), role="main", customer=acme, on=JAN)
    roles.name_single(None, role="main", customer=acme, on=MAR)
    assert held("main") == [("Ann", JAN, MAR)]
    roles.name_single(None, role="main", customer=acme, on=APR)
    assert roles.single_contact(role="main", customer_id=acme.pk, on=APR) is None


def test_a_main_contact_does_not_leave_the_customer(all_seen: Cast):
    acme, one = all_seen.acme, ann(all_seen.acme)
    give_role(one, role="main", customer=acme, since=JAN)
    give_role(one, role="billing", customer=acme, since=JAN)
    with refused("contact_still_needed", match="of Acme Supermarkets"), transaction.atomic():
        roles.change_contact(one, version=one.version, values={"customer_id": all_seen.birch.pk}, on=MAR)
    one.refresh_from_db()
    give_role(one, role="accounts", customer=acme, since=JAN)
    roles.change_contact(one, version=one.version, values={"customer_id": all_seen.birch.pk}, on=MAR)
    assert one.customer_id == all_seen.birch.pk


def test_an_archived_contact_takes_no_role(all_seen: Cast):
    one = ann(all_seen.acme)
    Contact.objects.filter(pk=one.pk).update(archived_at="2026-01-01T00:00:00Z")
    one.refresh_from_db()
    with refused("is_archived", match="is archived"):
        give_role(one, role="accounts", customer=all_seen.acme, since=MAR)


def test_a_role_needs_a_place(all_seen: Cast):
    with refused("place_missing", match="Choose the customer or the site"):
        give_role(ann(None), role="accounts", since=MAR)


def test_two_who_name_a_main_contact_at_once_come_one_after_the_other(committed: None):
    cast = make_cast()
    with see_all():
        people = [ann(cast.acme, name) for name in ("Ann", "Bea")]

    together = Barrier(2)

    def name_them(contact: Contact) -> None:
        try:
            together.wait(10)
            with acting(user=cast.bob, via="screen"):
                give_role(contact, role="main", customer=cast.acme, since=MAR)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(name_them, people))
    with see_all():
        assert len(held("main", customer=cast.acme)) == 1


FIRST, LAST = date(2026, 1, 1), 20
PEOPLE = ("Ann", "Bea", "Cy")
STEP = st.tuples(st.sampled_from(["give", "end"]), st.sampled_from(PEOPLE), st.integers(0, LAST), st.integers(0, LAST))


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=8))
def test_any_order_of_naming_and_ending_is_what_counting_days_says(all_seen: Cast, steps):
    """Brute force: one name a day. A new one counts from its day up to the day somebody begins after it."""
    acme = all_seen.acme
    ContactRole.objects.all().delete()
    Contact.objects.all().delete()
    people = {name: ann(acme, name) for name in PEOPLE}
    days: list[str | None] = [None] * (LAST + 2)
    for act, name, number, end in steps:
        if act == "give":
            try:
                give_role(people[name], role="main", customer=acme, since=day(number))
            except Refused as refusal:
                if refusal.code != "has_role_already":
                    raise
                assert days[number] == name
                continue
            begins = [each for each in range(number + 1, len(days)) if days[each] not in (None, days[each - 1])]
            days[number : min(begins, default=len(days))] = [name] * (min(begins, default=len(days)) - number)
        elif row := ContactRole.objects.filter(during__contains=day(number)).first():
            assert row.contact.name == days[number]
            until = next((each for each in range(number, len(days)) if days[each] != days[number]), len(days))
            first = next((each for each in range(number, -1, -1) if days[each] != days[number]), -1) + 1
            try:
                row.end(on=day(end))
            except Refused as refusal:
                if refusal.code != "day_outside_period":
                    raise
                assert end >= until
                continue
            gone = range(max(end, first), until)
            days = [None if each in gone else name for each, name in enumerate(days)]
        else:
            assert days[number] is None
    rows = list(ContactRole.objects.select_related("contact"))
    found = [next((row.contact.name for row in rows if day(each) in row.during), None) for each in range(len(days))]
    assert found == days
