"""Who may call: tokens, scopes, roles, limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import ProgrammingError
from django.test import Client

from sitebook.access.identity import acting
from sitebook.api import rate_limits
from sitebook.api.tests.conftest import Program, make_token
from sitebook.history.models import Change
from sitebook.users import tokens
from sitebook.users.models import Token, User
from tests.cast import Cast, see_all
from tests.refusals import refused
from tests.statements import statements


def test_a_stranger_is_told_how_to_come_in(cast: Cast, program_of: Any):
    answer = program_of(None).get("customers")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"
    assert "Authorization: Bearer" in answer.json()["detail"]


def test_a_cookie_opens_nothing(cast: Cast, client_of: Any):
    assert client_of(cast.alice).get("/api/v1/customers").status_code == 401


@pytest.mark.parametrize("secret", ["x", "sbk_", "sbk_" + "a" * 43, "sbk_é", "sbk_" + "a" * 500, "\0", "Bearer sbk_x"])
def test_a_wrong_token_opens_nothing(cast: Cast, program_of: Any, secret: str):
    program = program_of(None)
    program.secret = secret
    assert program.get("me").status_code == 401


def test_it_acts_as_its_owner_and_says_so_in_the_history(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    assert program.get("me").json()["email"] == cast.bob.email
    names = {each["name"] for each in program.get("customers").json()["items"]}
    assert names == {"Acme Supermarkets", "Birch Housing"}
    made = program.post("customers", {"name": "Elm Offices"}).json()
    with see_all():
        change = Change.objects.get(kind="customers_customer", record_id=made["id"], action="made")
    assert (change.via, change.actor_id) == ("api", cast.bob.pk)
    assert "Elm Offices" in {each["name"] for each in program.get("customers").json()["items"]}


def test_a_token_is_for_its_scopes_and_its_owners_role(cast: Cast, program_of: Any):
    assert program_of(cast.bob, "read").post("customers", {"name": "Elm"}).status_code == 403
    assert program_of(cast.bob, "write").get("customers").status_code == 403
    refused = program_of(cast.vera).post("customers", {"name": "Elm"})
    assert refused.status_code == 403
    assert "Viewer" in refused.json()["detail"]
    assert program_of(cast.bob).get("users").status_code == 403
    assert program_of(cast.alice).get("users").status_code == 200


def test_revoked_old_and_switched_off_tokens_open_nothing(cast: Cast, program_of: Any):
    programs = {name: program_of(getattr(cast, name)) for name in ("bob", "charlie", "vera")}
    assert {each.get("me").status_code for each in programs.values()} == {200}
    with see_all():
        tokens.revoke(Token.objects.get(user=cast.bob), at=datetime.now(UTC))
        User.objects.filter(pk=cast.charlie.pk).update(is_active=False)
    old = make_old(cast.vera)
    assert programs["bob"].get("me").status_code == 401
    assert programs["charlie"].get("me").status_code == 401
    assert Program(old, Client()).get("me").status_code == 401


def test_who_calls_and_what_they_see_costs_two_statements(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    program.get("me")
    with statements() as sent:
        assert program.get("me").status_code == 200
    who = [each for each in sent if any(name in each for name in ("users_", "firm_firm", "django_session", "access_"))]
    assert len(who) == 2
    assert "users_by_token" in who[0]
    assert "access_reach" in who[1]


def make_old(user: User) -> str:
    with acting(user=user, via="screen"):
        long_ago = datetime.now(UTC) - timedelta(days=40)
        return tokens.make(user, name="Old", scopes=["read"], days=30, now=long_ago)[1]


def test_only_a_digest_is_kept_and_the_history_shows_none(cast: Cast):
    secret = make_token(cast.bob)
    with see_all():
        row = Token.objects.get(user=cast.bob)
        change = Change.objects.get(kind="users_token", record_id=row.pk)
    assert secret not in repr(row.__dict__)
    assert row.digest not in repr(change.changes)
    assert row.start == secret[:10]


def test_it_says_when_it_was_last_used(cast: Cast, program_of: Any):
    program_of(cast.bob).get("me")
    with see_all():
        assert Token.objects.get(user=cast.bob).last_used_at is not None


@pytest.mark.parametrize("days", [0, 367])
def test_a_token_is_never_for_ever(cast: Cast, days: int):
    with refused("token_too_long", match=str(days)):
        make_token(cast.bob, days=days)


def test_the_database_lets_nobody_make_one_for_somebody_else(cast: Cast):
    with pytest.raises(ProgrammingError), acting(user=cast.alice, via="screen"):
        tokens.make(cast.bob, name="Mine", scopes=["read"], days=5, now=datetime.now(UTC))


def test_the_database_lets_nobody_lengthen_one(cast: Cast):
    make_token(cast.bob)
    with pytest.raises(ProgrammingError), acting(user=cast.bob, via="screen"):
        Token.objects.update(expires_at=datetime(2999, 1, 1, tzinfo=UTC))


def test_too_many_requests_wait_and_are_told_how_long(cast: Cast, program_of: Any, settings: Any):
    settings.API_RATE = 3
    program = program_of(cast.bob)
    answers = [program.get("me") for _ in range(5)]
    counted = [answer.status_code for answer in answers]
    assert counted in ([200, 200, 200, 429, 429], [200] * 5)  # a minute may begin among them
    assert answers[0]["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert "r=2" in answers[0]["RateLimit"]
    if counted[-1] == 429:
        assert 0 < int(answers[-1]["Retry-After"]) <= 60


@pytest.mark.django_db
def test_limits_count_by_the_minute_of_the_clock():
    cache.clear()
    window = rate_limits.Minutes("a test")
    assert [window.spend("a", limit=2, now=30).left for _ in range(3)] == [1, 0, -1]
    assert window.spend("b", limit=2, now=59).left == 1
    assert window.spend("a", limit=2, now=60).left == 1


def test_guessing_tokens_is_slowed_down(cast: Cast, program_of: Any):
    good, guessing = program_of(cast.bob), program_of(None)
    guessing.secret = "sbk_wrong"
    found = [guessing.get("me").status_code for _ in range(rate_limits.MOST_WRONG + 5)]
    assert found[0] == 401
    assert found[-1] == 429
    assert good.get("me").status_code == 200
