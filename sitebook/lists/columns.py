"""What a list can show of its rows, on the page and in files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from sitebook.lists.cells import PLAIN, Look
from sitebook.ui import formats, listing
from sitebook.ui.filters import Words

CHUNK = 2000
Cell = str | int | float | Decimal | date | None


@dataclass(frozen=True, kw_only=True)
class Column(listing.Column):
    """``value``: what a row's cell says, on the page and in files; ``cell``: how it looks on the page. ``shown``:
    without being asked for. ``fill``: makes rows ready for ``value``, many at once. ``file_label``: the heading in
    files where it is another. ``reads``: the names ``value`` and ``fill`` read of a row, related ones as
    ``customer__name``, so that a file needs not read whole records; not known when empty."""

    value: Callable[[Any], Cell]
    shown: bool = True
    fill: Callable[[Sequence[Any]], None] | None = None
    file_label: Words = ""
    reads: tuple[str, ...] = ()
    cell: Look = PLAIN

    @property
    def labelled(self) -> str:
        """What a phone writes before the cell, where it is ``below`` those that have a place there."""
        return str(self.label) if "below" in self.look.split() else ""

    def text(self, row: Any) -> str:
        """The cell on the page, as the user's locale writes it."""
        value = self.value(row)
        if isinstance(value, str):
            return value
        if isinstance(value, date):
            return formats.day_text(value)
        return formats.number(value)


@dataclass(frozen=True, kw_only=True)
class SaidColumn(Column):
    """A column that says on the page by ``said`` what files hold as ``value``."""

    said: Callable[[Any], str]

    def text(self, row: Any) -> str:
        return self.said(row)


def fill(columns: Sequence[Column], rows: Sequence[Any]) -> None:
    """Make rows ready for the values of these columns."""
    for each in dict.fromkeys(column.fill for column in columns):
        if each and rows:
            each(rows)


class Light:
    """A row of a file or a page: what its columns read of a record, under the same names."""

    @classmethod
    def of(cls, values: dict[str, Any]) -> Light:
        made = cls()
        made.__dict__ = values
        return made


def light(rows: QuerySet[Any], columns: Sequence[Column]) -> Iterator[Any]:
    """The rows of a file with only what these columns read; whole records where one of them does not say. Several times
    faster: most of a large file's time would go into making records."""
    if not all(column.reads for column in columns):
        yield from rows.iterator(chunk_size=CHUNK)
        return
    names = _once("pk", *(name for column in columns for name in column.reads))
    yield from _made(names, rows.values_list(*names).iterator(chunk_size=CHUNK))


def shown(rows: QuerySet[Any], columns: Sequence[Column], *further: str) -> list[Any]:
    """The rows of a page with only what these columns and their cells read, and ``further`` names; whole records where
    one of them does not say."""
    said = [column.cell.needs() for column in columns]
    if not all(column.reads for column in columns) or None in said:
        return list(rows)
    known = {field.name for field in rows.model._meta.concrete_fields}
    kept = ("archived_at",) if "archived_at" in known else ()
    cells = (name for needed in said for name in needed or ())
    names = _once("pk", *kept, *further, *(name for column in columns for name in column.reads), *cells)
    return list(_made(names, rows.values_list(*names)))


def _once(*names: str) -> list[str]:
    return list(dict.fromkeys(names))


def _made(names: Sequence[str], found: Iterable[tuple[Any, ...]]) -> Iterator[Light]:
    related: dict[str, list[tuple[str, int]]] = {}
    for at, name in enumerate(names):
        relation, _mark, field = name.rpartition("__")
        if relation:
            related.setdefault(relation, []).append((field, at))
    for values in found:
        row = Light.of(dict(zip(names, values, strict=True)))
        for relation, fields in related.items():
            read = {name: values[at] for name, at in fields}
            # All of a record that is hidden, or not there, is empty.
            row.__dict__[relation] = Light.of(read) if any(each is not None for each in read.values()) else None
        yield row
