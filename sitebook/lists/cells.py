"""How a cell looks on a page, as data of its column: a link, a badge, a telephone number. What it says in files and for
programs is the column's value; ``Look.inside`` says the same to a reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, Protocol

from django.template import engines
from django.urls import get_script_prefix, reverse
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


class Said(Protocol):
    """A column, as far as a cell needs to know it."""

    @property
    def classes(self) -> str: ...

    @property
    def labelled(self) -> str: ...

    @property
    def cell(self) -> Look: ...

    def text(self, row: Any) -> str: ...


def drawer(columns: Sequence[Said]) -> Callable[[Any], Markup]:
    """What draws the cells of a row, the first of which names it. What is the same in all rows is written once."""
    prepared = [(column, column.cell, *_frame(column, naming=place == 0)) for place, column in enumerate(columns)]

    def draw(row: Any) -> Markup:
        written = []
        for column, cell, opening, closing in prepared:
            classes, more = cell.classes(row), cell.more(row)
            also = f"{' ' if column.classes else ''}{escape(classes)}" if classes else ""
            written.append(f'{opening}{also}"{more}>{escape(cell.inside(column, row))}{closing}')
        return Markup("".join(written))  # noqa: S704 - every part is escaped

    return draw


def _frame(column: Said, *, naming: bool) -> tuple[str, str]:
    """A cell's tag up to its classes, and its end."""
    if naming:
        return f'<th scope="row" class="{escape(column.classes)}', "</th>"
    return f'<td data-label="{escape(column.labelled)}" class="{escape(column.classes)}', "</td>"


@cache
def _around(view: str, _prefix: str) -> tuple[str, str]:
    """What stands before and after the id in the addresses of a page: a list has many of them."""
    before, _zero, after = reverse(view, args=[0]).rpartition("0")
    return before, after


def _html(pattern: str, *parts: Any) -> Markup:
    """A pattern of this module with its parts, each escaped unless it is HTML: twice as fast as ``Markup.format``."""
    return Markup(pattern % tuple(map(escape, parts)))  # noqa: S704 - the parts are escaped


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
        before, after = _around(self.view, get_script_prefix())
        return f"{before}{pk}{after}{self.query}"

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
