"""Files are examined while the request holds neither a transaction nor a connection, and what changed meanwhile
counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from sitebook.access.models import take
from sitebook.files import inspector, previews, uploads
from sitebook.files.inspection import Verdict
from sitebook.files.models import Document
from sitebook.files.storage import preview_of
from sitebook.files.tests import made
from sitebook.users.models import User
from tests.cast import Cast, make_cast, see_all

pytestmark = pytest.mark.usefixtures("committed")
GOOD = Verdict("text/plain; charset=utf-8")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def signed_in() -> Iterator[Callable[[User], Client]]:
    def client(user: User, **more: Any) -> Client:
        found = Client(**more)
        found.force_login(user)
        return found

    yield client
    connections["default"].close()


def send(client: Client, cast: Cast, name: str = "a.txt", **more: Any) -> Any:
    return client.post(f"/customers/{cast.acme.pk}/documents/", {"files": [made.sent(name, b"hello")]}, **more)


def documents() -> int:
    with see_all():
        return Document.objects.count()


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> list[bool]:
    """Do this while the files are being looked at. Gives whether a connection was held at that time."""
    held: list[bool] = []

    def check(*_: object) -> Verdict:
        held.append(connection.in_atomic_block or connection.connection is not None)
        act()
        return GOOD

    monkeypatch.setattr(uploads, "check", check)
    return held


def test_no_connection_is_held_while_files_are_examined(cast: Cast, signed_in, monkeypatch):
    held = meanwhile(monkeypatch, lambda: None)
    assert send(signed_in(cast.charlie), cast).status_code == 303
    assert held == [False]
    assert documents() == 1


def test_no_connection_is_held_while_a_preview_is_drawn(cast: Cast, signed_in, monkeypatch):
    client = signed_in(cast.charlie)
    client.post(f"/customers/{cast.acme.pk}/documents/", {"files": [made.sent("a.jpg", made.picture())]})
    with see_all():
        document = Document.objects.get()
    preview_of(document.sha256).unlink()
    held, examine = [], previews.examine

    def examined(*args: Any, **named: Any) -> Verdict:
        held.append(connection.in_atomic_block or connection.connection is not None)
        return examine(*args, **named)

    monkeypatch.setattr(previews, "examine", examined)
    answer = client.get(f"/documents/{document.pk}/preview")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert b"".join(answer.streaming_content)[:4] == b"RIFF"
    assert held == [False]


def _take_the_grant(cast: Cast) -> None:
    with see_all():
        take(user_id=cast.charlie.pk, customers=[cast.acme.pk])


def _change(cast: Cast, **values: Any) -> None:
    with see_all():
        User.objects.filter(pk=cast.charlie.pk).update(**values)


MEANWHILE: dict[str, tuple[Callable[[Cast, Client], object], int]] = {
    "their access is taken": (lambda cast, client: _take_the_grant(cast), 404),
    "they may only look now": (lambda cast, client: _change(cast, role="viewer"), 403),
    "they are switched off": (lambda cast, client: _change(cast, is_active=False), 302),
    "they sign out": (lambda cast, client: client.session.flush(), 302),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_what_changed_while_files_were_examined_is_felt(what: str, cast: Cast, signed_in, monkeypatch):
    act, status = MEANWHILE[what]
    client = signed_in(cast.charlie)
    meanwhile(monkeypatch, lambda: act(cast, client))
    answer = send(client, cast)
    assert answer.status_code == status, answer.content.decode()[:500]
    assert documents() == 0


def test_a_forged_form_and_a_stranger_have_nothing_examined(cast: Cast, signed_in, monkeypatch):
    held = meanwhile(monkeypatch, lambda: None)
    assert send(signed_in(cast.charlie, enforce_csrf_checks=True), cast).status_code == 400
    assert send(Client(), cast).status_code == 302
    assert send(signed_in(cast.vera), cast).status_code in (403, 404)
    assert held == []


def test_a_user_has_one_turn_at_a_time_and_is_told_when_to_come_back(cast: Cast, signed_in, monkeypatch):
    begun, go_on = Event(), Event()

    def wait() -> None:
        begun.set()
        assert go_on.wait(30)

    meanwhile(monkeypatch, wait)
    first, second, other = signed_in(cast.charlie), signed_in(cast.charlie), signed_in(cast.bob)
    with ThreadPoolExecutor(2) as threads:
        sending = threads.submit(lambda: (send(first, cast).status_code, connections["default"].close()))
        assert begun.wait(30)
        answer = send(second, cast, headers={"HX-Request": "true"})
        assert (answer.status_code, answer["Retry-After"]) == (503, "3")
        assert "Other files of yours are being looked at." in answer.content.decode()
        of_another = threads.submit(lambda: (send(other, cast).status_code, connections["default"].close()))
        go_on.set()
        assert sending.result()[0] == 303
        assert of_another.result()[0] == 303
    assert send(second, cast).status_code == 303
    assert documents() == 3


def test_who_waits_too_long_is_told_so_and_nothing_is_kept(cast: Cast, signed_in, monkeypatch):
    monkeypatch.setattr(inspector, "QUEUE", 0.01)
    taken = 0
    while inspector.AT_ONCE.acquire(blocking=False):
        taken += 1
    try:
        answer = send(signed_in(cast.charlie), cast)
        assert (answer.status_code, answer["Retry-After"]) == (503, "3")
        assert "Too many files are being looked at just now." in answer.content.decode()
    finally:
        for _ in range(taken):
            inspector.AT_ONCE.release()
    assert documents() == 0


def test_what_was_examined_and_not_kept_leaves_nothing(cast: Cast, signed_in, monkeypatch, folder):
    meanwhile(monkeypatch, lambda: _take_the_grant(cast))
    send(signed_in(cast.charlie), cast)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_fault_gives_the_turn_back(cast: Cast, signed_in, monkeypatch):
    def broken() -> None:
        raise RuntimeError("the examiner broke")

    meanwhile(monkeypatch, broken)
    client = signed_in(cast.charlie)
    with suppress(RuntimeError):
        send(client, cast)
    meanwhile(monkeypatch, lambda: None)
    assert send(client, cast).status_code == 303
