"""Every operation for programs: who may call it, with which scope, and no trace of another customer."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from sitebook.access.permissions import ROLES
from sitebook.access.policies import apply_all
from sitebook.api.tests.conftest import make_token
from sitebook.basics.database_roles import role_names
from sitebook.users.models import Scope, User
from tests.cast import make_user
from tests.guards.operations import ask, calls, crawl, operations
from tests.guards.planted import MARKER, plant


def program(user: User, *scopes: str) -> Client:
    secret = make_token(user, scopes or Scope.values)
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})


def test_every_operation_says_who_may_call_it():
    assert [operation.name for operation in operations() if operation.needs is None] == []
    assert len(operations()) > 30


def test_the_description_says_what_each_operation_needs():
    for operation in operations():
        assert operation.needs is not None
        assert operation.details["security"] == [{"Token": [operation.needs.scope.value]}]
        names = [each["name"] for each in operation.details.get("parameters", [])]
        assert ("If-Match" in names) == (operation.method == "PATCH"), operation.name


@pytest.mark.django_db
def test_every_operation_is_called():
    planted = plant()
    for operation in operations():
        assert list(calls(operation, planted)), operation.name


@pytest.mark.django_db
def test_a_stranger_and_a_cookie_open_nothing():
    planted = plant()
    cookie = Client(raise_request_exception=False)
    cookie.force_login(planted.cast.alice)
    for who, client in (("a stranger", Client(raise_request_exception=False)), ("a cookie", cookie)):
        statuses, findings = crawl(planted, who, client, operations())
        assert findings == []
        assert statuses.keys() == {401}, who


@pytest.mark.django_db
def test_a_restricted_user_finds_no_trace_anywhere():
    planted = plant()
    boss = make_user(name="Restricted boss", role="administrator", sees=(planted.cast.acme,))
    for user in (planted.cast.charlie, planted.cast.bob, boss):
        statuses, findings = crawl(planted, user.name, program(user), operations())
        assert findings == []
        assert statuses[200] > 20, statuses
        assert statuses[404] > 5, statuses


@pytest.mark.django_db
def test_who_may_see_it_sees_it():
    """The crawl can find the marker: it does where it should."""
    planted = plant()
    reading = [operation for operation in operations() if operation.method == "GET"]
    _, findings = crawl(planted, "keeper", program(planted.keeper), reading)
    shown = {finding.address.partition("?")[0].partition("/")[0].split()[0] for finding in findings}
    assert {"customers", "sites", "contacts", "search"} <= shown


@pytest.mark.django_db
def test_each_operation_is_refused_without_its_scope():
    planted = plant()
    for scope in Scope.values:
        others = [each for each in Scope.values if each != scope]
        without, alone = program(planted.cast.alice, *others), program(planted.cast.alice, scope)
        mine = [operation for operation in operations() if operation.needs and operation.needs.scope == scope]
        assert mine, scope
        for operation in mine:
            address, body = next(iter(calls(operation, planted)))
            assert ask(without, operation, address, body).status_code == 403, operation.name
            assert ask(alone, operation, address, body).status_code != 403, operation.name


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_operation_is_refused_to_a_role_that_may_not(role: str):
    """And to no other: a role that may is not told that it may not."""
    planted = plant()
    client = program(make_user(name=f"Some {role}", role=role, all_customers=True))
    for operation in operations():
        address, body = list(calls(operation, planted))[-1]
        needed = operation.needs.permissions if operation.needs else ()
        allowed = not needed or any(permission in ROLES[role] for permission in needed)
        assert (ask(client, operation, address, body).status_code != 403) == allowed, operation.name


# A role alone is not among them: it is only told of a contact who is seen.
TABLES = ["customers_customer", "customers_site", "customers_contact", "customers_tenure"]


@pytest.mark.parametrize("table", TABLES)
def test_the_guard_fails_when_a_policy_is_dropped(table: str, committed: None):
    """With this one table open to the role, the crawl of a restricted user must find something."""
    planted = plant()
    few = role_names(connection.settings_dict["NAME"]).few
    client: Any = program(planted.cast.charlie)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP POLICY seen_by_few ON {table}")
        cursor.execute(f'CREATE POLICY seen_by_few ON {table} TO "{few}" USING (true)')
    try:
        _, findings = crawl(planted, "charlie", client, operations(), all_of_it=False)
        assert any(MARKER in finding.what or "marker" in finding.what for finding in findings), table
    finally:
        apply_all(connections["owner"])
