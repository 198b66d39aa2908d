"""What no program should send, and some do."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sitebook.api import rate_limits
from sitebook.api.interface import description
from sitebook.api.problems import MEDIA_TYPE
from tests.cast import Cast

ODD = [b'{"items": [{"\\ud800": 1}]}', b'{"items": [{"name": "x", "head_country": "\\ud800"}]}',
       b'{"items": [{"id": "\\ud800", "version": 1}]}', b'{"items": [{"name": "a\\u0000b", "tags": ["\\udfff"]}]}',
       b'{"items": [{"name": "x", "external_ids": {"\\ud800": "1"}}]}']  # fmt: skip


@pytest.mark.parametrize("body", ODD)
@pytest.mark.parametrize("query", ["", "?all_or_nothing=true"])
def test_half_a_letter_in_a_row_is_that_rows_problem(cast: Cast, program_of: Any, body: bytes, query: str):
    answer = program_of(cast.bob).call("POST", f"customers/bulk{query}", body)
    assert answer.status_code == (409 if query else 200), answer.content
    assert answer.json()["results"][0]["status"] == 422


@pytest.mark.parametrize("body", ODD)
def test_half_a_letter_under_a_key_is_answered_again(cast: Cast, program_of: Any, body: bytes):
    program = program_of(cast.bob)
    first, second = (program.call("POST", "customers/bulk", body, Idempotency_Key="k") for _ in range(2))
    assert first.content == second.content


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE"])
def test_an_address_there_is_not_is_told_so_whatever_the_method(cast: Cast, program_of: Any, method: str):
    program = program_of(cast.bob)
    program.client = Client(enforce_csrf_checks=True)
    answer = program.call(method, "customers/acme", {})
    assert answer.status_code == 404
    assert "nothing at this address" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b'{"name": NaN}', b"[" * 100_000, b'{"payment_days": ' + b"9" * 5000 + b"}", b"null", b'"x"',
     b'{"name": "x", "payment_days": 1e400}', b"\xef\xbb\xbf{}"],
)  # fmt: skip
def test_what_is_no_json_of_ours_is_refused(cast: Cast, program_of: Any, body: bytes):
    answer = program_of(cast.bob).call("POST", "customers", body)
    assert answer.status_code in (400, 422), answer.content
    assert answer["Content-Type"] == "application/problem+json"


def wrong_types(cast: Cast) -> list[tuple[str, str, dict[str, Any], str]]:
    hand_over = f"sites/{cast.depot.pk}/hand-over"
    return [
        ("POST", "contacts", {"name": "x", "customer": True}, "/customer"),
        ("POST", "contacts", {"name": "x", "customer": "1"}, "/customer"),
        ("POST", "contacts", {"name": "x", "consent": "agreed", "consent_on": 0}, "/consent_on"),
        ("POST", "contacts", {"name": "x", "consent": "agreed", "consent_on": "1700000000"}, "/consent_on"),
        ("POST", "contacts", {"name": "\u200b\u202e"}, "/name"),
        ("POST", "customers", {"name": "x", "payment_days": True}, "/payment_days"),
        ("POST", "customers", {"name": "x", "payment_days": 3.0}, "/payment_days"),
        ("POST", "customers", {"name": "x", "is_distributor": "off"}, "/is_distributor"),
        ("POST", "customers", {"name": 7}, "/name"),
        ("POST", "sites", {"name": "x", "customer": 1, "latitude": True, "longitude": False}, "/latitude"),
        ("POST", hand_over, {"to": True, "day": "2026-11-01"}, "/to"),
        ("POST", hand_over, {"to": None, "day": "2026-11-01T00:00:00"}, "/day"),
        ("POST", f"users/{cast.bob.pk}/customers", {"customers": [True]}, "/customers/0"),
        ("POST", "users", {"name": "x", "email": "x@y.example", "role": "viewer", "is_active": "0"}, "/is_active"),
    ]


def test_a_value_of_another_type_is_refused_and_never_read_as_something_else(cast: Cast, program_of: Any):
    program = program_of(cast.alice)
    for method, path, body, pointer in wrong_types(cast):
        answer = program.call(method, path, body)
        assert answer.status_code == 422, (path, body, answer.content)
        assert pointer in [fault["pointer"] for fault in answer.json()["errors"]], (path, body, answer.content)
    fitting = {"name": "x", "customer": cast.acme.pk, "latitude": 51, "longitude": 0.5, "since": "2026-01-01"}
    assert program.call("POST", "sites", fitting).status_code == 201


def test_only_json_is_read(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    headers = {"Authorization": f"Bearer {program.secret}"}
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = program.client.generic(
            "POST", "/api/v1/customers", b'{"name": "x"}', content_type=kind, headers=headers
        )
        assert answer.status_code == 415, kind
        assert "application/json" in answer.json()["detail"]


def test_who_guesses_does_not_shut_out_who_knows(cast: Cast, program_of: Any):
    good, guessing = program_of(cast.bob), program_of(None)
    guessing.secret = "sbk_wrong"
    for _ in range(rate_limits.MOST_WRONG + 2):
        answer = guessing.get("me")
    assert answer.status_code == 429
    assert good.get("me").status_code == 200


def test_behind_a_proxy_each_caller_is_counted_alone(cast: Cast, program_of: Any, settings: Any):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    guessing = program_of(None)
    guessing.secret = "sbk_wrong"
    for _ in range(rate_limits.MOST_WRONG + 2):
        answer = guessing.get("me", X_Forwarded_For="203.0.113.7")
    assert answer.status_code == 429
    assert guessing.get("me", X_Forwarded_For="203.0.113.8").status_code == 401


@pytest.mark.parametrize("limit", ["000000001999", "1" + "0" * 5000, "000000001" + "0" * 5000, "0", "501", "²"])
def test_a_page_is_never_longer_than_it_may_be_however_the_number_is_written(cast: Cast, program_of: Any, limit: str):
    answer = program_of(cast.bob).get(f"customers?limit={limit}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "limit", answer.json()


def test_a_browser_that_sees_as_another_user_is_told_why_it_gets_nothing(cast: Cast, program_of: Any):
    program = program_of(cast.alice)
    program.client.force_login(cast.alice)
    assert program.client.post(f"/users/{cast.bob.pk}/see-as/").status_code == 303
    for answer in (program.get("me"), program.post("customers", {"name": "Elm"})):
        assert answer.status_code == 409
        assert "as another user" in answer.json()["detail"]


def test_every_operation_says_that_the_database_or_the_disk_may_not_take_it():
    told = description()["paths"]
    operations = {f"{method} {path}": each for path, methods in told.items() for method, each in methods.items()}
    for status in (503, 507):
        assert [name for name, each in operations.items() if status not in each["responses"]] == []
    shapes = {str(each["responses"][503]["content"]) for each in operations.values()}
    assert len(shapes) == 1
    assert MEDIA_TYPE in shapes.pop()
