"""What hangs on a record: shown, with its number, before the record is archived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sitebook.registers.models import RecordRows


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """One kind of thing that hangs on a record, as asked before archiving it.

    text: the number with its noun. takes: the rows, all of registers, that can go along; none when the
    thing only stays as it is. view, pk, query: the address of the list.
    """

    key: str
    text: str
    count: int
    icon: str
    takes: tuple[RecordRows[Any], ...] = ()
    by_default: bool = True
    note: str = ""
    view: str = ""
    pk: int | None = None
    query: str = ""
