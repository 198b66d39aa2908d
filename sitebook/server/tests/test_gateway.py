"""How requests are received and answers sent: whole, without a thread, and with few threads for what takes long."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest

from sitebook.server import gateway, lanes, received
from sitebook.server.answers import Answer, collect, send
from sitebook.server.gateway import environ_of
from sitebook.server.lanes import HEALTH, PAGES, SIGN_IN, UPLOADS, Lane, lane_of, view_at
from sitebook.server.received import NotReceived
from sitebook.users import identity_provider


@dataclass
class Proto:
    """What granian hands over: chunks that come, None for one that never does; and what was answered."""

    chunks: list[bytes | None] = field(default_factory=list)
    answered: list[Any] = field(default_factory=list)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            if chunk is None:
                await asyncio.Event().wait()
            yield chunk or b""

    def response_bytes(self, *answer: Any) -> None:
        self.answered.append(answer)

    response_file = response_empty = response_bytes


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: a browser journey before leaves a loop behind in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def scope(method: str = "GET", path: str = "/", headers: tuple[tuple[str, str], ...] = ()) -> Any:
    return SimpleNamespace(
        method=method,
        path=path,
        query_string="q=%C3%A4",
        server="127.0.0.1:8000",
        client="192.0.2.7:4711",
        scheme="http",
        http_version="1.1",
        authority=None,
        headers=dict_of(headers),
    )


def dict_of(headers: tuple[tuple[str, str], ...]) -> Any:
    return SimpleNamespace(items=lambda: list(headers))


def receive(chunks: list[bytes | None], *, length: int | None, most: int = 5000, folder: Path) -> received.Body:
    environ = {"HTTP_TRANSFER_ENCODING": "chunked"} if length is None else {"CONTENT_LENGTH": str(length)}
    return run(received.received(environ, Proto(chunks), most=most, folder=lambda: folder))


def test_a_body_arrives_whole(tmp_path: Path):
    with receive([b"he", b"llo"], length=5, folder=tmp_path) as body:
        assert (body.size, body.file.read()) == (5, b"hello")
    with receive([b"he", b"llo"], length=None, folder=tmp_path) as body:
        assert (body.size, body.file.read()) == (5, b"hello")


def test_a_large_body_lies_on_the_disk_and_goes(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(received, "IN_MEMORY", 10)
    with receive([b"x" * 30], length=30, folder=tmp_path) as body:
        assert body.file.read() == b"x" * 30
    assert list(tmp_path.iterdir()) == []


NOT_RECEIVED = {
    "announced as too large": ([b"x"], 6000, "too_large"),
    "too large without saying so": ([b"x" * 4000, b"x" * 4000], None, "too_large"),
    "broken off": ([b"he"], 5, "broken_off"),
    "silent": ([b"he", None], 5, "slow"),
}


@pytest.mark.parametrize("what", NOT_RECEIVED)
def test_what_does_not_arrive_is_told(what: str, tmp_path: Path, monkeypatch):
    chunks, length, word = NOT_RECEIVED[what]
    monkeypatch.setattr(received, "SILENCE", 0.05)
    with pytest.raises(NotReceived, match=word):
        receive(chunks, length=length, folder=tmp_path)
    assert received.arriving == 0


def test_a_byte_a_second_is_too_slow(tmp_path: Path, monkeypatch):
    """By the server's own clock, which is turned here."""
    clock = iter(range(0, 10_000))
    monkeypatch.setattr(received.time, "monotonic", lambda: next(clock))
    with pytest.raises(NotReceived, match="slow"):
        receive([b"x"] * 40, length=1000, folder=tmp_path)


