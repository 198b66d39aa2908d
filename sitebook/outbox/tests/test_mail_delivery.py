"""A mail that was asked for goes out, sooner or later, and its link lies nowhere before."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.config.environment import read
from sitebook.outbox import mail_delivery
from sitebook.users import mail_queue
from sitebook.users.models import Mail, PasswordLink, User
from tests.cast import Cast, make_user, see_all
from tests.refusals import refused

RESET = "/account/reset/"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def waiting() -> list[Mail]:
    with see_all():
        return list(Mail.objects.order_by("pk"))


def due_again() -> None:
    with see_all():
        Mail.objects.update(next_at=timezone.now() - timedelta(seconds=1))


def broken(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def send(*_args: object) -> None:
        raise fault

    monkeypatch.setattr(EmailBackend, "send_messages", send)


def test_the_request_does_not_wait_for_the_mail_server(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, AssertionError("asked within the request"))
    admin = Client()
    admin.force_login(cast.alice)
    assert Client().post(RESET, {"email": cast.bob.email}).status_code == 302
    assert admin.post(f"/users/{cast.bob.pk}/link/", {"how": "mail"}).status_code in (302, 303)
    assert admin.post("/settings/test-mail/").status_code in (302, 303)
    assert [(each.kind, each.tries) for each in waiting()] == [("reset", 0), ("invitation", 0), ("test", 0)]


def test_a_known_and_an_unknown_address_are_the_same_to_the_request(cast: Cast) -> None:
    def asked(address: str) -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            answer = Client().post(RESET, {"email": address})
        assert answer.headers["Location"] == "/account/reset/sent/"
        return [re.sub(r"'[^']*'|s\d+_x\d+", "", query["sql"]) for query in seen.captured_queries]

    asked("first@northwind.example")
    assert asked(cast.bob.email) == asked("nobody@northwind.example") == asked("alıce@northwind.example")


def test_no_link_lies_anywhere_before_it_is_sent(cast: Cast) -> None:
    Client().post(RESET, {"email": cast.bob.email})
    with see_all():
        assert PasswordLink.objects.count() == 0
    assert waiting()[0].fault == ""
    assert mail_delivery.send_due() == 1
    assert waiting() == []
    assert "/account/reset/key/" in mail.outbox[0].body


@pytest.mark.parametrize("host", ["localhost:6666", "localhost"])
def test_a_link_leads_to_the_known_address_whatever_the_request_says(cast: Cast, settings: Any, host: str) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://sitebook.firm.example:8443", ["localhost"]
    Client().post(RESET, {"email": cast.bob.email}, headers={"Host": host})
    mail_delivery.send_due()
    assert re.findall(r"https?://[^/]+", mail.outbox[0].body) == ["https://sitebook.firm.example:8443"]


def test_it_goes_to_the_address_that_is_kept(cast: Cast) -> None:
    Client().post(RESET, {"email": "  BOB.Baker@NORTHWIND.example"})
    mail_delivery.send_due()
    assert [each.to for each in mail.outbox] == [[cast.bob.email]]


def test_who_is_unknown_or_switched_off_gets_none(cast: Cast) -> None:
    with see_all():
        User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    for address in (cast.bob.email, "nobody@northwind.example", "alıce.archer@northwind.example"):
        Client().post(RESET, {"email": address})
    assert mail_delivery.send_due() == 3
    assert (waiting(), mail.outbox) == ([], [])


def test_a_mail_that_fails_is_tried_again_and_then_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    Client().post(RESET, {"email": cast.bob.email})
    with monkeypatch.context() as away:
        broken(away, ConnectionRefusedError("nobody listens"))
        assert mail_delivery.send_due() == 1
        assert mail_delivery.send_due() == 0
        for tries in range(2, len(mail_delivery.WAITS) + 2):
            due_again()
            assert mail_delivery.send_due() == 1
            assert waiting()[0].tries == tries
        (given_up,) = waiting()
        assert given_up.given_up_at is not None
        due_again()
        assert mail_delivery.send_due() == 0
    admin = Client()
    admin.force_login(cast.alice)
    page = admin.get("/settings/").content.decode()
    assert "ConnectionRefusedError: nobody listens" in page
    assert "given up" in page


def test_it_comes_back_to_what_was_cut_off(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between claim and outcome: the claim runs out."""
    Client().post(RESET, {"email": cast.bob.email})
    with monkeypatch.context() as killed:
        broken(killed, KeyboardInterrupt())  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            mail_delivery.send_due()
    assert len(waiting()) == 1
    assert mail_delivery.send_due() == 0
    due_again()
    assert mail_delivery.send_due() == 1
    assert (waiting(), len(mail.outbox)) == ([], 1)


