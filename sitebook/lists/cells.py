"""How a cell looks on a page, as data of its column: a link, a badge, a telephone number. What it says in files and for
programs is the column's value; ``Look.inside`` makes what says the same to a reader."""

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
Draw = Callable[[Any], str]
"""Draws something of a row as HTML, in which all that the row says is escaped. Made once a page."""
_PK = attrgetter("pk")


class Said(Protocol):
    """A column, as far as a cell needs to know it."""

    @property
    def classes(self) -> str: ...

    @property
    def labelled(self) -> str: ...

    @property
    def cell(self) -> Look: ...

    def text(self, row: Any) -> str: ...


def drawer(columns: Sequence[Said]) -> Draw:
    """What draws the cells of a row, the first of which names it."""
    cells = [_cell(column, naming=place == 0) for place, column in enumerate(columns)]
    return lambda row: "".join([draw(row) for draw in cells])


def rows_drawer(columns: Sequence[Said], *, select: str = "") -> Draw:
    """What draws whole rows. ``select``: the id of the form that takes those that are ticked, "" for no boxes."""
    cells = drawer(columns)
    if not select:
        return lambda row: f"<tr>{cells(row)}</tr>"
    form, label, name = escape(select), str(escape(_("Select %(name)s"))), columns[0].text

    def draw(row: Any) -> str:
        said = label % {"name": escape(name(row))}
        box = f'<input type="checkbox" name="pick" value="{row.pk:d}" form="{form}" aria-label="{said}">'
        return f'<tr><td class="pick">{box}</td>{cells(row)}</tr>'

    return draw


def _cell(column: Said, *, naming: bool) -> Draw:
    tag, closing = ('th scope="row"', "</th>") if naming else (f'td data-label="{escape(column.labelled)}"', "</td>")
    opening, own = f'<{tag} class="', str(escape(column.classes))
    inside, around = column.cell.inside(column), column.cell.around()
    if around is None:
        whole = f'{opening}{_classes(own, column.cell.also)}">'
        return lambda row: f"{whole}{inside(row)}{closing}"

    def draw(row: Any) -> str:
        classes, more = around(row)
        return f'{opening}{_classes(own, classes)}"{more}>{inside(row)}{closing}'

    return draw


def _classes(own: str, also: str) -> str:
    return " ".join(filter(None, (own, escape(also))))


@cache
def _around(view: str, _prefix: str) -> tuple[str, str]:
    """What stands before and after the id in the addresses of a page: a list has many of them."""
    before, _zero, after = reverse(view, args=[0]).rpartition("0")
    return str(escape(before)), str(escape(after))


@dataclass(frozen=True, kw_only=True)
class Look:
    """Plain text. ``also``: classes of the cell besides the column's. ``reads``: the names its functions read of a row,
    as a column says them; a page whose cells do not say reads whole records."""

    also: str = ""
    reads: tuple[str, ...] = ()

    def needs(self) -> tuple[str, ...] | None:
        """What is read of a row; None where a function does not say."""
        if self.reads:
            return self.reads
        asked = [each for each in vars(self).values() if callable(each)]
        if not all(isinstance(each, attrgetter) for each in asked):
            return None
        return tuple(name.replace(".", "__") for each in asked for name in each.__reduce__()[1])

    def inside(self, column: Said) -> Draw:
        """What draws the inside of the cell."""
        text = column.text
        return lambda row: escape(text(row))

    def around(self) -> Callable[[Any], tuple[str, str]] | None:
        """What says further classes and attributes of a row's cell; None where all rows have the same."""
        return None


PLAIN = Look()


@dataclass(frozen=True, kw_only=True)
class Muted(Look):
    """Text in the background, ``when`` the row says so."""

    when: Of

    def inside(self, column: Said) -> Draw:
        text, when = column.text, self.when
        return lambda row: _muted(text(row)) if when(row) else escape(text(row))


