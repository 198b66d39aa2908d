"""Nobody acts on how somebody signs in who sees more than they do; what is done is told with its actor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from sitebook.access.identity import acting
from sitebook.access.models import give, take
from sitebook.api.tests.conftest import Program, make_token
from sitebook.history.models import Change
from sitebook.outbox import mail_delivery
from sitebook.users.models import PasswordLink, Token, User
from sitebook.users.second_factor import known_of
from tests.cast import Cast, make_user, see_all

PASSWORD = "correct horse battery"
NEW = "battery horse correct staple"
SAID = "sees customers you do not see. Ask an administrator who sees all customers."
ClientOf = Callable[[Any], Client]


@dataclass
class Scene:
    """Rita administers and sees Acme and Birch. Carl sees Cedar besides, Alice all; Bob sees what Rita sees."""

    cast: Cast
    rita: User
    carl: User


@pytest.fixture(autouse=True)
def _fresh_counters() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return Scene(
        cast,
        rita=make_user(name="Rita Reed", role="administrator", sees=(cast.acme, cast.birch)),
        carl=make_user(name="Carl Cobb", role="office", sees=(cast.acme, cast.cedar)),
    )


def now(user: User) -> User:
    with see_all():
        return User.objects.get(pk=user.pk)


def history_of(user: User) -> str:
    return reverse("history:record", args=["users_user", user.pk])


def link_on(page: str) -> str:
    found = re.search(r"<code>https?://[^/]+(/account/reset/[^<]+)</code>", page)
    assert found is not None
    return found[1]


def opens(link: str) -> bool:
    return Client().get(link).status_code == 302


def act_on(rita: Client, someone: User) -> dict[str, Any]:
    """Every act on somebody's sign-in that the pages have."""
    at, saved = f"/users/{someone.pk}", now(someone)
    form = {"name": saved.name, "email": saved.email, "role": saved.role, "version": saved.version}
    form |= {"reach": "all" if saved.all_customers else "some", "is_active": "on"}
    return {
        "shows a link": rita.post(f"{at}/link/", {"how": "show"}),
        "mails a link": rita.post(f"{at}/link/", {"how": "mail"}),
        "ends sessions": rita.post(f"{at}/sign-out/"),
        "takes second factors": rita.post(f"{at}/second-factor/"),
        "changes the address": rita.post(f"{at}/edit/", form | {"email": "rita2@northwind.example"}),
        "changes the role": rita.post(f"{at}/edit/", form | {"role": "viewer"}),
        "switches off": rita.post(f"{at}/edit/", {key: form[key] for key in form if key != "is_active"}),
    }


@pytest.mark.parametrize("who", ["alice", "carl"])
def test_no_page_acts_on_who_sees_more(scene: Scene, client_of: ClientOf, who: str) -> None:
    someone = scene.carl if who == "carl" else scene.cast.alice
    before, token = now(someone), make_token(someone)
    Client().post("/account/login/", {"login": someone.email, "password": PASSWORD})
    rita = client_of(scene.rita)
    for act, answer in act_on(rita, someone).items():
        assert answer.status_code == 403, act
        assert f"{someone.name} {SAID}" in answer.content.decode(), act
    with see_all():
        key = Token.objects.get(user=someone)
        sessions = UserSession.objects.filter(user=someone).count()
    assert rita.post(f"/account/tokens/{key.pk}/revoke/").status_code == 404  # hidden, so it does not exist
    mail_delivery.send_due()
    assert mail.outbox == []
    after = now(someone)
    assert (after.email, after.role, after.is_active, after.version) == (
        before.email,
        before.role,
        before.is_active,
        before.version,
    )
    assert sessions == 1
    assert Program(token, Client()).get("me").status_code == 200
    with see_all():
        assert not PasswordLink.objects.exists()


