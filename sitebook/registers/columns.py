"""Columns that the lists of several registers share, on the page and in files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sitebook.lists.cells import PLAIN, Email, Look, Phone, Stamp
from sitebook.lists.columns import Cell, Column
from sitebook.records.models import Record

Value = Callable[[Any], Cell]
# Files of all columns begin with these, as they always did: an import of such a file goes by their headings.
REACH = ("phone", "email")


def day_query(on: date | None) -> str:
    """What the address of a page of that day ends in."""
    return f"?on={on.isoformat()}" if on else ""


def plain_column(
    key: str, label: Any, *reads: str, value: Value | None = None, look: str = "p3", shown: bool = True, **rest: Any
) -> Column:
    """A column that says the first thing it reads, unless told otherwise."""
    return Column(
        key=key, label=label, look=look, value=value or attrgetter(reads[0]), shown=shown, reads=reads, **rest
    )


def field_column(kind: type[Record], name: str, *, shown: bool = False, **rest: Any) -> Column:
    """A column of one field under the field's own name, not shown unless asked for."""
    label = kind._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return plain_column(name, label, name, shown=shown, **rest)


def reach_column(name: str, *, look: str, shown: bool) -> Column:
    """All telephone numbers (``name``: ``phones``) or email addresses (``emails``) in files; pages show the first."""
    every = attrgetter(name)
    label, plural, kind, part = _REACH[name]

    def joined(row: Any) -> str:
        return join_entries(every(row), part)

    return plain_column(
        name[:-1], label, name, value=joined, look=look, shown=shown, file_label=plural, cell=kind(of=every)
    )


_REACH: dict[str, tuple[Any, Any, type[Phone | Email], str]] = {
    "phones": (_("Phone"), _("Phones"), Phone, "number"),
    "emails": (_("Email"), _("Emails"), Email, "address"),
}


def stamp_columns(look: str, *, changed_shown: bool, history: str = "") -> list[Column]:
    """When a row was changed last, with a link to its ``history``, and made: days in the user's zone."""
    cell = Stamp(view=history, at=attrgetter("updated_at")) if history else PLAIN

    def stamp(key: str, label: Any, name: str, *, shown: bool, cell: Look = PLAIN) -> Column:
        def day(row: Any) -> date:
            return timezone.localdate(getattr(row, name))

        return plain_column(
            key,
            label,
            name,
            value=day,
            sort=(name,),
            numeric=True,
            look=look,
            shown=shown,
            first_descending=True,
            cell=cell,
        )

    return [
        stamp("changed", _("Changed"), "updated_at", shown=changed_shown, cell=cell),
        stamp("created", _("Added"), "created_at", shown=False),
    ]


def in_words(name: str, choices: Sequence[tuple[str, Any]]) -> Value:
    """A choice in words; text that is none of the choices says nothing."""
    words, get = dict(choices), attrgetter(name)

    @cache
    def said(value: str, _language: str | None) -> str:
        return str(words.get(value, ""))

    return lambda row: said(get(row), get_language())


def join_entries(entries: Any, name: str) -> str:
    return ", ".join(each.get(name, "") for each in entries or [])
