"""The OpenAPI document keeps its word: made-up requests to every operation, well-formed and not, as every kind of user.

``API_EXAMPLES`` says how many for each operation and user (3); ``make drill`` makes 100.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.cache import caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sitebook.access.permissions import ROLES
from sitebook.api.tests.conftest import make_token
from sitebook.users.models import Scope
from tests.guards.operations import RECORDS, Operation, groups
from tests.guards.planted import MARKER, Planted, plant, visits

EXAMPLES = int(os.environ.get("API_EXAMPLES") or 3)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
GROUPS = groups()
WHO = [*visits(["stranger", "restricted", "viewer"], GROUPS), *(("administrator", group) for group in GROUPS)]


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """The end of a request closes no connection: the test's transaction lives on it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize(("who", "group"), WHO)
def test_every_operation_answers_as_the_document_says(who: str, group: str):
    planted = plant()
    users = {"administrator": planted.cast.alice, "restricted": planted.cast.bob, "viewer": planted.cast.vera}
    user = users.get(who)
    headers = {"Authorization": f"Bearer {make_token(user, Scope.values)}"} if user else {}
    headers["Accept-Encoding"] = "identity"
    described = document()
    told: Counter[int] = Counter()
    broken: list[str] = []
    for operation in GROUPS[group]:
        for mode in GenerationMode:
            if not described[operation.name].body and not operation.details.get("parameters") and mode.is_negative:
                continue
            try:
                hidden = who == "restricted"
                statuses = _asked(described[operation.name], mode, operation, planted, headers, hidden=hidden)
            except (FailureGroup, AssertionError) as fault:
                broken.append(f"{operation.name}: {fault}")
                continue
            if not _may(operation, user):
                assert max(statuses, default=401) >= min(statuses, default=401) >= 400, (operation.name, statuses)
            told += statuses
    assert not broken, "\n".join(broken)
    print(f"{who}, {group}: {told.total()} calls: {dict(sorted(told.items()))}")  # noqa: T201 - the figure is wanted
    assert told.total() >= EXAMPLES * len(GROUPS[group])
    if user is None:
        assert told.keys() <= {401, 404}, told  # 404: not even an address


@cache
def document() -> dict[str, Any]:
    """The document's operations by method and path; read as a program reads them, once a process."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    return {each.ok().label.replace(" /api/v1/", " "): each.ok() for each in schema.get_all_operations()}


def test_the_document_describes_every_operation(db: None):
    assert document().keys() == {operation.name for members in GROUPS.values() for operation in members}


def _may(operation: Operation, user: Any) -> bool:
    needed = operation.needs.permissions if operation.needs else ()
    return user is not None and (not needed or any(each in ROLES[user.role] for each in needed))


def _asked(
    described: Any, mode: Any, operation: Operation, planted: Planted, headers: dict[str, str], *, hidden: bool
) -> Counter[int]:
    """Made-up requests to one operation, about records there are and others; each one's effects are undone."""
    statuses: Counter[int] = Counter()
    fitting = [beginning for beginning in RECORDS if operation.path.startswith(beginning)]
    ids = RECORDS[max(fitting, key=len)](planted) if fitting else [1]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES < 20,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=described.as_strategy(generation_mode=mode), pk=some.sampled_from([*ids, None]), version=some.booleans()
    )
    def ask(case: Any, pk: int | None, version: bool) -> None:
        caches["default"].clear()
        if pk and case.path_parameters:
            case.path_parameters = dict.fromkeys(case.path_parameters, pk)
        sent = headers | ({"If-Match": "*"} if version and operation.method == "PATCH" else {})
        if "Authorization" not in headers:
            case.headers = {name: value for name, value in (case.headers or {}).items() if name != "Authorization"}
        with transaction.atomic():
            response = case.call(headers=sent)
            transaction.set_rollback(True)
        statuses[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)
        assert not hidden or MARKER not in response.text.lower(), case.as_curl_command()

    ask()
    return statuses