@pytest.mark.parametrize("who", ["alice", "carl"])
def test_its_pages_say_why_and_have_no_buttons(scene: Scene, client_of: ClientOf, who: str) -> None:
    someone = scene.carl if who == "carl" else scene.cast.alice
    Authenticator.objects.create(user=someone, type="totp", data={"secret": "x"})
    make_token(someone)
    rita = client_of(scene.rita)
    for tab in ("customers/", "second-factor/", "tokens/"):
        page = rita.get(f"/users/{someone.pk}/{tab}").content.decode()
        assert f"{someone.name} {SAID}" in page, tab
        for word in ("/link/", "/sign-out/", "/edit/", "Remove all of these", "/revoke/"):
            assert word not in page, (tab, word)
    for address in (f"/users/{someone.pk}/customers/", history_of(someone)):
        page = rita.get(address).content.decode()
        assert "/second-factor/" not in page, address
    assert rita.get(f"/users/{someone.pk}/edit/").status_code == 403
    assert "/link/" in rita.get(f"/users/{scene.cast.bob.pk}/customers/").content.decode()


@pytest.mark.parametrize("who", ["alice", "carl"])
def test_nobody_reads_the_second_factors_of_who_sees_more(scene: Scene, client_of: ClientOf, who: str) -> None:
    someone = scene.carl if who == "carl" else scene.cast.alice
    for whose in (someone, scene.cast.bob, scene.rita):
        Authenticator.objects.create(user=whose, type="totp", data={"secret": "x"})
    rita = client_of(scene.rita)
    for tab in ("second-factor/", "tokens/"):
        assert rita.get(f"/users/{someone.pk}/{tab}").status_code == 403, tab
        for whose in (scene.cast.bob, scene.rita):
            assert rita.get(f"/users/{whose.pk}/{tab}").status_code == 200, tab
    assert "never used" not in rita.get(f"/users/{someone.pk}/second-factor/").content.decode()
    assert "never used" in rita.get(f"/users/{scene.cast.bob.pk}/second-factor/").content.decode()
    with (
        acting(user=scene.rita, via="screen"),
        pytest.raises(ProgrammingError, match="users_sees_more"),
        transaction.atomic(),
    ):
        known_of(someone)


def test_programs_are_told_the_same_with_a_code(scene: Scene) -> None:
    rita = Program(make_token(scene.rita), Client(raise_request_exception=False))
    for someone in (scene.carl, scene.cast.alice):
        at = f"users/{someone.pk}"
        match = {"If_Match": rita.get(at).headers["ETag"]}
        for sent in ({"email": "rita2@northwind.example"}, {"role": "viewer"}, {"is_active": False}, {"name": "R"}):
            answer = rita.patch(at, sent, **match)
            assert (answer.status_code, answer.json()["code"]) == (403, "sees_more"), sent
        assert rita.patch(at, {"time_zone": "Europe/Paris"}, **match).status_code == 200


def test_nobody_gives_the_sight_of_all_who_has_not_got_it(scene: Scene, client_of: ClientOf) -> None:
    """Neither to themselves, nor to somebody new, nor by way of a program."""
    rita = client_of(scene.rita)
    dora = {"name": "Dora Dale", "email": "dora@northwind.example", "role": "office", "reach": "all", "how": "show"}
    answer = rita.post("/users/new/", dora)
    assert "Only somebody who sees all customers can let others see all" in answer.content.decode()
    for someone in (scene.rita, scene.cast.bob):
        saved = now(someone)
        form = {"name": saved.name, "email": saved.email, "role": saved.role, "version": saved.version}
        answer = rita.post(f"/users/{someone.pk}/edit/", form | {"reach": "all", "is_active": "on"})
        assert "Only somebody who sees all customers can let others see all" in answer.content.decode()
        assert not now(someone).all_customers
    program = Program(make_token(scene.rita), Client(raise_request_exception=False))
    fields = {"name": "Dora", "email": "dora@northwind.example", "role": "office", "all_customers": True}
    told = program.post("users", fields)
    assert (told.status_code, told.json()["code"]) == (403, "sees_not_all")
    with see_all():
        assert not User.objects.filter(email="dora@northwind.example").exists()


