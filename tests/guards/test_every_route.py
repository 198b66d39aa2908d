"""Every address, visited as a stranger and as restricted users: no trace of another customer."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from sitebook.access.decorators import who_of
from sitebook.access.policies import declared
from sitebook.assets.models import Asset
from sitebook.basics.row_access import by_parent
from tests.guards.crawl import ENDS_THE_SESSION, QUERIES, addresses, crawl, groups, routes
from tests.guards.planted import (
    ADMINISTRATORS_ALONE,
    MARKER,
    opened,
    plain_registers,
    plant,
    rows_with_the_marker,
    visits,
)

GROUPS = groups()

ALL_TABLES = sorted(model._meta.db_table for model in declared())
# Every signed-in user sees them: there is nothing to hide in them.
OPEN_TABLES = {"users_user", "firm_firm", "history_seal", "upkeep_lastrun", "custom_fields_customfield"}
OPEN_TABLES |= {each.table for each in plain_registers()}
OPEN_TABLES |= {model._meta.db_table for model, own in declared().items() if own.few == "true" and own.parent}
# Rows of such a record, seen by nothing but that the record is seen.
OPEN_TABLES |= {
    model._meta.db_table
    for model, own in declared().items()
    if own.parent and own.parent[0] in OPEN_TABLES and own.few == by_parent(*own.parent).few
}
GUARDED = [table for table in ALL_TABLES if table not in OPEN_TABLES]
# Nobody reads them: only the search compares with them, verify-history, and the log-in role counts in the last.
CLOSED_TABLES = {"search_word", "search_slip", "history_erasure", "users_counter"}
# No texts of their own: a row of the hidden customer is known by its number.
NUMBERS_ONLY = {"access_grant", "customers_membership", "contacts_siteparty", "users_passkeycounter", "history_erasure"}
NUMBERS_ONLY |= {"assets_assetperiod", "assets_lifestate", "jobs_visitresource"}
NUMBERS_ONLY |= {
    f"catalogue_{name}" for name in ("worktypecustomer", "codingcustomer", "teamcustomer", "customeractivity")
}


def signed_in(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_every_route_says_who_may_open_it():
    assert [route.name for route in routes() if who_of(route.view) is None] == []


@pytest.mark.django_db
def test_the_crawl_covers_every_route():
    planted = plant()
    for route in routes():
        assert addresses(route, planted), route
    assert sorted(route.name for members in GROUPS.values() for route in members) == sorted(r.name for r in routes())


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "group"), visits(["charlie", "bob", "dora"], GROUPS))
def test_a_restricted_user_finds_no_trace_anywhere(name: str, group: str):
    planted = plant()
    user = planted.dora if name == "dora" else getattr(planted.cast, name)
    visited, findings = crawl(planted, name, signed_in(user), GROUPS[group])
    assert findings == []
    assert visited >= least(group)
    assert signed_in(user).get(f"/customers/{planted.cast.acme.pk}/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["charlie", "bob", "dora"])
def test_no_row_of_what_is_hidden_is_shown_by_the_database(name: str):
    planted = plant()
    user = planted.dora if name == "dora" else getattr(planted.cast, name)
    assert {table: n for table, n in rows_with_the_marker(user).items() if n} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("group", GROUPS)
def test_a_stranger_finds_nothing(group: str):
    planted = plant()
    visited, findings = crawl(planted, "a stranger", Client(raise_request_exception=False), GROUPS[group])
    assert findings == []
    assert visited >= least(group)


def least(group: str) -> int:
    """Each route answers at least one address by every method and with every query."""
    return (len(QUERIES) + 4) * len([route for route in GROUPS[group] if route.name not in ENDS_THE_SESSION])


@pytest.mark.django_db
def test_who_may_see_it_sees_it():
    """The crawl can find the marker: it does where it should."""
    planted = plant()
    shown = rows_with_the_marker(planted.keeper)  # first: on its way the crawl takes the keeper's own access back
    _, findings = crawl(planted, "keeper", signed_in(planted.keeper), routes(), all_of_it=False)
    assert any(MARKER in finding.what for finding in findings)
    shown |= {table: rows_with_the_marker(planted.cast.alice)[table] for table in ADMINISTRATORS_ALONE}
    assert [table for table in GUARDED if table not in NUMBERS_ONLY | CLOSED_TABLES and not shown[table]] == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", GUARDED)
def test_the_guard_fails_when_a_policy_is_dropped(table: str):
    """With this one table open to the role, the guard above must find something."""
    planted = plant()
    with opened(table):
        shown = rows_with_the_marker(planted.cast.charlie, table)
        by_number = hidden_numbers(planted, table)
        assert shown[table] or by_number, table
    assert not rows_with_the_marker(planted.cast.charlie, table)[table]


def hidden_numbers(planted, table: str) -> int:
    """Rows of the hidden customer that the restricted user's role shows, for tables without texts."""
    from sitebook.access.identity import acting

    with acting(user=planted.cast.charlie, via="screen"), connection.cursor() as cursor:
        if table not in NUMBERS_ONLY:
            return 0
        keeper = {"history_erasure": "actor_id", "users_passkeycounter": "user_id"}
        if table == "assets_lifestate":
            cursor.execute(f"SELECT count(*) FROM {table}")
            return int(cursor.fetchone()[0]) - Asset.objects.count()
        column = "owner_id" if table == "assets_assetperiod" else "customer_id"
        whose = (keeper[table], planted.keeper.pk) if table in keeper else (column, planted.hidden.pk)
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {whose[0]} = %s", [whose[1]])
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["customers_customer", "sites_site", "sites_tenure", "history_change"])
def test_the_pages_show_it_when_a_policy_is_dropped(table: str):
    planted = plant()
    with opened(table):
        _, findings = crawl(planted, "charlie", signed_in(planted.cast.charlie), routes(), all_of_it=False)
    assert any("marker" in finding.what for finding in findings), table
