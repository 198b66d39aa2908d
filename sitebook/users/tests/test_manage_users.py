"""What an administrator does with users, and what nobody can do."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import Error, IntegrityError, connection, transaction
from django.test import Client

from sitebook.access.identity import acting
from sitebook.basics.refused import Refused
from sitebook.history.models import Change
from sitebook.outbox import mail_delivery
from sitebook.users.models import User
from tests.cast import Cast, make_user, see_all
from tests.refusals import refused

ClientOf = Callable[[Any], Client]
DORA = {"name": "Dora Dale", "email": "Dora@northwind.example", "role": "office", "reach": "some", "how": "show"}


def _no_server(*args: object) -> None:
    raise ConnectionRefusedError("nobody listens")


def found(email: str) -> User:
    with see_all():
        return User.objects.get(email=email)


def test_it_makes_a_user_and_shows_the_link_once(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    answer = alice.post("/users/new/", DORA)
    dora = found("dora@northwind.example")
    assert answer.headers["Location"] == f"/users/{dora.pk}/"
    page = alice.get(f"/users/{dora.pk}/customers/").content.decode()
    link = re.search(r"<code>https?://[^/]+([^<]+)</code>", page)
    assert link is not None
    assert "<code>" not in alice.get(f"/users/{dora.pk}/customers/").content.decode()
    visitor = Client()
    form = visitor.get(link[1]).headers["Location"]
    new = "battery horse correct staple"
    visitor.post(form, {"password1": new, "password2": new})
    signed_in = Client().post("/account/login/", {"login": dora.email, "password": new})
    assert signed_in.headers["Location"] == "/"


def test_it_mails_the_link_when_asked(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.alice).post("/users/new/", DORA | {"how": "mail"})
    mail_delivery.send_due()
    assert mail.outbox[0].to == ["dora@northwind.example"]
    assert "/account/reset/key/" in mail.outbox[0].body


def test_it_says_in_the_settings_when_the_mail_fails(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EmailBackend, "send_messages", _no_server)
    alice = client_of(cast.alice)
    page = alice.get(alice.post("/users/new/", DORA | {"how": "mail"}).headers["Location"], follow=True)
    assert "A link is on its way to dora@northwind.example" in page.content.decode()
    mail_delivery.send_due()
    page = alice.get("/settings/")
    assert "Invitation, dora@northwind.example" in page.content.decode()
    assert "ConnectionRefusedError" in page.content.decode()


def test_it_never_gives_all_customers_by_default(cast: Cast, client_of: ClientOf) -> None:
    asked = {key: value for key, value in DORA.items() if key != "reach"}
    answer = client_of(cast.alice).post("/users/new/", asked)
    assert answer.status_code == 422
    with see_all():
        assert not User.objects.filter(email="dora@northwind.example").exists()


def test_it_keeps_one_user_an_address_in_any_case(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.alice).post("/users/new/", DORA | {"email": cast.bob.email.title()})
    assert answer.status_code == 422
    assert "signs in with" in answer.content.decode()
    with see_all(), refused("email_taken"):
        User.invite(name="X", email=cast.bob.email, role="viewer", all_customers=False)


@pytest.mark.parametrize("who", ["bob", "charlie", "vera"])
def test_it_opens_to_administrators_only(cast: Cast, client_of: ClientOf, who: str) -> None:
    client = client_of(getattr(cast, who))
    for address in ("/users/", "/users/new/", f"/users/{cast.bob.pk}/edit/", f"/users/{cast.bob.pk}/customers/"):
        assert client.get(address).status_code == 403
    assert client.post(f"/users/{cast.alice.pk}/sign-out/").status_code == 403
    assert client.post(f"/users/{cast.alice.pk}/link/", {"how": "show"}).status_code == 403


def test_it_changes_a_user_and_signs_out_who_is_switched_off(cast: Cast, client_of: ClientOf) -> None:
    bob = client_of(cast.bob)
    alice = client_of(cast.alice)
    asked = {
        "name": "Robert",
        "email": cast.bob.email,
        "role": "viewer",
        "reach": "all",
        "version": cast_version(cast.bob),
    }
    assert alice.post(f"/users/{cast.bob.pk}/edit/", asked).status_code == 303
    changed = found(cast.bob.email)
    assert (changed.name, changed.role, changed.all_customers, changed.is_active) == ("Robert", "viewer", True, False)
    assert bob.get("/account/profile/").status_code == 302


def cast_version(user: User) -> int:
    return found(user.email).version


def test_it_forgets_a_former_address(cast: Cast, client_of: ClientOf) -> None:
    """Also one that was proven by a reset link, which django-allauth keeps in a table of its own."""
    former = cast.bob.email
    visitor = Client()
    visitor.post("/account/reset/", {"email": former})
    mail_delivery.send_due()
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox.pop().body)
    assert link is not None
    new = "battery horse correct staple"
    visitor.post(visitor.get(link[1]).headers["Location"], {"password1": new, "password2": new})
    asked = {"name": "Bob", "email": "bob@elsewhere.example", "role": "office", "reach": "some", "is_active": "on"}
    asked |= {"version": cast_version(cast.bob)}
    assert client_of(cast.alice).post(f"/users/{cast.bob.pk}/edit/", asked).status_code == 303
    assert Client().post("/account/login/", {"login": former, "password": new}).status_code == 200
    assert Client().post("/account/login/", {"login": asked["email"], "password": new}).status_code == 302
    Client().post("/account/reset/", {"email": former})
    mail_delivery.send_due()
    assert mail.outbox == []


def test_it_shows_both_values_when_somebody_else_was_faster(cast: Cast, client_of: ClientOf) -> None:
    old = cast_version(cast.bob)
    with see_all():
        User.objects.filter(pk=cast.bob.pk).update(role="viewer")
    asked = {
        "name": "Bob",
        "email": cast.bob.email,
        "role": "office",
        "reach": "some",
        "is_active": "on",
        "version": old,
    }
    alice = client_of(cast.alice)
    answer = alice.post(f"/users/{cast.bob.pk}/edit/", asked)
    assert answer.status_code == 422
    assert "Now in the database: Viewer" in answer.content.decode()
    version = re.search(r'name="version" value="(\d+)"', answer.content.decode())
    assert version is not None
    assert alice.post(f"/users/{cast.bob.pk}/edit/", asked | {"version": version[1]}).status_code == 303
    assert found(cast.bob.email).role == "office"


def test_it_keeps_the_last_administrator(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    data = {"name": "Alice", "email": cast.alice.email, "reach": "all", "version": cast_version(cast.alice)}
    for wrong in ({"role": "office", "is_active": "on"}, {"role": "administrator"}):
        answer = alice.post(f"/users/{cast.alice.pk}/edit/", data | wrong)
        assert answer.status_code == 422
        assert "Nobody else is administrator" in answer.content.decode()
    now = cast_version(cast.alice)
    with see_all(), refused("last_administrator"):
        User.objects.get(pk=cast.alice.pk).change(version=now, is_active=False)
    with see_all(), pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=cast.alice.pk).update(role="viewer")


def test_it_lets_an_administrator_go_when_another_stays(cast: Cast) -> None:
    make_user(name="Erin East", role="administrator", all_customers=True)
    now = cast_version(cast.alice)
    with see_all():
        User.objects.get(pk=cast.alice.pk).change(version=now, role="office")
    assert found(cast.alice.email).role == "office"


@pytest.mark.parametrize("who", ["bob", "charlie", "vera"])
def test_it_lets_nobody_raise_themselves_in_the_database(cast: Cast, who: str) -> None:
    user = getattr(cast, who)
    for values in ({"role": "administrator"}, {"all_customers": True}, {"email": "other@northwind.example"}):
        with pytest.raises(Error), acting(user=user, via="screen"):
            User.objects.filter(pk=user.pk).update(**values)
    with pytest.raises(Error), acting(user=user, via="screen"):
        User.objects.create_user("new@northwind.example", "x", name="New", role="administrator")


def test_it_lets_the_login_role_change_no_role(cast: Cast) -> None:
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE users_user SET role = 'administrator' WHERE id = %s", [cast.bob.pk])


def test_it_ends_the_sessions_of_somebody_else(cast: Cast, client_of: ClientOf) -> None:
    bob = Client()
    bob.post("/account/login/", {"login": cast.bob.email, "password": "correct horse battery"})
    assert bob.get("/account/profile/").status_code == 200
    client_of(cast.alice).post(f"/users/{cast.bob.pk}/sign-out/")
    assert bob.get("/account/profile/").status_code == 302


def test_it_finds_and_filters_in_the_list(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    page = alice.get("/users/?q=bak").content.decode()
    assert cast.bob.email in page
    assert cast.vera.email not in page
    page = alice.get("/users/?role=viewer&active=yes").content.decode()
    assert cast.vera.email in page
    assert cast.bob.email not in page


def test_it_saves_ones_own_profile_and_look(cast: Cast, client_of: ClientOf) -> None:
    bob = client_of(cast.bob)
    answer = bob.post("/account/profile/", {"name": "Bobby", "time_zone": "America/New_York", "theme": "dark"})
    assert answer.status_code == 303
    assert answer.cookies["theme"].value == "dark"
    changed = found(cast.bob.email)
    assert (changed.name, changed.time_zone, changed.theme) == ("Bobby", "America/New_York", "dark")


def test_it_never_writes_a_password_into_the_history(cast: Cast, client_of: ClientOf) -> None:
    client = Client()
    client.post("/account/login/", {"login": cast.bob.email, "password": "correct horse battery"})
    new = "battery horse correct staple"
    client.post("/account/password/", {"oldpassword": "correct horse battery", "password1": new, "password2": new})
    stored = found(cast.bob.email).password
    with see_all():
        changes = list(Change.objects.filter(kind="users_user", record_id=cast.bob.pk))
    assert any("password" in change.changes for change in changes)
    for change in changes:
        assert set(change.changes.get("password", [])) <= {None, "secret"}
        assert stored not in str(change.changes)


@pytest.mark.usefixtures("committed")
def test_it_keeps_one_of_two_administrators_who_switch_each_other_off_at_once() -> None:
    two = [make_user(name=name, role="administrator", all_customers=True) for name in ("Alice", "Erin")]
    start = Barrier(2)

    def switch_off(other: User) -> bool:
        start.wait()
        try:
            with see_all():
                User.objects.get(pk=other.pk).change(version=other.version, is_active=False)
        except Refused as refusal:
            if refusal.code != "last_administrator":
                raise
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(switch_off, two)) == [False, True]
    with see_all():
        assert User.objects.filter(role="administrator", is_active=True).count() == 1
