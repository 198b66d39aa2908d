"""What somebody meets who signs in: a page, a limit, a link, a list of devices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from sitebook.outbox import mail_delivery
from sitebook.users import sessions
from sitebook.users.models import User
from tests.cast import Cast, make_user, see_all

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _fresh_counters() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post("/account/login/", {"login": email, "password": password})


def test_it_lets_in_by_email_in_any_case(cast: Cast) -> None:
    client = Client()
    assert sign_in(client, cast.bob.email.upper()).status_code == 302
    assert client.get("/account/profile/").status_code == 200


def test_it_leads_back_to_the_page_that_was_asked_for(cast: Cast) -> None:
    asked = Client().get("/account/profile/")
    assert asked.headers["Location"] == "/account/login/?next=/account/profile/"
    answer = Client().post(
        asked.headers["Location"], {"login": cast.bob.email, "password": PASSWORD, "next": "/account/profile/"}
    )
    assert answer.headers["Location"] == "/account/profile/"


def test_it_never_leads_to_a_foreign_address(cast: Cast) -> None:
    data = {"login": cast.bob.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post("/account/login/", data).headers["Location"] == "/"


def test_it_counts_down_and_then_makes_the_address_wait(cast: Cast) -> None:
    client = Client()
    said = [sign_in(client, cast.bob.email, "wrong").content.decode() for _ in range(6)]
    for left, page in zip((4, 3, 2), said, strict=False):
        assert f"After {left} more tries this address waits 5 minutes." in page
    assert "After 1 more try this address waits" in said[3]
    assert "This address now waits 5 minutes." in said[4]
    assert "Too many tries: this address waits" in said[5]
    assert "Too many tries" in sign_in(client, cast.bob.email).content.decode()


def test_it_makes_only_that_address_wait(cast: Cast) -> None:
    for _ in range(5):
        sign_in(Client(), cast.bob.email, "wrong")
    assert sign_in(Client(), cast.alice.email).status_code == 302


def test_it_says_the_same_of_an_unknown_address(cast: Cast) -> None:
    known = sign_in(Client(), cast.bob.email, "wrong").content.decode()
    unknown = sign_in(Client(), "nobody@northwind.example", "wrong").content.decode()
    sentence = "The address or the password is not right. After 4 more tries this address waits 5 minutes."
    assert sentence in known
    assert sentence in unknown


def test_it_refuses_who_was_switched_off_also_with_an_open_session(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.bob)
    assert client.get("/account/profile/").status_code == 200
    with see_all():
        User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert client.get("/account/profile/").headers["Location"].startswith("/account/login/")
    assert sign_in(Client(), cast.bob.email).headers["Location"] == "/account/inactive/"


def test_it_has_no_page_to_sign_up(cast: Cast) -> None:
    for address in ("/account/signup/", "/accounts/signup/", "/account/email/", "/account/"):
        assert Client().get(address).status_code == 404


@pytest.mark.usefixtures("cast")
def test_it_signs_out_by_form_only() -> None:
    client = Client()
    sign_in(client, "bob.baker@northwind.example")
    assert "Sign out" in client.get("/account/logout/").content.decode()
    assert client.get("/account/profile/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/account/profile/").status_code == 302


def test_it_mails_a_link_that_sets_a_password_once(cast: Cast) -> None:
    client = Client()
    assert client.post("/account/reset/", {"email": cast.bob.email}).status_code == 302
    mail_delivery.send_due()
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body)
    assert link is not None
    form = client.get(link[1]).headers["Location"]
    new = "battery horse correct staple"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert sign_in(Client(), cast.bob.email).status_code == 200
    assert sign_in(Client(), cast.bob.email, new).status_code == 302
    assert "does not work any more" in Client().get(link[1]).content.decode()


def test_it_refuses_a_weak_password_by_link(cast: Cast) -> None:
    client = Client()
    client.post("/account/reset/", {"email": cast.bob.email})
    mail_delivery.send_due()
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body)
    assert link is not None
    form = client.get(link[1]).headers["Location"]
    for weak in ("short", "password1234", "bob.baker@northwind"):
        page = client.post(form, {"password1": weak, "password2": weak})
        assert page.status_code == 200
    assert sign_in(Client(), cast.bob.email).status_code == 302


def test_it_tells_nobody_whether_an_address_is_known(cast: Cast) -> None:
    known = Client().post("/account/reset/", {"email": cast.bob.email})
    unknown = Client().post("/account/reset/", {"email": "nobody@northwind.example"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    mail_delivery.send_due()
    assert [message.to for message in mail.outbox] == [[cast.bob.email]]


def test_it_answers_as_always_when_the_mail_server_is_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_server(*args: object) -> None:
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr(EmailBackend, "send_messages", no_server)
    assert Client().post("/account/reset/", {"email": cast.bob.email}).status_code == 302


def test_it_lists_devices_and_signs_out_the_others(cast: Cast) -> None:
    here, there = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/130"), Client()
    sign_in(here, cast.bob.email)
    sign_in(there, cast.bob.email)
    page = here.get("/account/sessions/").content.decode()
    assert "Firefox on Linux" in page
    assert "This device" in page
    here.post("/account/sessions/")
    assert here.get("/account/profile/").status_code == 200
    assert there.get("/account/profile/").status_code == 302


def test_it_ends_other_devices_when_the_password_changes(cast: Cast) -> None:
    here, there = Client(), Client()
    sign_in(here, cast.bob.email)
    sign_in(there, cast.bob.email)
    new = "battery horse correct staple"
    changed = here.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert changed.status_code == 302
    assert here.get("/account/profile/").status_code == 200
    assert there.get("/account/profile/").status_code == 302


def test_it_names_a_device_as_far_as_it_tells() -> None:
    chrome = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/129.0 Safari/537.36"
    assert sessions.device_of(chrome) == "Chrome on Windows"
    assert sessions.device_of("") == "An unknown device"


@pytest.mark.usefixtures("cast")
def test_it_speaks_without_exclamation_marks() -> None:
    user = make_user(name="Dora Dale")
    client = Client()
    pages = [sign_in(client, user.email), client.get("/account/profile/"), client.get("/account/sessions/")]
    for page in pages:
        assert "!" not in re.sub(r"<[^>]*>", "", page.content.decode())
