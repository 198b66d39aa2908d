"""A second factor: set up, asked for, used up, kept to oneself, taken away from who is locked out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.db import connection
from django.db.utils import ProgrammingError
from django.test import Client, override_settings

from sitebook.access.identity import acting
from sitebook.basics.refused import NotAllowed
from sitebook.history.models import Change
from sitebook.users import second_factor
from sitebook.users.models import User
from tests.cast import Cast, make_firm, make_user, see_all
from tests.refusals import refused

PASSWORD = "correct horse battery"
PAGE = "/account/security/"
WRONG = "This code or passkey is not right, or it was used before."


@pytest.fixture(autouse=True)
def _fresh_counters() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def code(secret: str, *, steps: int = 0) -> str:
    """What an authenticator app shows now, or ``steps`` half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in(client: Client, user: User) -> Any:
    return client.post("/account/login/", {"login": user.email, "password": PASSWORD})


def confirmed(user: User) -> Client:
    """A browser in which this user has signed in, and said the password once more."""
    client = Client()
    assert sign_in(client, user).headers["Location"] == "/"
    assert client.post("/account/confirm/", {"password": PASSWORD}).status_code == 302
    return client


def set_up(user: User) -> tuple[str, list[str], Client]:
    """An authenticator app for this user: its secret, the recovery codes as shown, the browser."""
    client = confirmed(user)
    page = client.get(f"{PAGE}app/").content.decode()
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found is not None
    secret = found[1].replace(" ", "")
    answer = client.post(f"{PAGE}app/", {"code": code(secret)})
    assert answer.headers["Location"] == f"{PAGE}codes/"
    shown = re.search(r"<pre[^>]*>([\d\s]+)</pre>", client.get(f"{PAGE}codes/").content.decode())
    assert shown is not None
    return secret, shown[1].split(), client


@pytest.fixture
def bob(cast: Cast) -> tuple[User, str, list[str], Client]:
    return cast.bob, *set_up(cast.bob)


Bob = tuple[User, str, list[str], Client]


def stored(user: User) -> str:
    with see_all():
        return repr([row.data for row in Authenticator.objects.filter(user=user)])


def test_it_asks_for_the_password_before_anything_changes(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.bob)
    for address in ("app/", "codes/new/", "passkeys/add/"):
        answer = client.get(PAGE + address)
        assert answer.headers["Location"].startswith("/account/confirm/?next="), address
    wrong = client.post("/account/confirm/", {"password": "not it at all"})
    assert "the password is not right. After 4 more tries" in wrong.content.decode()
    assert client.get(f"{PAGE}app/").status_code == 302


def test_it_shows_the_key_as_a_picture_and_as_text(cast: Cast) -> None:
    page = confirmed(cast.bob).get(f"{PAGE}app/")
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_it_is_not_set_up_with_a_wrong_code(cast: Cast) -> None:
    client = confirmed(cast.bob)
    client.get(f"{PAGE}app/")
    assert WRONG in client.post(f"{PAGE}app/", {"code": "000000"}).content.decode()
    assert stored(cast.bob) == "[]"


def test_it_asks_for_a_code_after_the_password(bob: Bob) -> None:
    user, secret, _codes, _client = bob
    client = Client()
    assert sign_in(client, user).headers["Location"] == "/account/login/code/"
    assert client.get("/account/profile/").status_code == 302
    assert WRONG in client.post("/account/login/code/", {"code": "123456"}).content.decode()
    answer = client.post("/account/login/code/", {"code": code(secret, steps=1)})
    assert answer.headers["Location"] == "/"
    assert client.get("/account/profile/").status_code == 200


def test_it_leads_on_to_the_page_that_was_asked_for(bob: Bob) -> None:
    user, secret, _codes, _client = bob
    client = Client()
    client.post("/account/login/", {"login": user.email, "password": PASSWORD, "next": "/account/profile/"})
    answer = client.post("/account/login/code/", {"code": code(secret, steps=1)})
    assert answer.headers["Location"] == "/account/profile/"


def test_a_code_works_once_in_all_the_time_it_is_good(bob: Bob, monkeypatch: pytest.MonkeyPatch) -> None:
    user, secret, _codes, _client = bob
    one = code(secret, steps=1)
    assert enter(user, one) == 302
    cache.delete(f"allauth.mfa.totp.used?user={user.pk}&code={one}")  # forgotten by the package after 30 seconds
    assert enter(user, one) == 200


def enter(user: User, typed: str) -> int:
    client = Client()
    sign_in(client, user)
    return int(client.post("/account/login/code/", {"code": typed}).status_code)


def test_a_recovery_code_works_once(bob: Bob) -> None:
    user, _secret, codes, _client = bob
    assert len(set(codes)) == 10
    assert enter(user, codes[3]) == 302
    cache.clear()
    assert enter(user, codes[3]) == 200
    assert enter(user, codes[4]) == 302


