"""When Sitebook cannot do its work for a while: what is said of it, in one sentence, at once; and when it can again.

No fault of the program, so one line in the log and no traceback.
"""

from __future__ import annotations

import errno
import logging
import select
import sys
from collections.abc import Callable
from threading import Lock, Thread
from typing import NamedTuple

import psycopg
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from sitebook.api.middleware import FAILED, PLACE
from sitebook.api.problems import Problem
from sitebook.files.middleware import too_much
from sitebook.ui.errors import failed as failed_page
from sitebook.ui.errors import unavailable
from sitebook.ui.filters import Words

log = logging.getLogger("sitebook.server")
PROBE = 2  # seconds for a new connection; libpq takes no less


class Outage(NamedTuple):
    """``status`` and words for the user; ``wait``: seconds after which it is worth trying again, 0 for never."""

    status: int
    title: Words
    sentence: Words
    wait: int = 0


OUTAGES = {
    "away": Outage(
        503,
        _("The database does not answer"),
        _("Sitebook cannot reach its database at the moment. Try again in a moment."),
        5,
    ),
    "read_only": Outage(
        503,
        _("Nothing can be written just now"),
        _(
            "The database takes no changes at the moment. Nothing was saved. "
            "Try again later, or tell your administrator."
        ),
        60,
    ),
    "no_room": Outage(
        507,
        _("The disk is full"),
        _("There is no room left on the disk of Sitebook. Nothing was saved. Tell your administrator."),
        60,
    ),
    "no_writing": Outage(
        507,
        _("Documents cannot be written"),
        _("Sitebook may not write into its folder of documents. Nothing was saved. Tell your administrator."),
        60,
    ),
    "busy": Outage(
        503,
        _("Too much is being done at once"),
        _("Sitebook is busy. Nothing was saved. Go back and try again in a moment."),
        5,
    ),
    "sign_in_first": Outage(
        413,
        _("Sign in first"),
        _("Without signing in, or a token, you can send 64 KB at most. Nothing was saved. Sign in and send it again."),
    ),
    "slow": Outage(
        408, _("That took too long to arrive"), _("What you sent stopped on its way. Nothing was saved. Send it again.")
    ),
    "broken_off": Outage(
        400, _("That did not arrive whole"), _("What you sent broke off. Nothing was saved. Send it again.")
    ),
}
_OF_FILES = {
    errno.ENOSPC: "no_room",
    errno.EDQUOT: "no_room",
    errno.EFBIG: "no_room",
    errno.EROFS: "no_writing",
    errno.EACCES: "no_writing",
    errno.EPERM: "no_writing",
    errno.EMFILE: "busy",
    errno.ENFILE: "busy",
}
# By the beginning of PostgreSQL's code for an error.
_OF_DATABASE = {
    "53100": "no_room",
    "25006": "read_only",
    "40001": "busy",
    "40P01": "busy",
    "53": "away",
    "57P": "away",
    "08": "away",
    "58": "away",
}
TOO_LARGE = _("The body is larger than 2 MB. Send it in parts.")


def outage_of(fault: BaseException | None) -> str:
    """Which outage an exception speaks of, by itself or by what caused it; "" for a defect of Sitebook."""
    while fault is not None:
        if isinstance(fault, OSError) and fault.errno in _OF_FILES:
            return _OF_FILES[fault.errno]
        if isinstance(fault, psycopg.Error):
            return _of_database(fault)
        fault = fault.__cause__ or fault.__context__
    return ""


def _of_database(fault: psycopg.Error) -> str:
    if fault.sqlstate is None:
        return "away" if isinstance(fault, psycopg.OperationalError | psycopg.InterfaceError) else ""
    return next((word for code, word in _OF_DATABASE.items() if fault.sqlstate.startswith(code)), "")


def say(request: HttpRequest, word: str) -> HttpResponse:
    """An outage as a page, as a problem for a program, or as a line for who works with htmx."""
    for_program = request.path.startswith(PLACE)
    if word == "too_large":
        return Problem(413, str(TOO_LARGE)).answer() if for_program else too_much(request)
    outage = OUTAGES[word]
    headers = {"Retry-After": str(outage.wait)} if outage.wait else {}
    if for_program:
        response: HttpResponse = Problem(outage.status, str(outage.sentence), headers=headers).answer()
    else:
        response = unavailable(request, outage.status, outage.title, outage.sentence, wait=outage.wait)
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """The answer to what nobody expected, wherever it was raised: an outage, or a defect."""
    fault = sys.exc_info()[1]
    if word := outage_of(fault):
        log.warning("%s %s: %s (%s)", request.method, ascii(request.path), OUTAGES[word].title, in_a_line(fault))
        if word == "away":
            DATABASE.shut = True  # the next one looks before asking
        return say(request, word)
    if request.path.startswith(PLACE):
        return Problem(500, FAILED).answer()
    return failed_page(request)


def in_a_line(fault: BaseException | None) -> str:
    return " ".join(str(fault).split())[:300]


class Door:
    """Before anything is asked of the database: is it there? While it is not, whoever comes is told so at once and
    one of them at a time knocks. Also says what the gateway refused, which needs no database either."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if word := request.META.get("sitebook.refusal", ""):
            log.warning("%s %s: %s", request.method, ascii(request.path), word)
            return say(request, word)
        if word := DATABASE.missing():
            return say(request, word)
        return self.get_response(request)


class Reach:
    """Whether the database can be reached, for all threads of this process."""

    def __init__(self) -> None:
        self.shut = False
        self.knocking = Lock()

    def missing(self) -> str:
        """Take a connection for this thread. Returns the word for what is wrong, "" when it is there."""
        if connection.in_atomic_block:
            return ""
        if not self.shut:
            try:
                connection.ensure_connection()
                if not _is_dead():
                    return ""
            except _NO_ANSWER as fault:
                log.debug("the connection to the database is gone: %s", in_a_line(fault))
            self.shut = True
        return self._knock()

    def _knock(self) -> str:
        if not self.knocking.acquire(blocking=False):
            return "away" if self.shut else ""
        try:
            was_left = connection.settings_dict["OPTIONS"].get("pool") is not None
            _forget_connections()
            parameters = {name: value for name, value in connection.get_connection_params().items() if name in _PLAIN}
            psycopg.connect(**{**parameters, "connect_timeout": PROBE}).close()
            self.shut = False
            if was_left:
                connection.ensure_connection()
        except _NO_ANSWER as fault:
            self.shut = True
            log.warning("The database does not answer: %s", in_a_line(fault))
            return outage_of(fault) or "away"
        finally:
            self.knocking.release()
        return ""


_PLAIN = {"dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey"}
_NO_ANSWER = (psycopg.Error, DatabaseError, InterfaceError)
DATABASE = Reach()


def _is_dead() -> bool:
    """Whether the server has closed this connection, or wrote something to it that nobody asked for: both are there
    to be read while nothing should be."""
    waiting = select.poll()
    waiting.register(connection.connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def _forget_connections() -> None:
    """All that the pool holds; those others work with are closed when they give them back."""
    connection.close()
    if (pool := connection._connection_pools.pop(connection.alias, None)) is not None:  # type: ignore[attr-defined]
        # It waits for attempts to connect, which may hang.
        Thread(target=pool.close, daemon=True, name="pool-end").start()