def test_an_invitation_is_made_by_the_eyes_of_who_asked(cast: Cast) -> None:
    """Between the asking and the sending its user was shown more: nobody gets a link by who sees less."""
    few = make_user(name="Fay", role="administrator", sees=(cast.acme,))
    with acting(user=few, via="screen"):
        mail_queue.invite(cast.charlie)
    with see_all():
        User.objects.filter(pk=cast.charlie.pk).update(all_customers=True)
    mail_delivery.send_due()
    assert mail.outbox == []
    assert waiting()[0].given_up_at is not None
    with pytest.raises(ProgrammingError, match="sees customers"), acting(user=few, via="screen"):
        mail_queue.invite(cast.bob)


def test_only_administrators_see_the_queue(cast: Cast) -> None:
    Client().post(RESET, {"email": cast.bob.email})
    everywhere = make_user(name="Olga", role="office", all_customers=True)
    for who, many in ((cast.alice, 1), (cast.bob, 0), (everywhere, 0)):
        with acting(user=who, via="screen"):
            assert Mail.objects.count() == many
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Mail.objects.count()


@pytest.mark.parametrize(
    ("given", "is_at"),
    [
        ({}, "http://localhost:8000"),
        ({"SITEBOOK_SERVED_AT": "http://localhost:8123"}, "http://localhost:8123"),
        ({"SITEBOOK_ALLOWED_HOSTS": ".firm.example,sitebook.firm.example", "SITEBOOK_TLS": "1"}, "https://sitebook.firm.example"),
        ({"SITEBOOK_ALLOWED_HOSTS": "intranet", "SITEBOOK_SERVED_AT": "http://0:80"}, "http://intranet:80"),
        ({"SITEBOOK_PUBLIC_URL": "https://x.example:8443/", "SITEBOOK_ALLOWED_HOSTS": "y.example"}, "https://x.example:8443"),
    ],
)  # fmt: skip
def test_where_people_reach_sitebook(tmp_path: Any, given: dict[str, str], is_at: str) -> None:
    assert read({"SITEBOOK_DATA_DIR": str(tmp_path)} | given).public_url == is_at


@pytest.mark.parametrize("wrong", ["x.example", "ftp://x.example", "https://", "https://x.example/path", "https://x:99999",
                                   "https://u@x.example", "https://x.example?q"])  # fmt: skip
def test_an_address_that_is_none_is_told(tmp_path: Any, wrong: str) -> None:
    with refused("bad_setting", match="SITEBOOK_PUBLIC_URL"):
        read({"SITEBOOK_DATA_DIR": str(tmp_path), "SITEBOOK_PUBLIC_URL": wrong})


@pytest.mark.parametrize(("ahead", "sent"), [(timedelta(hours=1), 0), (timedelta(days=21), 1)])
def test_what_a_clock_ahead_put_off_by_weeks_goes_out_once_it_is_right(cast: Cast, ahead: timedelta, sent: int) -> None:
    assert Client().post(RESET, {"email": cast.bob.email}).status_code == 302
    with see_all():
        Mail.objects.update(next_at=timezone.now() + ahead)
    assert mail_delivery.send_due() == sent
    assert len(mail.outbox) == sent