def test_recovery_codes_are_shown_once(bob: Bob) -> None:
    _user, _secret, codes, client = bob
    again = client.get(f"{PAGE}codes/").content.decode()
    assert not any(each in again for each in codes)
    assert "10 codes still work" in again
    assert "10 of 10 left" in client.get(PAGE).content.decode()


def test_new_recovery_codes_end_the_old_ones(bob: Bob) -> None:
    user, _secret, codes, client = bob
    assert client.post(f"{PAGE}codes/new/").headers["Location"] == f"{PAGE}codes/"
    page = client.get(f"{PAGE}codes/").content.decode()
    assert "download=" in page
    assert not any(each in page for each in codes)
    assert enter(user, codes[0]) == 200


def test_it_makes_a_user_wait_after_five_wrong_codes(bob: Bob) -> None:
    user, secret, _codes, _client = bob
    for _ in range(5):
        assert enter(user, "000000") == 200
    client = Client()
    sign_in(client, user)
    said = client.post("/account/login/code/", {"code": code(secret, steps=1)}).content.decode()
    assert "Too many wrong codes. Wait five minutes, then try again." in said


def test_it_keeps_the_secret_encrypted(bob: Bob) -> None:
    user, secret, codes, _client = bob
    kept = stored(user)
    assert "totp" in repr(second_factor.Own.of(user)) or kept
    assert secret not in kept
    assert not any(each in kept for each in codes)


def test_it_says_so_when_the_installations_key_was_changed(bob: Bob) -> None:
    user, secret, _codes, _client = bob
    with override_settings(SECRET_KEY="another key of this installation, long enough", SECRET_KEY_FALLBACKS=[]):
        there = Client()
        sign_in(there, user)
        page = there.post("/account/login/code/", {"code": code(secret, steps=1)}).content.decode()
    assert "The secret key of this Sitebook was changed" in page


def test_removing_the_app_takes_the_recovery_codes_along(bob: Bob) -> None:
    user, _secret, _codes, client = bob
    assert "Remove the authenticator app?" in client.get(f"{PAGE}app/remove/").content.decode()
    assert client.post(f"{PAGE}app/remove/").headers["Location"] == PAGE
    assert stored(user) == "[]"
    assert sign_in(Client(), user).headers["Location"] == "/"


def test_a_new_password_by_link_does_not_get_around_it(bob: Bob) -> None:
    from sitebook.users.password_links import password_path

    user, *_rest = bob
    client = Client()
    with see_all():
        user.refresh_from_db()
    with see_all():
        path = password_path(user)
    form = client.get(path).headers["Location"]
    new = "battery horse correct staple"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    answer = client.post("/account/login/", {"login": user.email, "password": new})
    assert answer.headers["Location"] == "/account/login/code/"


def test_a_user_switched_off_meanwhile_does_not_get_in(bob: Bob) -> None:
    user, secret, _codes, _client = bob
    client = Client()
    sign_in(client, user)
    with see_all():
        User.objects.filter(pk=user.pk).update(is_active=False)
    client.post("/account/login/code/", {"code": code(secret, steps=1)})
    assert client.get("/account/profile/").status_code == 302


def test_its_history_says_what_changed_and_no_value(bob: Bob, client_of: Callable[[User], Client], cast: Cast) -> None:
    user, secret, _codes, client = bob
    client.post(f"{PAGE}app/remove/")
    with see_all():
        rows = list(Change.objects.filter(kind="mfa_authenticator", subject_id=user.pk).order_by("id"))
    assert {row.action for row in rows} >= {"made", "deleted"}
    assert {row.actor_id for row in rows} == {user.pk}
    for row in rows:
        assert set(map(repr, row.changes.get("data", ["secret"]))) <= {"None", "'secret'"}
    page = client_of(cast.alice).get(f"/changes/users_user/{user.pk}/").content.decode()
    assert "added: second factor" in page
    assert "removed a second factor: Authenticator app" in page
    assert secret not in page


def passkey_of(user: User) -> Authenticator:
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "Their key", "credential": {}})


def test_other_peoples_passkeys_do_not_exist(cast: Cast) -> None:
    theirs, client = passkey_of(cast.alice), confirmed(cast.bob)
    for act in ("name/", "remove/"):
        for number in (theirs.pk, 987654):
            assert client.get(f"{PAGE}passkeys/{number}/{act}").status_code == 404
            assert client.post(f"{PAGE}passkeys/{number}/{act}", {"name": "Mine"}).status_code == 404
    assert "Their key" not in client.get(PAGE).content.decode()
    with see_all():
        assert Authenticator.objects.get(pk=theirs.pk).data["name"] == "Their key"


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "nonsense",
        "{}",
        "[]",
        "7",
        '{"id": "x"}',
        '{"response": 1}',
        "null",
        '{"id":"eA","rawId":"eA","response":{}}',
        '{"response":{"userHandle":"/w"}}',
    ],
)
def test_what_is_no_passkey_is_refused(cast: Cast, credential: str) -> None:
    client = confirmed(cast.bob)
    assert client.get(f"{PAGE}passkeys/add/").status_code == 200
    assert client.post(f"{PAGE}passkeys/add/", {"name": "x", "credential": credential}).status_code == 200
    assert stored(cast.bob) == "[]"
    client.logout()
    options = client.get("/account/login/passkey/", headers={"Accept": "application/json"})
    assert options.json()["request_options"]["publicKey"]["userVerification"] == "required"
    answer = client.post("/account/login/passkey/", {"credential": credential})
    assert answer.headers["Location"] == "/account/login/"
    assert client.get("/account/profile/").status_code == 302


