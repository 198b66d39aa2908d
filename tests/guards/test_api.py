"""Every operation for programs: who may call it, with which scope, and no trace of another customer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from sitebook.access.permissions import ROLES
from sitebook.api import interface
from sitebook.api.tests.conftest import make_token
from sitebook.users.models import Scope, User
from tests.cast import make_user
from tests.guards.operations import Operation, ask, calls, crawl, groups, operations
from tests.guards.planted import MARKER, opened, plant, visits

GROUPS = groups()


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
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("who", ["a stranger", "a cookie"])
def test_a_stranger_and_a_cookie_open_nothing(who: str, group: str):
    planted = plant()
    client = Client(raise_request_exception=False)
    if who == "a cookie":
        client.force_login(planted.cast.alice)
    statuses, findings = crawl(planted, who, client, GROUPS[group])
    assert findings == []
    assert statuses.keys() == {401}


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "group"), visits(["charlie", "bob", "boss"], GROUPS))
def test_a_restricted_user_finds_no_trace_anywhere(name: str, group: str):
    """Each operation that reads shows them something, and says of what is hidden that it is not there."""
    planted = plant()
    boss = make_user(name="Restricted boss", role="administrator", sees=(planted.cast.acme,))
    user = boss if name == "boss" else getattr(planted.cast, name)
    statuses, findings = crawl(planted, name, program(user), GROUPS[group])
    assert findings == []
    reading = [each for each in GROUPS[group] if each.method == "GET" and may(user.role, each)]
    assert statuses.get(200, 0) >= len(reading), statuses
    assert statuses.get(404, 0) >= len([each for each in reading if "{" in each.path]), statuses


def may(role: str, operation: Operation) -> bool:
    needed = operation.needs.permissions if operation.needs else ()
    return not needed or any(permission in ROLES[role] for permission in needed)


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
        assert (ask(client, operation, address, body).status_code != 403) == may(role, operation), operation.name


# A role alone is not among them: it is only told of a contact who is seen.
TABLES = ["customers_customer", "sites_site", "contacts_contact", "sites_tenure"]


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_the_guard_fails_when_a_policy_is_dropped(table: str):
    """With this one table open to the role, the crawl of a restricted user must find something."""
    planted = plant()
    client: Any = program(planted.cast.charlie)
    with opened(table):
        _, findings = crawl(planted, "charlie", client, operations(), all_of_it=False)
    assert any(MARKER in finding.what or "marker" in finding.what for finding in findings), table


def test_a_change_names_no_default_and_needs_no_field():
    """A client made from the document would send every default it finds, and wipe what it did not mean to change."""
    document = interface.description()
    shapes = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        if "patch" not in methods:
            continue
        body = methods["patch"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
        assert "required" not in shapes[body], path
        assert [name for name, field in shapes[body]["properties"].items() if "default" in field] == [], path


def test_operation_ids_are_good_names_for_methods():
    operations_ = [each for methods in interface.description()["paths"].values() for each in methods.values()]
    ids = [each["operationId"] for each in operations_]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name) or name.startswith("sitebook_")] == []
