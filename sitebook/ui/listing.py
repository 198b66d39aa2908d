"""Declarative lists: columns, text filter, filters, several sorts, paging. The address bar holds the whole state.

A list says what it shows once; a view hands it the request and a QuerySet and gets a page ready for the
components ``toolbar``, ``listing`` and ``pager``. Access is the database's matter: nothing here filters by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from sitebook.ui import keyset
from sitebook.ui.filters import Chip, Filter, Words
from sitebook.ui.formats import number

SORTS = 3
LONGEST_SEARCH = 200


@dataclass(frozen=True, kw_only=True)
class Column:
    """``sort``: the field names the column orders by, none when it cannot. ``look``: classes of the cells
    (``grow``, ``p2`` and ``p3`` leave first, ``l1 l2 r1 r2`` are its place on a phone)."""

    key: str
    label: Words
    sort: tuple[str, ...] = ()
    numeric: bool = False
    look: str = ""
    first_descending: bool = False

    def orders(self, *, descending: bool) -> list[str]:
        return [f"-{name}" if descending else name for name in self.sort]


@dataclass(frozen=True)
class Heading:
    """A column's head on one page: where a click and a Shift-click lead, which sort it is now."""

    column: Column
    url: str = ""
    also_url: str = ""
    direction: str = ""
    rank: int = 0

    @property
    def classes(self) -> str:
        return " ".join(filter(None, ["n" if self.column.numeric else "", self.column.look]))


@dataclass(frozen=True)
class Count:
    """How many rows match: exact up to the cap, beyond it only "more than"."""

    number: int
    exact: bool

    def __str__(self) -> str:
        return number(self.number) if self.exact else number(self.number) + "+"


@dataclass(frozen=True)
class Narrowed:
    """A filter in force: its chip and the address without it."""

    chip: Chip
    url: str