# What a hand that writes statements itself could try: as the role of the pages, and as the log-in role.
ACTS = (
    "UPDATE users_user SET email = 'x@x.example' WHERE id = %s",
    "UPDATE users_user SET password = 'x' WHERE id = %s",
    "UPDATE users_user SET name = 'x' WHERE id = %s",
    "UPDATE users_user SET role = 'viewer' WHERE id = %s",
    "UPDATE users_user SET is_active = false WHERE id = %s",
    "UPDATE users_user SET all_customers = NOT all_customers WHERE id = %s",
    "UPDATE users_user SET signed_out_at = now() WHERE id = %s",
    "UPDATE users_user SET may_link_until = now() WHERE id = %s",
    "UPDATE users_token SET revoked_at = now() WHERE user_id = %s",
    "SELECT users_remove_second_factors(%s)",
    "SELECT users_revoke_tokens(%s)",
    "SELECT users_make_link(%s, 'x', 'shown')",
    "DELETE FROM usersessions_usersession WHERE user_id = %s",
    "INSERT INTO account_emailaddress (user_id, email, verified, \"primary\") VALUES (%s, 'r@x.example', true, true)",
    "DELETE FROM account_emailaddress WHERE user_id = %s",
    """INSERT INTO socialaccount_socialaccount (user_id, provider, uid, extra_data, last_login, date_joined)
       VALUES (%s, 'p', 'u', '{}', now(), now())""",
    "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'totp', '{}', now())",
)


def sign_ins_of(user: User) -> list[Any]:
    with see_all(), connection.cursor() as cursor:
        found = []
        for table in ("users_token", "mfa_authenticator", "account_emailaddress", "usersessions_usersession"):
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE user_id = %s ORDER BY id", [user.pk])
            found += cursor.fetchall()
        cursor.execute("SELECT to_jsonb(t) FROM users_user t WHERE id = %s", [user.pk])
        return found + cursor.fetchall()


@pytest.mark.parametrize("statement", ACTS)
@pytest.mark.parametrize("who", ["rita", "olga"])
def test_the_database_refuses_too(scene: Scene, statement: str, who: str) -> None:
    """Rita, who administers and sees less; and Olga of the office, who sees all and administers nothing."""
    asker = scene.rita if who == "rita" else make_user(name="Olga", role="office", all_customers=True)
    someone = scene.cast.alice if who == "rita" else scene.cast.bob
    make_token(someone)
    Client().post("/account/login/", {"login": someone.email, "password": PASSWORD})
    Authenticator.objects.create(user=someone, type="totp", data={"secret": "x"})
    someone.emailaddress_set.create(email=someone.email, verified=True)
    before = sign_ins_of(someone)
    assert before
    told = ""
    try:
        with acting(user=asker, via="screen"), connection.cursor() as cursor:
            cursor.execute(statement, [someone.pk])
            told = f"{cursor.rowcount} rows"
    except ProgrammingError as fault:
        told = str(getattr(fault.__cause__, "sqlstate", fault))
    assert told in ("42501", "0 rows")
    assert sign_ins_of(someone) == before
    with see_all():
        assert not SocialAccount.objects.exists()
        assert not PasswordLink.objects.exists()


def test_a_link_ends_when_its_user_comes_to_see_more_than_who_made_it(scene: Scene, client_of: ClientOf) -> None:
    """Otherwise a link is made first and the sight given later: who kept the link reads what they may not."""
    rita, bob = client_of(scene.rita), scene.cast.bob
    link = link_on(rita.post(f"/users/{bob.pk}/link/", {"how": "show"}, follow=True).content.decode())
    assert opens(link)
    with acting(user=scene.cast.alice, via="screen"):
        give(user_id=bob.pk, customers=[scene.cast.cedar.pk])
    assert "does not work any more" in Client().get(link).content.decode()
    with acting(user=scene.cast.alice, via="screen"):
        take(user_id=bob.pk, customers=[scene.cast.cedar.pk])
    assert opens(link)
    with acting(user=scene.cast.alice, via="screen"):
        User.objects.filter(pk=scene.rita.pk).update(is_active=False)
    assert "does not work any more" in Client().get(link).content.decode()


