"""Lists as files: every row of a list, read in one transaction of its own and handed out while it is read.

A file is written after the request has ended, when nothing acts for the user any more. So it opens its own
read-only transaction under the same identity; a failure in it breaks the transfer, which then is no whole file.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from itertools import batched
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from sitebook.access.identity import acting
from sitebook.users.models import User

Cell = str | int | float | Decimal | date | datetime | None
BATCH = 500
# What a spreadsheet takes for a formula when a cell begins with it.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"


@dataclass(frozen=True)
class Sheet:
    """A list to be written out, in whatever kind of file. ``cells`` gives the lines of a batch of rows, each as long
    as ``headings``; it may ask the database once a batch. Texts in words are made before, in the reader's language."""

    headings: Sequence[str]
    rows: QuerySet[Any]
    cells: Callable[[Sequence[Any]], Iterable[Sequence[Cell]]]


def as_csv(sheet: Sheet, *, user: User | None, request_id: str = "") -> Iterator[bytes]:
    """UTF-8 with a mark for spreadsheets, CRLF, ISO dates; text that looks like a formula gets an apostrophe.

    One statement reads all rows, so that the file is of one moment however long it takes; a batch at a time is
    in memory. Whatever fails is raised in the middle of the file.
    """
    yield (BOM + _lines([sheet.headings])).encode()
    with transaction.atomic():
        _only_read()
        with acting(user=user, via="screen", request_id=request_id):
            for rows in batched(sheet.rows.iterator(chunk_size=BATCH), BATCH, strict=False):
                yield _lines(sheet.cells(rows)).encode()


def _only_read() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")


def _lines(lines: Iterable[Sequence[Cell]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([[_written(cell) for cell in line] for line in lines])
    return text.getvalue()


def _written(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULAS) else cell
    if isinstance(cell, date):  # a datetime is one too
        return cell.isoformat()
    return "" if cell is None else str(cell)