def test_a_stranger_reaches_nothing_of_it(cast: Cast) -> None:
    for address in ("", "app/", "app/remove/", "codes/", "codes/new/", "passkeys/add/", "passkeys/1/remove/"):
        for answer in (Client().get(PAGE + address), Client().post(PAGE + address)):
            assert answer.status_code in (302, 404), address
            assert answer.headers.get("Location", "/account/login/").startswith("/account/"), address
    assert Client().get("/account/login/code/").headers["Location"] == "/account/login/"


@pytest.mark.parametrize("role", ["all", "few", "log-in"])
def test_the_database_shows_nobody_the_factors_of_others(cast: Cast, role: str) -> None:
    theirs = passkey_of(cast.charlie)
    someone = {"all": cast.alice, "few": cast.bob, "log-in": cast.bob}[role]
    with acting(user=someone, via="screen"):
        if role == "log-in":
            from sitebook.access.identity import take_role

            take_role(user=someone, via="screen", seeing=False)
            assert Authenticator.objects.filter(pk=theirs.pk).update(data={}) == 0
        assert not Authenticator.objects.exists()


def test_nobody_but_allauths_pages_writes_them(cast: Cast) -> None:
    mine = passkey_of(cast.bob)
    with pytest.raises(ProgrammingError, match="permission denied"), acting(user=cast.bob, via="screen"):
        Authenticator.objects.filter(pk=mine.pk).update(data={})


def test_an_administrator_takes_it_from_who_is_locked_out(
    bob: Bob, client_of: Callable[[User], Client], cast: Cast
) -> None:
    user, _secret, _codes, client = bob
    alice, address = client_of(cast.alice), f"/users/{user.pk}/second-factor/"
    assert "Authenticator app" in alice.get(address).content.decode()
    assert alice.post(address).headers["Location"] == address
    assert "No second factor" in alice.get(address).content.decode()
    assert client.get("/account/profile/").status_code == 302
    assert sign_in(Client(), user).headers["Location"] == "/"
    with see_all():
        gone = Change.objects.filter(kind="mfa_authenticator", subject_id=user.pk, action="deleted")
        assert {row.actor_id for row in gone} == {cast.alice.pk}


@pytest.mark.parametrize("who", ["bob", "charlie", "vera"])
def test_nobody_else_may(cast: Cast, client_of: Callable[[User], Client], who: str) -> None:
    someone = getattr(cast, who)
    passkey_of(cast.alice)
    client = client_of(someone)
    assert client.get(f"/users/{cast.alice.pk}/second-factor/").status_code == 403
    assert client.post(f"/users/{cast.alice.pk}/second-factor/").status_code == 403
    for call in (second_factor.known_of, second_factor.remove_of):
        with pytest.raises((ProgrammingError, NotAllowed), match="administrator"), acting(user=someone, via="screen"):
            call(cast.alice)
    assert "Their key" in stored(cast.alice)


def test_a_stranger_calls_the_functions_in_vain(cast: Cast) -> None:
    with pytest.raises(ProgrammingError, match="administrator"), connection.cursor() as cursor:
        cursor.execute("SELECT users_remove_second_factors(%s)", [cast.alice.pk])


def test_the_command_frees_a_locked_out_administrator(bob: Bob, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    from argparse import Namespace

    from sitebook.server.commands import secondfactor

    user, *_rest = bob
    assert secondfactor.run(Namespace(email=user.email.upper(), remove=False)) == 0
    assert "Authenticator app, since" in capsys.readouterr().out
    assert "secret" in stored(user)
    secondfactor.run(Namespace(email=user.email, remove=True))
    assert "signs in with the password alone" in capsys.readouterr().out
    assert stored(user) == "[]"
    with refused("no_such_user"):
        secondfactor.run(Namespace(email="nobody@northwind.example", remove=True))
    with see_all():
        assert Change.objects.filter(kind="mfa_authenticator", action="deleted", reason="secondfactor").exists()


def test_it_works_for_a_name_with_signs(db: None) -> None:
    make_firm()
    user = make_user(name="Zoë O’Hara", email="zoe+work@northwind.example", all_customers=True)
    secret, _codes, _client = set_up(user)
    assert enter(user, code(secret, steps=1)) == 302
