"""A token asks who makes it; a new password, a sign-out and a removed factor say what ends and what stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client

from sitebook.access.identity import acting
from sitebook.api.tests.conftest import Program, make_token
from sitebook.outbox import mail_delivery
from sitebook.users.handed_links import Keys
from sitebook.users.models import Token, User
from sitebook.users.password_links import password_path
from tests.cast import Cast, make_firm, make_user, see_all

PASSWORD = "correct horse battery"
NEW = "battery horse correct staple"
TOKEN = {"name": "Portal", "scopes": ["read"], "days": "30"}
ClientOf = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def _fresh_counters() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def signed_in(user: User, password: str = PASSWORD) -> Client:
    client = Client()
    answer = client.post("/account/login/", {"login": user.email, "password": password})
    assert answer.headers["Location"] == "/"
    return client


def confirmed(user: User) -> Client:
    client = signed_in(user)
    client.post("/account/confirm/", {"password": PASSWORD})
    return client


def link_of(user: User) -> str:
    with see_all():
        return password_path(User.objects.get(pk=user.pk))


def set_by(link: str) -> Any:
    visitor = Client()
    return visitor.post(visitor.get(link).headers["Location"], {"password1": NEW, "password2": NEW})


def works(secret: str) -> bool:
    return Program(secret, Client()).get("me").status_code == 200


def in_use(user: User) -> int:
    with see_all():
        return Token.objects.filter(user=user, revoked_at=None).count()


def is_in(client: Client) -> bool:
    return client.get("/account/profile/").status_code == 200


def test_a_token_asks_for_the_password_again(cast: Cast) -> None:
    """A browser that was left open makes none, not even with the form sent straight away."""
    client = signed_in(cast.bob)
    assert (
        client.get("/account/tokens/new/").headers["Location"] == "/account/confirm/?next=%2Faccount%2Ftokens%2Fnew%2F"
    )
    asked = client.post("/account/tokens/new/", TOKEN).headers["Location"]
    assert asked.startswith("/account/confirm/?next=")
    assert in_use(cast.bob) == 0
    form = client.post(asked, {"password": PASSWORD, "next": "/account/tokens/new/?name=Portal&scopes=write&days=7"})
    page = client.get(form.headers["Location"]).content.decode()
    assert 'value="Portal"' in page, "what was typed comes back"
    assert re.search(r'value="7"', page)
    assert client.post("/account/tokens/new/", TOKEN).headers["Location"] == "/account/tokens/"
    assert in_use(cast.bob) == 1


def test_a_wrong_password_makes_no_token(cast: Cast) -> None:
    client = signed_in(cast.bob)
    client.post("/account/confirm/?next=/account/tokens/new/", {"password": "not it at all"})
    assert client.post("/account/tokens/new/", TOKEN).headers["Location"].startswith("/account/confirm/")
    assert in_use(cast.bob) == 0


def test_who_has_no_password_makes_one_right_after_signing_in_only(cast: Cast) -> None:
    with see_all():
        user = User.objects.create_user("sso@northwind.example", name="Single", role="office")
    client = Client()
    client.force_login(user)
    answer = client.post("/account/tokens/new/", TOKEN)
    assert (answer.status_code, in_use(user)) == (403, 0)
    assert "Sign out and in again" in answer.content.decode()


def test_no_program_makes_a_token(cast: Cast) -> None:
    document = Client().get("/api/openapi.json").json()
    assert len(document["paths"]) > 20
    assert [path for path in document["paths"] if "token" in path] == []


def test_a_new_password_by_link_ends_sessions_tokens_and_other_links(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, secret, link = signed_in(cast.bob), make_token(cast.bob), link_of(cast.bob)
    monkeypatch.setattr(Keys, "_now", lambda _self: datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=1))
    other = link_of(cast.bob)
    monkeypatch.undo()
    assert other != link
    assert Client().get(other).status_code == 302
    Authenticator.objects.create(user=cast.bob, type="recovery_codes", data={})
    SocialAccount.objects.create(user=cast.bob, provider="https://id.example", uid="bob")
    assert (works(secret), is_in(there)) == (True, True)
    answer = set_by(link)
    said = Client().get(answer.headers["Location"]).content.decode()
    for word in ("Every other device is signed out", "tokens for programs are revoked", "Passkeys"):
        assert word in said
    assert (works(secret), in_use(cast.bob), is_in(there)) == (False, 0, False)
    assert "does not work any more" in Client().get(other).content.decode()
    with see_all():
        assert not UserSession.objects.filter(user=cast.bob).exists()
    assert Authenticator.objects.filter(user=cast.bob).count() == 1
    assert SocialAccount.objects.filter(user=cast.bob).count() == 1


@pytest.mark.usefixtures("committed")
def test_of_two_who_use_one_link_at_once_one_sets_the_password() -> None:
    make_firm()
    bob = make_user(name="Bob Baker")
    link, start = link_of(bob), Barrier(2)
    visitors = [Client(raise_request_exception=False) for _each in range(2)]
    forms = [visitor.get(link).headers["Location"] for visitor in visitors]

    def uses(number: int) -> int:
        new = f"{NEW} {number}"
        start.wait()
        try:
            return int(visitors[number].post(forms[number], {"password1": new, "password2": new}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(uses, range(2)))
    assert answers.count(302) == 1, answers
    won = answers.index(302)
    assert Client().post("/account/login/", {"login": bob.email, "password": f"{NEW} {won}"}).status_code == 302


@pytest.mark.parametrize(("ticked", "left"), [({}, 1), ({"tokens": "on"}, 0)])
def test_signing_out_everywhere_offers_to_revoke(cast: Cast, client_of: ClientOf, ticked: Any, left: int) -> None:
    for act in ("own", "administrator's"):
        here, there, link = signed_in(cast.bob), signed_in(cast.bob), link_of(cast.bob)
        make_token(cast.bob)
        if act == "own":
            page = here.get("/account/sessions/").content.decode()
            answer = here.post("/account/sessions/", ticked)
        else:
            alice = client_of(cast.alice)
            page = alice.get(f"/users/{cast.bob.pk}/sign-out/").content.decode()
            answer = alice.post(f"/users/{cast.bob.pk}/sign-out/", ticked)
        assert answer.status_code == 303
        assert 'name="tokens"' in page
        for word in ("links to set a password", "passkeys", "single sign-on stay"):
            assert word in page, (act, word)
        assert (in_use(cast.bob), is_in(there), is_in(here)) == (left, False, act == "own"), act
        assert "does not work any more" in Client().get(link).content.decode()
        with acting(user=cast.bob, via="screen"), connection.cursor() as cursor:
            cursor.execute("SELECT users_revoke_tokens(%s)", [cast.bob.pk])


@pytest.mark.parametrize(("ticked", "left"), [({}, 1), ({"tokens": "on"}, 0)])
def test_removing_a_factor_offers_to_revoke(cast: Cast, client_of: ClientOf, ticked: Any, left: int) -> None:
    for kind, act in (("totp", "own"), ("webauthn", "own"), ("totp", "administrator's")):
        client = confirmed(cast.bob)
        made = Authenticator.objects.create(user=cast.bob, type=kind, data={"secret": "x", "name": "Key"})
        make_token(cast.bob)
        if act == "own":
            key = f"passkeys/{made.pk}/remove/" if kind == "webauthn" else "app/remove/"
            address = f"/account/security/{key}"
        else:
            client, address = client_of(cast.alice), f"/users/{cast.bob.pk}/second-factor/"
        assert 'name="tokens"' in client.get(address).content.decode(), (kind, act)
        assert client.post(address, ticked).status_code in (302, 303)
        assert not Authenticator.objects.filter(user=cast.bob).exists()
        assert in_use(cast.bob) == left, (kind, act)
        with acting(user=cast.bob, via="screen"), connection.cursor() as cursor:
            cursor.execute("SELECT users_revoke_tokens(%s)", [cast.bob.pk])


@pytest.mark.parametrize(("ticked", "left"), [({}, 1), ({"tokens": "on"}, 0)])
def test_changing_the_password_offers_to_revoke(cast: Cast, ticked: Any, left: int) -> None:
    client, link = signed_in(cast.bob), link_of(cast.bob)
    make_token(cast.bob)
    page = client.get("/account/password/").content.decode()
    assert 'name="tokens"' in page
    assert "Passkeys, authenticator app and single sign-on stay" in page
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/account/password/", fields | ticked).status_code == 302
    assert (in_use(cast.bob), is_in(client)) == (left, True)
    assert "does not work any more" in Client().get(link).content.decode()


def test_a_link_by_mail_says_nothing_to_a_browser_that_is_signed_in_as_somebody_else(cast: Cast) -> None:
    """Revoking goes by the link's own user, never by whose browser it is."""
    secret = make_token(cast.vera)
    Client().post("/account/reset/", {"email": cast.bob.email})
    mail_delivery.send_due()
    link = re.search(r"https?://[^/]+(/account/reset/\S+)", mail.outbox[0].body)
    assert link is not None
    vera = signed_in(cast.vera)
    form = vera.get(link[1]).headers["Location"]
    vera.get(form)
    assert vera.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert works(secret)
