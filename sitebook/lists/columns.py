"""What a list can show of its rows, on the page and in files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sitebook.ui import formats, listing
from sitebook.ui.filters import Words

Cell = str | int | float | Decimal | date | datetime | None


@dataclass(frozen=True, kw_only=True)
class Column(listing.Column):
    """``value``: what a row's cell says, in files and, unless the template knows better, on the page. ``shown``:
    without being asked for. ``fill``: makes rows ready for ``value``, many at once. ``file_label``: the heading in
    files where it is another."""

    value: Callable[[Any], Cell]
    shown: bool = True
    fill: Callable[[Sequence[Any]], None] | None = None
    file_label: Words = ""

    def text(self, row: Any) -> str:
        """The cell on the page, as the user's locale writes it."""
        value = self.value(row)
        if isinstance(value, date):
            return formats.day_text(value)
        if isinstance(value, int | float | Decimal):
            return formats.number(value)
        return value or ""


def fill(columns: Sequence[Column], rows: Sequence[Any]) -> None:
    """Make rows ready for the values of these columns."""
    for each in dict.fromkeys(column.fill for column in columns):
        if each and rows:
            each(rows)
