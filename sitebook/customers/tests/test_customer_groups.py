"""Customers under customers: the tree of a group over time, and figures that count a whole group."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitebook.access.identity import acting, put_back
from sitebook.basics.refused import Refused
from sitebook.contacts.models import Contact
from sitebook.customers.groups import bills_across, members, parent_of, put_under, take_out
from sitebook.customers.models import Customer, Membership
from sitebook.sites.groups import branches, counted
from tests.cast import Cast, make_site, see_all
from tests.refusals import refused

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Any], Client]
JANUARY, MARCH, JUNE, TODAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1), date(2026, 11, 1)


def under(customer: Customer, parent: Customer, since: date = JANUARY) -> None:
    with see_all():
        put_under(customer, parent=parent, since=since)


def sites_of_group(root: Customer, on: date, today: date = TODAY) -> int:
    ids = members(root, on=on)
    return sum(number for _value, number in counted(ids, on=on, today=today, by="status"))


def test_it_stands_under_a_parent_from_a_day_on(cast: Cast) -> None:
    under(cast.birch, cast.acme, MARCH)
    with see_all():
        assert parent_of(cast.birch, on=MARCH - timedelta(1)) == (False, None)
        assert parent_of(cast.birch, on=MARCH) == (True, cast.acme)
        put_under(cast.birch, parent=cast.cedar, since=JUNE)
        assert parent_of(cast.birch, on=JUNE - timedelta(1)) == (True, cast.acme)
        assert parent_of(cast.birch, on=JUNE) == (True, cast.cedar)
        take_out(cast.birch, since=TODAY)
        assert parent_of(cast.birch, on=TODAY) == (False, None)


def test_what_is_written_down_late_counts_up_to_the_next_change(cast: Cast) -> None:
    under(cast.birch, cast.cedar, JUNE)
    under(cast.birch, cast.acme, JANUARY)
    with see_all():
        assert parent_of(cast.birch, on=MARCH) == (True, cast.acme)
        assert parent_of(cast.birch, on=JUNE) == (True, cast.cedar)


def test_times_under_the_same_parent_become_one(cast: Cast) -> None:
    under(cast.birch, cast.acme, JUNE)
    under(cast.birch, cast.acme, JANUARY)
    with see_all():
        (row,) = Membership.objects.filter(customer=cast.birch)
        assert (row.during.lower, row.during.upper) == (JANUARY, None)
        take_out(cast.birch, since=MARCH)
        put_under(cast.birch, parent=cast.acme, since=MARCH)
        (row,) = Membership.objects.filter(customer=cast.birch)
        assert (row.during.lower, row.during.upper) == (JANUARY, None)


def test_it_refuses_a_loop_at_any_time_naming_both(cast: Cast) -> None:
    under(cast.birch, cast.acme, MARCH)
    under(cast.cedar, cast.birch, MARCH)
    with see_all():
        with refused("group_loop", match="Cedar Hospital stands under Acme Supermarkets in that time"):
            put_under(cast.acme, parent=cast.cedar, since=JANUARY)
        with refused("group_loop", match="Acme Supermarkets cannot stand under itself"):
            put_under(cast.acme, parent=cast.acme, since=JANUARY)
        assert Membership.objects.count() == 2


def test_it_refuses_what_is_so_already_and_archived_parents(cast: Cast) -> None:
    under(cast.birch, cast.acme)
    with see_all():
        with refused("already_in_group", match="Birch Housing stands under Acme Supermarkets on 1 Mar 2026 already"):
            put_under(cast.birch, parent=cast.acme, since=MARCH)
        with refused("not_in_group", match="stands under no other customer"):
            take_out(cast.acme, since=MARCH)
        cast.cedar.archive(by_id=None, at=timezone.now())
        with refused("is_archived", match="Cedar Hospital is archived"):
            put_under(cast.birch, parent=cast.cedar, since=MARCH)


def test_a_move_changes_totals_at_once_and_leaves_those_of_earlier_days(cast: Cast) -> None:
    under(cast.birch, cast.acme, JANUARY)
    with see_all():
        assert sites_of_group(cast.acme, TODAY) == 2
        put_under(cast.birch, parent=cast.cedar, since=JUNE)
        assert (sites_of_group(cast.acme, TODAY), sites_of_group(cast.cedar, TODAY)) == (1, 2)
        assert (sites_of_group(cast.acme, MARCH), sites_of_group(cast.cedar, MARCH)) == (2, 1)


def test_a_restricted_user_counts_only_what_they_see(cast: Cast) -> None:
    under(cast.cedar, cast.acme)
    under(cast.birch, cast.cedar)
    with acting(user=cast.bob, via="screen"):
        ids = members(cast.acme, on=TODAY)
        assert ids == sorted([cast.acme.pk, cast.birch.pk])
        assert sites_of_group(cast.acme, TODAY) == 2
        (branch,) = branches(cast.acme, ids=ids, on=TODAY, today=TODAY)
        assert (branch.customer, branch.indirect, branch.level) == (cast.birch, True, 0)
        assert parent_of(cast.birch, on=TODAY) == (True, None)
    with acting(user=cast.charlie, via="screen"):
        assert members(cast.acme, on=TODAY) == [cast.acme.pk]


def test_branches_stand_in_the_order_of_the_tree_with_rolled_up_counts(cast: Cast) -> None:
    under(cast.birch, cast.acme)
    under(cast.cedar, cast.birch)
    make_site(cast.cedar)
    with see_all():
        found = branches(cast.acme, ids=members(cast.acme, on=TODAY), on=TODAY, today=TODAY)
    assert [(each.level, str(each.customer), each.sites, each.all_sites) for each in found] == [
        (0, "Birch Housing", 1, 3),
        (1, "Cedar Hospital", 2, 2),
    ]


def test_bills_that_would_cross_the_edge_are_named(cast: Cast) -> None:
    under(cast.birch, cast.acme)
    with see_all():
        Customer.objects.filter(pk=cast.birch.pk).update(bill_to=cast.acme)
        assert bills_across(cast.birch, on=TODAY) == [cast.birch]
        assert bills_across(cast.acme, on=TODAY) == []


MOVES = st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5), st.integers(0, 300)), min_size=1, max_size=12)


@given(moves=MOVES, sites=st.lists(st.integers(0, 3), min_size=6, max_size=6), day=st.integers(0, 300))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_totals_equal_a_brute_force_sum(db: None, moves: Any, sites: list[int], day: int) -> None:
    """Against a plain dictionary of days, whatever was put where in whatever order."""
    from django.db import transaction

    begin = date(2026, 1, 1)
    with transaction.atomic():
        with see_all():
            group = [Customer.add(name=f"Branch {number}") for number in range(6)]
        for customer, number in zip(group, sites, strict=True):
            for _each in range(number):
                make_site(customer)
        known: dict[tuple[int, int], int | None] = {}
        for who, parent, start in moves:
            with see_all():
                _move(group, known, who, parent, start, begin)
        with see_all():
            on = begin + timedelta(day)
            for root in range(6):
                below = {root}
                for _round in range(6):
                    below |= {who for who in range(6) if known.get((who, day)) in below}
                ids = members(group[root], on=on)
                assert ids == sorted(group[each].pk for each in below)
                assert sites_of_group(group[root], on) == sum(sites[each] for each in below)
        put_back()
        transaction.set_rollback(True)


def _move(group: list[Customer], known: Any, who: int, parent: int, start: int, begin: date) -> None:
    """Do it for real and in the dictionary: from the day on, up to the next change that was written down."""
    since = begin + timedelta(start)
    row = Membership.objects.filter(customer=group[who], during__contains=since).first()
    later = Membership.objects.filter(customer=group[who], during__startswith__gt=since).order_by("during").first()
    ends = row.during.upper if row else later.during.lower if later else None
    try:
        if parent < 0:
            take_out(group[who], since=since)
        else:
            put_under(group[who], parent=group[parent], since=since)
    except Refused as refusal:
        if refusal.code not in ("already_in_group", "group_loop", "not_in_group"):
            raise
        return
    stop = (ends - begin).days if ends else 301
    for each in range(start, min(stop, 301)):
        known[who, each] = parent if parent >= 0 else None


def test_the_page_counts_this_customer_or_its_group(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.alice)
    with see_all():
        put_under(cast.birch, parent=cast.acme, since=JANUARY)
        cast.mill.change(version=cast.mill.version, type="Mill house")
    here = f"/customers/{cast.acme.pk}/"
    alone, whole = client.get(here).text, client.get(f"{here}?group=yes").text
    assert "With branches" in alone
    assert "Mill house" not in alone
    assert "Mill house" in whole
    assert f"/customers/{cast.acme.pk}/sites/?group=yes" in whole
    assert "Birch Housing" in client.get(f"{here}sites/?group=yes").text
    assert ">Mill</a>" in client.get(f"{here}sites/?group=yes").text
    assert ">Mill</a>" not in client.get(f"{here}sites/").text
    before = (JANUARY - timedelta(1)).isoformat()
    assert "Mill house" not in client.get(f"{here}?group=yes&on={before}").text
    then = client.get(f"{here}sites/?group=yes&on=2026-02-01").text
    assert "Birch Housing" in then
    assert "With branches" not in client.get(f"/customers/{cast.cedar.pk}/?group=yes").text
    page = client.get(f"/customers/{cast.birch.pk}/").text
    assert "part of" in page


def test_the_group_costs_at_most_one_query_more(cast: Cast, client_of: ClientOf) -> None:
    client, here = client_of(cast.alice), f"/customers/{cast.acme.pk}/"
    under(cast.birch, cast.acme)
    for address in (here, f"{here}sites/", f"{here}contacts/"):
        client.get(address)
        with CaptureQueriesContext(connection) as alone:
            client.get(address)
        with CaptureQueriesContext(connection) as whole:
            client.get(f"{address}?group=yes")
        assert len(whole) <= len(alone) + 1, address


def test_office_puts_a_customer_under_another_one_and_takes_it_out(cast: Cast, client_of: ClientOf) -> None:
    client, address = client_of(cast.bob), f"/customers/{cast.birch.pk}/group/"
    assert client.get(address).status_code == 200
    answer = client.post(address, {"parent": cast.acme.pk, "since": "2026-01-01"})
    assert answer.status_code == 303
    back = client.post(f"/customers/{cast.acme.pk}/group/", {"parent": cast.birch.pk, "since": "2026-02-01"})
    assert (back.status_code, "stands under" in back.text) == (409, True)
    listed = client.get("/customers/").text
    assert "Part of" in listed
    assert "Birch Housing" in client.get(f"/customers/?group={cast.acme.pk}").text
    assert "does not know" in client.get(f"/customers/?group={cast.cedar.pk}").text
    assert ">Acme Supermarkets</a></th>" not in client.get(f"/customers/?group={cast.birch.pk}").text
    assert client.post(f"{address}leave/", {"since": "2026-06-01"}).status_code == 303
    hidden = client.post(address, {"parent": cast.cedar.pk, "since": "2026-01-01"})
    nobody = client.post(address, {"parent": 987654, "since": "2026-01-01"})
    assert (hidden.status_code, nobody.status_code) == (422, 422)
    assert "no longer there, or you may not see it" in hidden.text
    assert client_of(cast.charlie).get(f"/customers/{cast.acme.pk}/group/").status_code == 403
    assert client_of(cast.bob).get(f"/customers/{cast.cedar.pk}/group/").status_code == 404


def test_the_list_and_the_file_of_a_day_hold_the_group_of_that_day(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.alice)
    under(cast.birch, cast.acme, JANUARY)
    with see_all():
        take_out(cast.birch, since=MARCH)
    asked = f"?group={cast.acme.pk}"
    assert ">Birch Housing</a></th>" not in client.get(f"/customers/{asked}").text
    assert ">Birch Housing</a></th>" in client.get(f"/customers/{asked}&on=2026-02-01").text
    sheet = b"".join(client.get(f"/customers/export.csv{asked}&on=2026-02-01"))  # type: ignore[arg-type]
    assert b"Birch Housing" in sheet
    assert b"Birch Housing" not in b"".join(client.get(f"/customers/export.csv{asked}"))  # type: ignore[arg-type]


def test_contacts_of_branches_are_listed_with_the_group(cast: Cast, client_of: ClientOf) -> None:
    under(cast.birch, cast.acme)
    with see_all():
        Contact.add(name="Brenda Branch", customer=cast.birch)
    client, here = client_of(cast.alice), f"/customers/{cast.acme.pk}/contacts/"
    assert "Brenda Branch" in client.get(f"{here}?group=yes").text
    assert "Brenda Branch" not in client.get(here).text
