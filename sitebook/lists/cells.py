"""How a cell looks on a page, as data of its column: a link, a badge, a telephone number. What it says in files and for
programs is the column's value; ``Look.inside`` says the same to a reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Protocol

from django.template import engines
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from sitebook.ui import formats
from sitebook.ui.filters import Words

Of = Callable[[Any], Any]
"""What a row has to say of itself, such as ``attrgetter("pk")``."""
NOTHING = Markup("")
_PK = attrgetter("pk")
_LINK = '<a href="%s">%s</a>'
_TITLED = '<a href="%s" title="%s">%s</a>'
_MUTED = '<span class="muted">%s</span>'
_SMALL = '%s <small class="muted">%s</small>'
_NAMING = '<th scope="row" class="%s">%s</th>'
_CELL = '<td data-label="%s" class="%s"%s>%s</td>'


class Said(Protocol):
    """A column, as far as a cell needs to know it."""

    @property
    def classes(self) -> str: ...

    @property
    def labelled(self) -> str: ...

    @property
    def cell(self) -> Look: ...

    def text(self, row: Any) -> str: ...


def drawn(columns: Sequence[Said], row: Any) -> Markup:
    """The cells of a row; the first column names it."""
    first, *others = columns
    naming = _html(_NAMING, _classes(first, row), first.cell.inside(first, row))
    cells = [
        _html(_CELL, each.labelled, _classes(each, row), each.cell.more(row), each.cell.inside(each, row))
        for each in others
    ]
    return NOTHING.join([naming, *cells])


def _html(pattern: str, *parts: Any) -> Markup:
    """A pattern of this module with its parts, each escaped unless it is HTML: twice as fast as ``Markup.format``."""
    return Markup(pattern % tuple(map(escape, parts)))  # noqa: S704 - the parts are escaped


def _classes(column: Said, row: Any) -> str:
    return f"{column.classes} {column.cell.classes(row)}".strip()


@dataclass(frozen=True, kw_only=True)
class Look:
    """Plain text. ``also``: classes of the cell besides the column's."""

    also: str = ""

    def inside(self, column: Said, row: Any) -> str:
        return column.text(row)

    def classes(self, row: Any) -> str:
        return self.also

    def more(self, row: Any) -> Markup:
        """More attributes of the cell."""
        return NOTHING


PLAIN = Look()


@dataclass(frozen=True, kw_only=True)
class Muted(Look):
    """Text in the background, ``when`` the row says so."""

    when: Of

    def inside(self, column: Said, row: Any) -> str:
        return _html(_MUTED, column.text(row)) if self.when(row) else column.text(row)


@dataclass(frozen=True, kw_only=True)
class Link(Look):
    """To the page ``view`` of the record with the id ``of``; plain where there is none. ``query``: what the address
    ends in. ``muted``: when what is said there is no record at all, ``nothing`` in place of no words."""

    view: str
    of: Of = _PK
    query: str = ""
    muted: Of | None = None
    nothing: Words = ""

    def url(self, pk: Any) -> str:
        return reverse(self.view, args=[pk]) + self.query

    def inside(self, column: Said, row: Any) -> str:
        pk = self.of(row)
        if pk is not None:
            return _html(_LINK, self.url(pk), column.text(row))
        text = column.text(row) or str(self.nothing)
        return _html(_MUTED, text) if self.muted and self.muted(row) else text


@dataclass(frozen=True, kw_only=True)
class Name(Link):
    """What the row is called, with a link to its page. ``small``: a word beside it."""

    small: Of | None = None

    def inside(self, column: Said, row: Any) -> str:
        text = column.text(row)
        shown: str = _html(_TITLED, self.url(self.of(row)), text, text)
        if self.small and (word := self.small(row)):
            shown = _html(_SMALL, shown, word)
        archived = getattr(row, "archived_at", None)
        return _html("%s %s", shown, _badge(_("Archived"), plain=True)) if archived else shown


@dataclass(frozen=True, kw_only=True)
class Stamp(Link):
    """The day of a moment with a link to the record's history; its title says the rest."""

    at: Callable[[Any], datetime]

    def inside(self, column: Said, row: Any) -> str:
        return _html(_TITLED, self.url(self.of(row)), _("History"), formats.date_(self.at(row)))


@dataclass(frozen=True, kw_only=True)
class Amount(Link):
    """A number with a link to what is counted, and its noun for phones: of ``one``, and of ``many``."""

    number: Callable[[Any], int]
    one: Words
    many: Words

    def inside(self, column: Said, row: Any) -> str:
        return _html(_LINK, self.url(self.of(row)), column.text(row)) if self.number(row) else column.text(row)

    def classes(self, row: Any) -> str:
        return "" if self.number(row) else "zero"

    def more(self, row: Any) -> Markup:
        return _html(' data-unit="%s"', self.one if self.number(row) == 1 else self.many)


@dataclass(frozen=True, kw_only=True)
class Badge(Look):
    """``tones`` by what ``of`` says, ``tone`` of all others; without any tone there is no badge. ``bare``: which of
    them is only coloured. ``short``: words that are shorter than the column's."""

    of: Of
    tones: Mapping[str, str]
    tone: str = ""
    bare: str = ""
    short: Mapping[str, Words] = field(default_factory=dict)

    def inside(self, column: Said, row: Any) -> str:
        key = self.of(row)
        tone, text = self.tones.get(key, self.tone), str(self.short.get(key, "")) or column.text(row)
        return _badge(text, tone, bare=key == self.bare) if tone and text else NOTHING


@dataclass(frozen=True, kw_only=True)
class Phone(Look):
    """The first of several telephone numbers, to call."""

    of: Of

    def inside(self, column: Said, row: Any) -> str:
        numbers = [each["number"] for each in self.of(row)[:1]]
        return _html(_LINK, f"tel:{numbers[0]}", formats.phone(numbers[0])) if numbers else ""


@dataclass(frozen=True, kw_only=True)
class Email(Look):
    """The first of several addresses, to write to."""

    of: Of

    def inside(self, column: Said, row: Any) -> str:
        addresses = [each["address"] for each in self.of(row)[:1]]
        return _html(_LINK, f"mailto:{addresses[0]}", addresses[0]) if addresses else ""


def _badge(label: str, tone: str = "idle", **options: bool) -> Markup:
    """As the component draws it."""
    badge: Markup = engines["jinja2"].env.globals["c"].badge(label, tone, **options)  # type: ignore[attr-defined]
    return badge
