"""Lists as files: every row of a list, read a batch at a time (``responses`` sends them meanwhile)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import batched
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from sitebook.lists.columns import Cell, Column, fill, light
from sitebook.lists.workbooks import SHEET_ROWS, workbook

BATCH = 2000
# What a spreadsheet takes for a formula when a cell begins with it.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"


@dataclass(frozen=True)
class Sheet:
    """A list to be written out, in whatever kind of file."""

    columns: Sequence[Column]
    rows: QuerySet[Any]

    @property
    def headings(self) -> list[str]:
        return [str(column.file_label or column.label) for column in self.columns]

    def lines(self) -> Iterator[list[list[Cell]]]:
        """The cells of all rows, a batch at a time. One statement reads them, so that the file is of one moment
        however long it takes. Nothing can be written to the database meanwhile."""
        values = [column.value for column in self.columns]
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            for rows in batched(light(self.rows, self.columns), BATCH, strict=False):
                fill(self.columns, rows)
                yield [[value(row) for value in values] for row in rows]


def csv_parts(sheet: Sheet) -> Iterator[bytes]:
    """UTF-8 with a mark for spreadsheets, CRLF, ISO dates; text that looks like a formula gets an apostrophe."""
    yield (BOM + _csv([sheet.headings])).encode()
    for lines in sheet.lines():
        yield _csv(lines).encode()


def xlsx_parts(sheet: Sheet) -> Iterator[bytes]:
    """A workbook of one sheet."""
    return workbook(sheet.headings, sheet.lines())


def jsonl_parts(sheet: Sheet) -> Iterator[bytes]:
    """One JSON object a line, under the columns' keys; days as ISO text, nothing made safe for spreadsheets."""
    keys = [column.key for column in sheet.columns]
    encode = json.JSONEncoder(ensure_ascii=False, default=_json).encode
    for lines in sheet.lines():
        yield "".join(encode(dict(zip(keys, line, strict=True))) + "\n" for line in lines).encode()


@dataclass(frozen=True)
class Kind:
    """A kind of file; its key is the ending of its name. ``most``: the rows it holds, where that is limited."""

    media_type: str
    parts: Callable[[Sheet], Iterator[bytes]]
    most: int | None = None


def kinds() -> dict[str, Kind]:
    return {
        "csv": Kind("text/csv; charset=utf-8", csv_parts),
        "xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_parts, SHEET_ROWS - 1),
        "jsonl": Kind("application/jsonl; charset=utf-8", jsonl_parts),
    }


def _csv(lines: Iterable[Sequence[Cell]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(
        [cell if type(cell) is str and not cell.startswith(FORMULAS) else _written(cell) for cell in line]
        for line in lines
    )
    return text.getvalue()


def _written(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULAS) else cell
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _json(cell: Any) -> str | float:
    return float(cell) if isinstance(cell, Decimal) else str(cell.isoformat())