@dataclass(frozen=True, kw_only=True)
class Link(Look):
    """To the page ``view`` of the record with the id ``of``; plain where there is none. ``query``: what the address
    ends in. ``muted``: when what is said there is no record at all, ``nothing`` in place of no words."""

    view: str
    of: Of = _PK
    query: str = ""
    muted: Of | None = None
    nothing: Words = ""

    def url(self) -> tuple[str, str]:
        """What stands before and after the id in the address, as HTML."""
        before, after = _around(self.view, get_script_prefix())
        return before, after + str(escape(self.query))

    def inside(self, column: Said) -> Draw:
        text, of, muted, (before, after) = column.text, self.of, self.muted, self.url()

        def draw(row: Any) -> str:
            pk = of(row)
            if pk is not None:
                return f'<a href="{before}{pk:d}{after}">{escape(text(row))}</a>'
            said = text(row) or str(self.nothing)
            return _muted(said) if muted and muted(row) else escape(said)

        return draw


@dataclass(frozen=True, kw_only=True)
class Name(Link):
    """What the row is called, with a link to its page. ``small``: a word beside it."""

    small: Of | None = None

    def inside(self, column: Said) -> Draw:
        text, of, small, (before, after) = column.text, self.of, self.small, self.url()

        def draw(row: Any) -> str:
            said = escape(text(row))
            shown = f'<a href="{before}{of(row):d}{after}" title="{said}">{said}</a>'
            if small and (word := small(row)):
                shown = f'{shown} <small class="muted">{escape(word)}</small>'
            return f"{shown} {_badge(_('Archived'), plain=True)}" if getattr(row, "archived_at", None) else shown

        return draw


@dataclass(frozen=True, kw_only=True)
class Stamp(Link):
    """The day of a moment with a link to the record's history; its title says the rest."""

    at: Callable[[Any], datetime]

    def inside(self, column: Said) -> Draw:
        of, at, title, (before, after) = self.of, self.at, escape(_("History")), self.url()
        return lambda row: f'<a href="{before}{of(row):d}{after}" title="{title}">{formats.date_(at(row))}</a>'


@dataclass(frozen=True, kw_only=True)
class Amount(Link):
    """A number with a link to what is counted, and its noun for phones: of ``one``, and of ``many``."""

    number: Callable[[Any], int]
    one: Words
    many: Words

    def inside(self, column: Said) -> Draw:
        text, number, linked = column.text, self.number, super().inside(column)
        return lambda row: linked(row) if number(row) else escape(text(row))

    def around(self) -> Callable[[Any], tuple[str, str]]:
        number, one, many = self.number, escape(self.one), escape(self.many)
        return lambda row: ("" if number(row) else "zero", f' data-unit="{one if number(row) == 1 else many}"')


@dataclass(frozen=True, kw_only=True)
class Badge(Look):
    """``tones`` by what ``of`` says, ``tone`` of all others; without any tone there is no badge. ``bare``: which of
    them is only coloured. ``short``: words that are shorter than the column's."""

    of: Of
    tones: Mapping[str, str]
    tone: str = ""
    bare: str = ""
    short: Mapping[str, Words] = field(default_factory=dict)

    def inside(self, column: Said) -> Draw:
        text, of, drawn = column.text, self.of, cache(self._drawn)
        return lambda row: drawn(of(row), text(row))

    def _drawn(self, key: str, text: str) -> str:
        tone, said = self.tones.get(key, self.tone), str(self.short.get(key, "")) or text
        return _badge(said, tone, bare=key == self.bare) if tone and said else ""


@dataclass(frozen=True, kw_only=True)
class Phone(Look):
    """The first of several telephone numbers, to call."""

    of: Of

    def inside(self, column: Said) -> Draw:
        def draw(row: Any) -> str:
            numbers = [each["number"] for each in self.of(row)[:1]]
            shown = [f'<a href="tel:{escape(each)}">{escape(formats.phone(each))}</a>' for each in numbers]
            return "".join(shown)

        return draw


@dataclass(frozen=True, kw_only=True)
class Email(Look):
    """The first of several addresses, to write to."""

    of: Of

    def inside(self, column: Said) -> Draw:
        def draw(row: Any) -> str:
            addresses = [escape(each["address"]) for each in self.of(row)[:1]]
            return "".join(f'<a href="mailto:{each}">{each}</a>' for each in addresses)

        return draw


def _muted(text: str) -> str:
    return f'<span class="muted">{escape(text)}</span>'


def _badge(label: str, tone: str = "idle", **options: bool) -> str:
    """As the component draws it."""
    badge: Markup = engines["jinja2"].env.globals["c"].badge(label, tone, **options)  # type: ignore[attr-defined]
    return str(badge)
