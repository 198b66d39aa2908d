"""The application the web server runs: receives a request whole before a thread looks at it, and sends the answer
without one. Who sends or reads a byte a second keeps nobody from a thread or a database connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.utils.http import parse_header_parameters

from sitebook.config.wsgi import application as django  # first: it makes the models ready for all the others
from sitebook.files.storage import uploads
from sitebook.files.uploads import LARGEST_REQUEST
from sitebook.server import answers
from sitebook.server.answers import Answer, Growing
from sitebook.server.lanes import Lane, lane_of, lanes, takes_files, view_at
from sitebook.server.received import Body, NotReceived, received

log = logging.getLogger("sitebook.server")
LANES = lanes()
# Answers in one sentence need neither database nor patience.
REFUSALS = Lane(threads=1, waiting=2000)
SESSION = settings.SESSION_COOKIE_NAME
FORM = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 512 * 1024
# Who says nothing of who they are sends a form to sign in, and no more.
STRANGERS = 64 * 1024
TWO_HOSTS = b"The request names more than one host. Send one Host header.\n"


async def application(scope: Any, proto: Any) -> None:
    """One request (RSGI)."""
    if names_two_hosts(scope):
        proto.response_bytes(400, [("content-type", "text/plain; charset=utf-8")], TWO_HOSTS)
        return
    environ = environ_of(scope)
    try:
        answer = await answered(environ, proto)
        await answers.send(answer, proto, peer_of(environ))
    except Exception:
        log.exception("answering %r broke", scope.path)
        proto.response_bytes(500, [("content-type", "text/plain")], b"Something broke on our side.")


async def answered(environ: dict[str, Any], proto: Any) -> Answer:
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    view = view_at(path)
    name, session = lane_of(method, path, view), session_of(environ)
    # Only who may be somebody sends more than a form holds. Whether they are is asked later, by a thread.
    stranger = not session and "HTTP_AUTHORIZATION" not in environ
    most = STRANGERS if stranger else LARGEST_REQUEST if takes_files(name) and session else FORM
    try:
        body = await received(environ, proto, most=most, folder=uploads)
    except NotReceived as fault:
        return await refused(environ, "sign_in_first" if stranger and fault.word == "too_large" else fault.word)
    with body:
        if not LANES[name].enter(session):
            return await refused(environ, "busy")
        try:
            return await worked(LANES[name], environ, body, partial(LANES[name].leave, session))
        except TimeoutError:
            return await refused(environ, "busy")


async def worked(lane: Lane, environ: dict[str, Any], body: Body, leave: Callable[[], None]) -> Answer:
    """What Django answers, as soon as it can be sent. ``leave`` is called when the thread is free again.

    Raises TimeoutError when no thread was free in time.
    """
    loop = asyncio.get_running_loop()
    begun, early = asyncio.Event(), loop.create_future()

    def begin(answer: Answer) -> Growing | None:
        if not may_stream(environ):
            return None
        answer.growing = Growing(loop)
        loop.call_soon_threadsafe(early.set_result, answer)
        return answer.growing

    def work() -> Answer:
        loop.call_soon_threadsafe(begun.set)
        given = environ | {"wsgi.input": body.file, "CONTENT_LENGTH": str(body.size)}
        return answers.collect(django, given, begin)

    working = loop.run_in_executor(lane.executor, work)
    working.add_done_callback(lambda _done: leave())
    first: asyncio.Future[Any] = asyncio.ensure_future(begun.wait())
    try:
        await asyncio.wait([first, working], timeout=lane.patience, return_when=asyncio.FIRST_COMPLETED)
        # One that has begun cannot be cancelled, and is waited for.
        if not begun.is_set() and working.cancel():
            raise TimeoutError
        await asyncio.wait([early, working], return_when=asyncio.FIRST_COMPLETED)
        return await (early if early.done() else working)
    finally:
        first.cancel()


def may_stream(environ: dict[str, Any]) -> bool:
    """Whether an answer may be sent while it is written: only where one that breaks can be made to look broken."""
    peer = peer_of(environ)
    return environ["REQUEST_METHOD"] == "GET" and peer is not None and answers.can_be_cut(peer)


def peer_of(environ: dict[str, Any]) -> answers.Peer | None:
    """Address and port of who is at the other end; None where it is a socket without them."""
    port = environ.get("REMOTE_PORT", "")
    return (environ["REMOTE_ADDR"], int(port)) if port.isdigit() else None


async def refused(environ: dict[str, Any], word: str) -> Answer:
    """One sentence, by Django, without what the request carried."""
    empty = {"wsgi.input": Body().file, "CONTENT_LENGTH": "0", "sitebook.refusal": word}

    def work() -> Answer:
        return answers.collect(django, environ | empty)

    return await asyncio.get_running_loop().run_in_executor(REFUSALS.executor, work)


def names_two_hosts(scope: Any) -> bool:
    """RFC 9112, 3.2 and RFC 9113, 8.3.1: such a request is refused, since each reader could take another one."""
    named = [value for name, value in scope.headers.items() if name.lower() == "host"]
    return len(named) > 1 or bool(scope.authority and named and named != [scope.authority])


def session_of(environ: dict[str, Any]) -> str:
    found = (pair.strip().partition("=") for pair in environ.get("HTTP_COOKIE", "").split(";"))
    return next((value for name, _equals, value in found if name == SESSION), "")


def environ_of(scope: Any) -> dict[str, Any]:
    """The request as WSGI tells it. A header with an underscore is left out: it could pass for another one."""
    host, _colon, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "REMOTE_PORT": scope.client.rpartition(":")[2],
        "wsgi.url_scheme": scope.scheme,
        "wsgi.multithread": True,
        "wsgi.file_wrapper": answers.File,
    }
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ and key != "HTTP_HOST" else value
    if "CONTENT_TYPE" in environ and not _can_be_read(environ["CONTENT_TYPE"]):
        environ["CONTENT_TYPE"] = ""  # Django would raise before any page is asked; without one it is refused in words
    return environ


def _can_be_read(content_type: str) -> bool:
    try:
        parse_header_parameters(content_type)
    except ValueError:
        return False
    return True
