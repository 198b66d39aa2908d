"""Lists as files: every row of a list, read a batch at a time, written out whole before it is sent.

A stream that breaks would end like one that is complete (see docs/decisions/lists-as-files.md). So the file is made in
the request, under its identity, before the first byte leaves; what fails meanwhile is an error, not half a file.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import batched, chain
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from sitebook.basics.refused import Refused
from sitebook.lists.columns import Cell, Column, fill, light

BATCH = 2000
# What a spreadsheet takes for a formula when a cell begins with it.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"
# What one sheet of a workbook holds, its heading among them, and one of its cells.
SHEET_ROWS, CELL_LENGTH = 1_048_576, 32_767


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


def write_csv(sheet: Sheet, file: BinaryIO) -> None:
    """UTF-8 with a mark for spreadsheets, CRLF, ISO dates; text that looks like a formula gets an apostrophe."""
    file.write((BOM + _csv([sheet.headings])).encode())
    for lines in sheet.lines():
        file.write(_csv(lines).encode())


def write_xlsx(sheet: Sheet, file: BinaryIO) -> None:
    """A workbook of one sheet. Text stays text, whatever it begins with; numbers and days are numbers and days.
    Raises Refused (too_many_rows)."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        page, bold = book.add_worksheet(), book.add_format({"bold": True})
        put = _putting(page, book.add_format({"num_format": "yyyy-mm-dd"}))
        page.freeze_panes(1, 1)
        page.set_column(0, len(sheet.columns) - 1, 18)
        for place, heading in enumerate(sheet.headings):
            page.write_string(0, place, heading, bold)
        for number, line in enumerate(chain.from_iterable(sheet.lines()), 1):
            if number >= SHEET_ROWS:
                text = _("A workbook holds no more than %(count)s rows. Narrow the list, or export it as CSV.")
                raise Refused(text % {"count": SHEET_ROWS - 1}, code="too_many_rows")
            for place, cell in enumerate(line):
                if cell is not None and cell != "":
                    put[type(cell)](number, place, cell)


def _putting(page: Any, day: Any) -> dict[type, Callable[[int, int, Any], Any]]:
    """How each kind of cell is written. Text longer than a cell holds ends in an ellipsis."""

    def text(number: int, place: int, cell: str) -> None:
        page.write_string(number, place, cell if len(cell) <= CELL_LENGTH else cell[: CELL_LENGTH - 1] + "…")

    def when(number: int, place: int, cell: date) -> None:
        page.write_datetime(number, place, cell, day)

    return {str: text, date: when, **dict.fromkeys((int, float, Decimal), page.write_number)}


def write_jsonl(sheet: Sheet, file: BinaryIO) -> None:
    """One JSON object a line, under the columns' keys; days as ISO text, nothing made safe for spreadsheets."""
    keys = [column.key for column in sheet.columns]
    encode = json.JSONEncoder(ensure_ascii=False, default=_json).encode
    for lines in sheet.lines():
        file.write("".join(encode(dict(zip(keys, line, strict=True))) + "\n" for line in lines).encode())


@dataclass(frozen=True)
class Kind:
    """A kind of file; its key is the ending of its name."""

    media_type: str
    write: Callable[[Sheet, BinaryIO], None]


KINDS = {
    "csv": Kind("text/csv; charset=utf-8", write_csv),
    "xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "jsonl": Kind("application/jsonl; charset=utf-8", write_jsonl),
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