def test_ones_own_link_by_mail_works_whoever_administers(scene: Scene) -> None:
    for someone in (scene.cast.alice, scene.carl, scene.rita):
        Client().post("/account/reset/", {"email": someone.email})
        mail_delivery.send_due()
        link = re.search(r"https?://[^/]+(/account/reset/\S+)", mail.outbox.pop().body)
        assert link is not None
        visitor = Client()
        visitor.post(visitor.get(link[1]).headers["Location"], {"password1": NEW, "password2": NEW})
        assert Client().post("/account/login/", {"login": someone.email, "password": NEW}).status_code == 302


def test_a_link_opened_in_a_browser_of_somebody_who_sees_less_signs_that_one_out(
    scene: Scene, client_of: ClientOf
) -> None:
    Client().post("/account/reset/", {"email": scene.cast.alice.email})
    mail_delivery.send_due()
    link = re.search(r"https?://[^/]+(/account/reset/\S+)", mail.outbox.pop().body)
    assert link is not None
    rita = client_of(scene.rita)
    form = rita.get(link[1]).headers["Location"]
    refused = rita.post(form, {"password1": NEW, "password2": NEW})  # without having looked at the form
    assert refused.status_code == 403
    assert rita.get(form).status_code == 200
    assert rita.get("/account/profile/").status_code == 302
    assert rita.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert Client().post("/account/login/", {"login": scene.cast.alice.email, "password": NEW}).status_code == 302


def test_the_history_tells_each_act_with_its_actor(scene: Scene, client_of: ClientOf) -> None:
    alice, bob = client_of(scene.cast.alice), scene.cast.bob
    Authenticator.objects.create(user=bob, type="totp", data={"secret": "x"})
    make_token(bob)
    with see_all():
        token = Token.objects.get(user=bob)
    shown = link_on(alice.post(f"/users/{bob.pk}/link/", {"how": "show"}, follow=True).content.decode())
    alice.post(f"/users/{bob.pk}/link/", {"how": "mail"})
    mail_delivery.send_due()
    alice.post(f"/users/{bob.pk}/sign-out/")
    alice.post(f"/users/{bob.pk}/second-factor/")
    alice.post(f"/account/tokens/{token.pk}/revoke/")
    page = alice.get(history_of(bob)).content.decode()
    told = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    for sentence in (
        "Alice Archer made a link to set a password: shown to who made it",
        "Alice Archer made a link to set a password: sent by email",
        "Alice Archer signed this user out everywhere",
        "Alice Archer removed a second factor: Authenticator app",
        "Alice Archer revoked the token Portal",
        "Alice Archer ended a link to set a password",
    ):
        assert sentence in told, sentence
    key = shown.split("-", 1)[1].rstrip("/")
    with see_all():
        assert key not in repr(list(Change.objects.values_list("changes", flat=True)))


def test_asking_for_ones_own_link_and_using_it_is_told(cast: Cast, client_of: ClientOf) -> None:
    Client().post("/account/reset/", {"email": cast.bob.email})
    mail_delivery.send_due()
    link = re.search(r"https?://[^/]+(/account/reset/\S+)", mail.outbox.pop().body)
    assert link is not None
    visitor = Client()
    visitor.post(visitor.get(link[1]).headers["Location"], {"password1": NEW, "password2": NEW})
    page = client_of(cast.alice).get(history_of(cast.bob)).content.decode()
    told = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "Somebody signing in made a link to set a password: asked for on the sign-in page" in told
    assert "Somebody signing in used a link to set a password" in told


def test_the_token_of_a_program_is_revoked_by_who_sees_as_much(scene: Scene, client_of: ClientOf) -> None:
    secret = make_token(scene.cast.bob)
    with see_all():
        token = Token.objects.get(user=scene.cast.bob)
    assert client_of(scene.rita).post(f"/account/tokens/{token.pk}/revoke/").status_code == 303
    assert Program(secret, Client()).get("me").status_code == 401
    assert datetime.now(UTC) > token.made_at
