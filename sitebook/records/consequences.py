"""What hangs on a record: shown, with its number, before the record is archived.

Areas say what of theirs hangs on a record; ``sitebook.config.consequences`` names them, and they are registered when
the program starts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import ngettext

from sitebook.files.models import documents_of
from sitebook.records.models import Record, RecordRows


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


Source = Callable[..., list[Consequence]]
"""``(record, *, on: date)``: what of one area hangs on a record on a day, as far as the reader may see it. Rows it
offers to take along are of registers (they carry ``archived_with``), and so come back with the rest by themselves."""

_sources: list[Source] = []


def register(sources: Sequence[Source]) -> None:
    """Make these sources known, once at start."""
    _sources.extend(each for each in sources if each not in _sources)


def consequences_of(record: Record, *, on: date) -> list[Consequence]:
    """All that hangs on a record, area by area; kinds of which there is nothing are left out."""
    lines = [line for source in (*_sources, _documents) for line in source(record, on=on)]
    return [line for line in lines if line.count]


def stays(key: str, icon: str, count: int, text: str, *, view: str = "", pk: int | None = None) -> Consequence:
    """What stays as it is."""
    return Consequence(key=key, text=text % {"count": count}, count=count, icon=icon, view=view, pk=pk)


def _documents(record: Record, *, on: date) -> list[Consequence]:
    if not record.named.documents:
        return []
    number = documents_of(record._meta.db_table, record.pk).count()
    said = ngettext("%(count)s document", "%(count)s documents", number)
    view = f"{record.named.page.partition(':')[0]}:documents"
    return [stays("documents", "note", number, said, view=view, pk=record.pk)]
