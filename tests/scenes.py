"""A scene is made once and then put in: its rows are kept, so that each further test has them by one statement."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.db import connection

# Rows that say "now" must not get older than a test may notice: not across midnight, in any zone.
MINUTES = 15
Kept = tuple[Any, list[tuple[str, str, str]], str]
_kept: dict[tuple[Any, ...], Kept] = {}


def scene[T](make: Callable[[], T]) -> Callable[[], T]:
    """For a function that makes records in an empty database and returns them.

    Where there are rows already, it is called as it stands. The records returned are copies: a test may change them.
    """

    @wraps(make)
    def made() -> T:
        if not _is_empty():
            return make()
        now = datetime.now(UTC)
        key = (make, now.date(), now.hour, now.minute // MINUTES)
        if key in _kept:
            _put_in(*_kept[key][1:])
        else:
            _kept[key] = (make(), *_rows())
        records: T = copy.deepcopy(_kept[key][0])
        return records

    return made


def _is_empty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT 1 FROM tests.filled())")
        return bool(cursor.fetchone()[0])


def _rows() -> tuple[list[tuple[str, str, str]], str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, columns, content::text FROM tests.all_rows()")
        rows = cursor.fetchall()
        cursor.execute("SELECT tests.sequences()::text")
        return rows, cursor.fetchone()[0]


def _put_in(rows: list[tuple[str, str, str]], sequences: str) -> None:
    names, columns, contents = map(list, zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tests.put_in(%s::text[], %s::text[], %s::jsonb[]), tests.advance(%s::jsonb)",
            [names, columns, contents, sequences],
        )