@dataclass(frozen=True)
class Control:
    """A filter as the filter menu asks for it, with what is chosen now."""

    filter: Filter
    chosen: list[str]

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in self.filter.options()]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a list, complete: rendering it asks the database nothing."""

    rows: list[Any]
    headings: list[Heading]
    count: Count
    first: int
    query: str
    chips: list[Narrowed]
    controls: list[Control]
    hidden: list[tuple[str, str]]
    path: str
    clear_url: str
    previous_url: str = ""
    next_url: str = ""
    notices: list[str] = field(default_factory=list)

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def narrowed(self) -> bool:
        return bool(self.query or self.chips)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """``order``: the sort when the address names none, as in the address (``-changed,name``).
    ``search``: narrows a QuerySet by the typed text."""

    columns: Sequence[Column]
    order: str
    search: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    filters: Sequence[Filter] = ()
    size: int = 50
    cap: int = 10_000

    def page(self, request: HttpRequest, queryset: QuerySet[Any]) -> Page:
        """The page the address asks for. What the address gets wrong is left out and said in ``notices``."""
        asked = _Asked(self, request)
        queryset = asked.narrow(queryset)
        count = self._count(queryset)
        keys = keyset.keys_for(queryset, asked.order_names())
        rows, first, more_before, more_after = self._rows(asked, queryset, keys)
        previous_url = next_url = ""
        if more_before and rows:
            previous_url = asked.at("before", keyset.place_of(rows[0], keys, before=first - 1))
        if more_after and rows:
            next_url = asked.at("after", keyset.place_of(rows[-1], keys, before=first - 1 + len(rows)))
        return Page(
            rows=rows,
            headings=[asked.heading(column) for column in self.columns],
            count=count,
            first=first,
            query=asked.query,
            chips=asked.chips(),
            controls=[Control(each, asked.chosen.get(each.key, [])) for each in self.filters if each.control],
            hidden=asked.hidden(),
            path=request.path,
            clear_url=asked.cleared(),
            previous_url=previous_url,
            next_url=next_url,
            notices=asked.notices,
        )

    def _count(self, queryset: QuerySet[Any]) -> Count:
        counted = queryset.order_by().values("pk")[: self.cap + 1].count()
        return Count(min(counted, self.cap), counted <= self.cap)

    def _rows(
        self, asked: "_Asked", queryset: QuerySet[Any], keys: list[keyset.Key]
    ) -> tuple[list[Any], int, bool, bool]:
        """Rows, the number of the first, whether there are rows before and after."""
        back = "before" in asked.params and "after" not in asked.params
        place = asked.place(queryset, keys, "before" if back else "after")
        if place is not None:
            narrowed = keyset.beyond(queryset, keys, place.values, backwards=back)
            found = list(keyset.ordered(narrowed, keys, backwards=back)[: self.size + 1])
            rows, more = found[: self.size], len(found) > self.size
            if back and more:
                return rows[::-1], max(1, place.before - self.size + 1), True, True
            if rows and not back:
                return rows, place.before + 1, True, more
        found = list(keyset.ordered(queryset, keys)[: self.size + 1])
        return found[: self.size], 1, False, len(found) > self.size


class _Asked:
    """What the address asks of a list, and addresses that differ from it in one thing."""

    def __init__(self, listing: Listing, request: HttpRequest) -> None:
        self.listing, self.path, self.params = listing, request.path, request.GET
        self.notices: list[str] = []
        self.query = self.params.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
        self.chosen: dict[str, list[str]] = {}
        for each in listing.filters:
            good, bad = each.read(self.params.getlist(each.key))
            self.chosen |= {each.key: good} if good else {}
            self.notices += [
                _("The filter %(name)s does not know “%(value)s”.") % {"name": each.label or each.key, "value": value}
                for value in bad
                if value
            ]
        self.sorts = self._sorts(self.params.get("sort", "")) or self._sorts(listing.order)

    def _sorts(self, text: str) -> list[tuple[Column, bool]]:
        sortable = {column.key: column for column in self.listing.columns if column.sort}
        found: dict[str, tuple[Column, bool]] = {}
        for part in filter(None, text.split(",")):
            key = part.removeprefix("-")
            if key in sortable:
                found.setdefault(key, (sortable[key], part.startswith("-")))
            else:
                self.notices.append(_("This list cannot be sorted by “%(name)s”.") % {"name": key})
        return list(found.values())[:SORTS]

    @property
    def sort(self) -> str:
        return _sort_text(self.sorts)

    def order_names(self) -> list[str]:
        return [name for column, descending in self.sorts for name in column.orders(descending=descending)]

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.query and self.listing.search:
            queryset = self.listing.search(queryset, self.query)
        for each in self.listing.filters:
            values = self.chosen.get(each.key, [])
            if values or each.always:
                queryset = each.narrow(queryset, values)
        return queryset

    def place(self, queryset: QuerySet[Any], keys: list[keyset.Key], name: str) -> keyset.Place | None:
        text = self.params.get(name, "")
        if not text:
            return None
        try:
            return keyset.read(text, self.sort, queryset, keys)
        except keyset.BadCursor:
            self.notices.append(_("The page in the address is not one of this list: this is the first."))
            return None

    def heading(self, column: Column) -> Heading:
        if not column.sort:
            return Heading(column)
        mine = [(rank, down) for rank, (each, down) in enumerate(self.sorts, 1) if each is column]
        rank, down = mine[0] if mine else (0, not column.first_descending)
        turned = (column, not down)
        others = [turned if each is column else (each, d) for each, d in self.sorts]
        also = others if mine else [*self.sorts[: SORTS - 1], turned]
        return Heading(
            column,
            self._url(sort=_sort_text([turned if rank == 1 or not mine else (column, down)])),
            self._url(sort=_sort_text(also)),
            ("descending" if down else "ascending") if mine else "",
            rank if len(self.sorts) > 1 else 0,
        )

    def chips(self) -> list[Narrowed]:
        return [
            Narrowed(each.chip(self.chosen[each.key]), self._url(**{each.key: None}))
            for each in self.listing.filters
            if each.key in self.chosen
        ]

    def hidden(self) -> list[tuple[str, str]]:
        """What the toolbar's form must carry along: everything it does not ask for itself."""
        asked_by_form = {"q", "after", "before", *(each.key for each in self.listing.filters if each.control)}
        return [
            (key, value) for key, values in self.params.lists() if key not in asked_by_form for value in values
        ]

    def cleared(self) -> str:
        return self._url(q=None, **{each.key: None for each in self.listing.filters})

    def at(self, name: str, place: keyset.Place) -> str:
        return self._url(**{name: keyset.write(place, self.sort)})

    def _url(self, **changes: str | None) -> str:
        """This address with some parameters changed (None takes one away), always without a page."""
        params: QueryDict = self.params.copy()
        for key, value in {"after": None, "before": None, **changes}.items():
            params.pop(key, None)
            if value is not None:
                params[key] = value
        text = params.urlencode(safe=",-")
        return f"{self.path}?{text}" if text else self.path


def _sort_text(sorts: Sequence[tuple[Column, bool]]) -> str:
    return ",".join(f"-{column.key}" if descending else column.key for column, descending in sorts)
