"""Whether Sitebook answers."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse

from sitebook.files.storage import uploads
from sitebook.server.outages import DATABASE, OUTAGES, in_a_line, outage_of

# One statement: what the database can do, and which migrations it has.
_STATE = (
    "SELECT current_setting('transaction_read_only') = 'on', ARRAY(SELECT app || '.' || name FROM django_migrations)"
)


@cache
def _migrations() -> frozenset[str]:
    """Every migration in the code."""
    return frozenset(f"{app}.{name}" for app, name in MigrationLoader(None).graph.nodes)


def answer() -> HttpResponse:
    """200 when the database answers, its schema is current and both it and the disk take what is written, else 503
    with the reason."""
    fault = _fault()
    response = JsonResponse({"status": fault or "ok"}, status=503 if fault else 200)
    response["Cache-Control"] = "no-store"
    if fault:
        response["Retry-After"] = "5"
        response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _fault() -> str:
    try:
        if DATABASE.missing():
            return "the database does not answer"
        with connection.cursor() as cursor:
            cursor.execute(_STATE)
            reads_only, applied = cursor.fetchone()
        if not _migrations().issubset(applied):
            return "the schema is behind: run sitebook migrate"
        if reads_only:
            return "the database takes no changes"
    except Error as fault:
        return f"the database does not answer: {in_a_line(fault)}"
    try:
        _write_a_little()
    except OSError as fault:
        word = outage_of(fault)
        return str(OUTAGES[word].title).lower() if word else f"the data folder cannot be written: {fault.strerror}"
    return ""


def _write_a_little() -> None:
    with tempfile.TemporaryFile(dir=uploads(), buffering=0) as file:
        if file.write(bytes(4096)) < 4096:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Health:
    """Answers before anything that needs the database, a session or the right host name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return answer() if request.path == "/healthz" else self.get_response(request)
