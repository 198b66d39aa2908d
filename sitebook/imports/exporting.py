"""Lists as files: every row of a list, read a batch at a time, written out whole before it is sent.

A stream that breaks would end like one that is complete: the web server closes both alike. So the file is made in
the request, under its identity, before the first byte leaves; what fails meanwhile is an error, not half a file.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from itertools import batched
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.db.models import QuerySet

Cell = str | int | float | Decimal | date | datetime | None
BATCH = 500
# What a spreadsheet takes for a formula when a cell begins with it.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"


@dataclass(frozen=True)
class Sheet:
    """A list to be written out, in whatever kind of file. ``cells`` gives the lines of a batch of rows, each as long
    as ``headings``; it may ask the database once a batch."""

    headings: Sequence[str]
    rows: QuerySet[Any]
    cells: Callable[[Sequence[Any]], Iterable[Sequence[Cell]]]


def write_csv(sheet: Sheet, file: BinaryIO) -> None:
    """UTF-8 with a mark for spreadsheets, CRLF, ISO dates; text that looks like a formula gets an apostrophe.

    One statement reads all rows, so that the file is of one moment however long it takes; a batch at a time is
    in memory. Nothing can be written to the database meanwhile.
    """
    file.write((BOM + _lines([sheet.headings])).encode())
    with transaction.atomic():
        _only_read()
        for rows in batched(sheet.rows.iterator(chunk_size=BATCH), BATCH, strict=False):
            file.write(_lines(sheet.cells(rows)).encode())


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