def test_a_full_disk_is_told_before_anything_is_read(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(received, "IN_MEMORY", 10)
    monkeypatch.setattr(received.shutil, "disk_usage", lambda _: SimpleNamespace(free=100))
    with pytest.raises(NotReceived, match="no_room"):
        receive([None], length=2000, folder=tmp_path)


@pytest.mark.parametrize("length", [None, 3000], ids=["in chunks", "announced"])
def test_bodies_that_arrive_together_leave_the_spare_room_on_the_disk(length: int | None, tmp_path: Path, monkeypatch):
    """Each of them would have found room for itself when it began."""
    free = iter([received.SPARE + 4000, received.SPARE + 10, received.SPARE - 1])
    monkeypatch.setattr(received, "IN_MEMORY", 10)
    monkeypatch.setattr(received.shutil, "disk_usage", lambda _: SimpleNamespace(free=next(free)))
    with pytest.raises(NotReceived, match="no_room"):
        receive([b"x" * 1000] * 3, length=length, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_more_bodies_than_may_arrive_are_sent_away(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(received, "AT_ONCE", 0)
    with pytest.raises(NotReceived, match="busy"):
        receive([None], length=20, folder=tmp_path)


def test_the_environment_says_what_was_asked_and_no_header_passes_for_another():
    headers = (("host", "a.example"), ("x-a", "1"), ("x-a", "2"), ("x_forwarded_for", "6.6.6.6"), ("cookie", "a=1"))
    environ = environ_of(scope("POST", "/ä/b", (*headers, ("cookie", "b=2"), ("content-type", "text/plain"))))
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/ä/b"
    assert environ["REMOTE_ADDR"] == "192.0.2.7"
    assert environ["HTTP_X_A"] == "1,2"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert "HTTP_X_FORWARDED_FOR" not in environ


TWO_HOSTS = {
    "another one": ((("host", "a.example"), ("host", "b.example")), None),
    "the same twice": ((("host", "a.example"), ("Host", "a.example")), None),
    "not the authority": ((("host", "a.example"),), "b.example"),
}


@pytest.mark.parametrize("what", TWO_HOSTS)
def test_who_names_two_hosts_is_refused_before_anything_is_read(what: str):
    headers, authority = TWO_HOSTS[what]
    asked = scope("POST", "/account/login/", (*headers, ("content-length", "5")))
    asked.authority = authority
    proto = Proto([None])
    run(gateway.application(asked, proto))
    assert [(answer[0], answer[2]) for answer in proto.answered] == [(400, gateway.TWO_HOSTS)]


def test_one_host_is_taken_however_it_is_told():
    asked = scope(headers=(("host", "a.example"),))
    assert not gateway.names_two_hosts(asked)
    asked.authority = "a.example"
    assert not gateway.names_two_hosts(asked)
    asked.headers = dict_of(())
    assert not gateway.names_two_hosts(asked)
    assert environ_of(asked)["HTTP_HOST"] == "a.example"


BODY = gateway.STRANGERS + 1
SENDERS = {
    "a stranger": ((), "sign_in_first"),
    "a stranger with other cookies": ((("cookie", "theme=dark"),), "sign_in_first"),
    "somebody": ((("cookie", f"{gateway.SESSION}=abc"),), ""),
    "a program": ((("authorization", "Bearer sbk_x"),), ""),
}


@pytest.mark.parametrize("length", [BODY, None], ids=["announced", "in chunks"])
@pytest.mark.parametrize("who", SENDERS)
def test_a_stranger_sends_no_more_than_a_form_to_sign_in(who: str, length: int | None, monkeypatch):
    headers, word = SENDERS[who]
    told = ("transfer-encoding", "chunked") if length is None else ("content-length", str(length))

    async def said(environ: dict[str, Any], word: str) -> str:
        return word

    async def taken(lane: Lane, environ: dict[str, Any], body: received.Body, leave: Callable[[], None]) -> str:
        return str(body.size)

    monkeypatch.setattr(gateway, "refused", said)
    monkeypatch.setattr(gateway, "worked", taken)
    environ = environ_of(scope("POST", "/account/login/", (*headers, told)))
    answer: Any = run(gateway.answered(environ, Proto([b"x" * BODY])))
    assert answer == (word or str(BODY))


def test_a_content_type_nobody_can_read_is_none():
    """Django raises while it makes its request, before any page of ours is asked, and it ended in a traceback."""
    told = ("content-type", "multipart/form-data; boundary=" + "y" * 10_000)
    environ = environ_of(scope("POST", "/api/v1/customers", (("host", "localhost"), told)))
    assert environ["CONTENT_TYPE"] == ""
    assert WSGIRequest(environ | {"wsgi.input": io.BytesIO()}).content_type == ""


@pytest.mark.parametrize(
    ("method", "path", "lane"),
    [
        ("GET", "/customers/", PAGES),
        ("GET", "/no-such-page/", PAGES),
        ("POST", "/customers/new/", PAGES),
        ("GET", "/customers/1/documents/", PAGES),
        ("POST", "/customers/1/documents/", UPLOADS),
        ("POST", "/sites/1/documents/", UPLOADS),
        ("POST", "/contacts/1/documents/", UPLOADS),
        ("GET", "/documents/1/preview", "previews"),
        ("GET", "/documents/1/a.jpg", PAGES),
        ("GET", "/customers/export.csv", "exports"),
        ("GET", "/sites/shown.xlsx", "exports"),
        ("GET", "/products/export.csv", "exports"),
        ("POST", "/account/login/", SIGN_IN),
        ("GET", "/account/login/", SIGN_IN),
        ("GET", "/account/login/single/", "provider"),
        ("POST", "/account/login/single/", "provider"),
        ("GET", "/account/login/single/back/", "provider"),
        ("GET", "/healthz", HEALTH),
    ],
)
def test_what_takes_long_has_threads_of_its_own(method: str, path: str, lane: str):
    assert lane_of(method, path, view_at(path)) == lane


def test_all_lanes_together_need_no_more_connections_than_there_are(settings: Any):
    threads = sum(lane.threads for lane in lanes.lanes().values())
    assert threads <= settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]


def test_whoever_waits_for_the_provider_of_single_sign_on_leaves_a_thread_for_the_next():
    """Who is told that too many wait there is told so at once."""
    assert lanes.lanes()["provider"].threads > identity_provider.AT_A_TIME


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lane]:
    """Every lane is this one: a thread, and two places to wait, one of a session."""
    lane = Lane(threads=1, waiting=1, each=1, patience=30)
    monkeypatch.setattr(gateway, "LANES", dict.fromkeys(gateway.LANES, lane))
    yield lane
    lane.executor.shutdown()


def asked(count: int, django: Any, monkeypatch: pytest.MonkeyPatch, sessions: tuple[str, ...]) -> list[int]:
    """So many requests at once; gives their statuses in order."""
    monkeypatch.setattr(gateway, "django", django)

    async def all_of_them() -> list[int]:
        protos = [Proto() for _ in range(count)]
        scopes = [scope("GET", "/customers/", (("cookie", f"sessionid={each}"),)) for each in sessions]
        await asyncio.gather(*(gateway.application(each, proto) for each, proto in zip(scopes, protos, strict=True)))
        return [proto.answered[0][0] for proto in protos]

    return run(all_of_them())


def test_who_finds_no_place_is_told_at_once(one_thread: Lane, monkeypatch):
    """Also a second one of the same session, while there is a place for another."""
    refused, go_on = [], threading.Event()

    def django(environ: dict[str, Any], start: Any) -> Any:
        word = environ.get("sitebook.refusal", "")
        if word:
            refused.append(word)
            if len(refused) == 2:
                go_on.set()
        else:
            assert go_on.wait(30)
        start("503 x" if word else "200 OK", [])
        return Closable()

    assert asked(4, django, monkeypatch, ("a", "a", "b", "c")) == [200, 503, 200, 503]
    assert refused == ["busy", "busy"]
    assert (one_thread.inside, one_thread.of_session) == (0, {})


def test_nobody_waits_for_a_thread_for_ever(one_thread: Lane, monkeypatch):
    one_thread.patience = 0
    go_on = threading.Event()

    def django(environ: dict[str, Any], start: Any) -> Any:
        if "sitebook.refusal" in environ:
            go_on.set()
            start("503 x", [])
        else:
            assert go_on.wait(30)
            start("200 OK", [])
        return Closable()

    assert 503 in asked(2, django, monkeypatch, ("a", "b"))


class Closable(list[bytes]):
    def close(self) -> None:
        pass


def test_a_large_answer_lies_in_a_file_and_its_thread_is_free(settings: Any, tmp_path: Path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    closed = []

    class Parts(Closable):
        def close(self) -> None:
            closed.append(True)

    def django(environ: dict[str, Any], start: Any) -> Any:
        start("200 OK", [("Content-Type", "text/csv"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return Parts([b"x" * 600_000] * 3)

    answer = collect(django, {})
    assert closed == [True]
    assert answer.file is not None
    assert answer.file.stat().st_size == 1_800_000
    assert ("content-length", "1800000") in answer.headers
    assert answer.headers.count(("set-cookie", "b=2")) == 1


def test_an_answer_without_content_is_sent_as_one():
    proto = Proto()
    run(send(Answer(204, [("hx-redirect", "/")]), proto))
    assert proto.answered == [(204, [("hx-redirect", "/")])]


def test_it_can_be_loaded_by_itself_as_the_web_server_does():
    code = "from sitebook.server.gateway import application"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
