"""Declarative lists: columns, text filter, filters, several sorts, paging. The address bar holds the whole state.

A list says what it shows once; a view hands it what the address asks and a QuerySet and gets a page ready for the
components ``toolbar``, ``listing`` and ``pager``. Access is the database's matter: nothing here filters by it."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from sitebook.basics import keyset
from sitebook.ui.filters import Chip, Filter, Words
from sitebook.ui.formats import number

SORTS = 3
# With this in the address the filter menu holds the choices that are read from records, too.
CHOICES = "choices"
# With this in the address all rows that match are counted, however many.
COUNTED = "count"
# Which page of the list an address names: the one after or before a row, the last one, or the one that begins ``from``
# what is typed, in the column by which the list is sorted.
AFTER, BEFORE, LAST, FROM = PLACES = ("after", "before", "last", "from")
# The number of the first row of a page that was jumped to.
UNKNOWN = 0


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

    @property
    def classes(self) -> str:
        return f"n {self.look}".strip() if self.numeric else self.look


class Sort(NamedTuple):
    column: Column
    descending: bool

    def turned(self) -> "Sort":
        return Sort(self.column, not self.descending)


class Heading(NamedTuple):
    """A column's head on one page: where a click and a Shift-click lead, which sort it is now."""

    column: Column
    url: str = ""
    also_url: str = ""
    direction: str = ""
    rank: int = 0


class Count(NamedTuple):
    """How many rows match: exact up to the cap, beyond it only "more than"."""

    number: int
    exact: bool

    def __str__(self) -> str:
        return number(self.number) if self.exact else number(self.number) + "+"


@dataclass(frozen=True, kw_only=True)
class Listing:
    """``order``: the sort when the address names none, as in the address (``-changed,name``).
    ``search``: narrows a QuerySet by the typed text. ``counted_first``: the order has an index whatever is filtered;
    where more rows match than are counted, they are read by it."""

    columns: Sequence[Column]
    order: str
    search: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    filters: Sequence[Filter] = ()
    size: int = 50
    cap: int = 1_000
    counted_first: bool = False

    def asked(self, params: QueryDict) -> "Asked":
        """What an address asks for, without any rows."""
        return Asked(self, params)

    def page(self, params: QueryDict, path: str, rows: QuerySet[Any]) -> "Page":
        """The page an address asks for: ``params`` is its query, ``path`` what stands before. What the address gets
        wrong is left out and said in ``notices``."""
        return Page(self, params, path, rows)


class Asked:
    """What an address asks of a list, and addresses that differ from it in one thing. Reads none of the rows."""

    def __init__(self, listing: Listing, params: QueryDict, path: str = "") -> None:
        self.listing, self.params, self.path = listing, _of_this_time(params), path
        self.menu_is_whole, self.counts_all = CHOICES in params, COUNTED in params
        self.notices: list[str] = []
        self.query = self.params.get("q", "").replace("\0", "").strip()[:200]
        self.chosen = {each.key: values for each in listing.filters if (values := self._values(each))}
        self.sorts = self._sorts(self.params.get("sort", "")) or self._sorts(listing.order)

    @cached_property
    def hidden(self) -> list[tuple[str, str]]:
        """What the toolbar's form carries along."""
        return self.carried()

    @cached_property
    def controls(self) -> list[tuple[Filter, list[str]]]:
        """Each filter of the filter menu with what is chosen now."""
        return [(each, self.chosen.get(each.key, [])) for each in self.listing.filters if each.control]

    @cached_property
    def menu_url(self) -> str:
        """The same page with what its menus offer, "" when it has that."""
        return "" if self.menu_is_whole else self.url(**{CHOICES: "all"})

    @cached_property
    def narrowed(self) -> bool:
        return bool(self.chips or self.query)

    @cached_property
    def clear_url(self) -> str:
        """The same without any filter."""
        return self.url(q=None, **{each.key: None for each in self.listing.filters})

    @cached_property
    def chips(self) -> list[tuple[Chip, str]]:
        """Each filter in force with the address without it."""
        used = [each for each in self.listing.filters if each.key in self.chosen]
        return [(each.chip(self.chosen[each.key]), self.url(**{each.key: None})) for each in used]

    def _values(self, each: Filter) -> list[str]:
        written = list(dict.fromkeys(filter(None, self.params.getlist(each.key))))
        written = written if each.several else written[-1:]
        good = [value for value in written if each.knows(value)]
        bad = [{"name": each.label, "value": value} for value in written if value not in good]
        self.notices += [_("The filter %(name)s does not know “%(value)s”.") % words for words in bad]
        return good

    def _sorts(self, text: str) -> list[Sort]:
        sortable = {column.key: column for column in self.listing.columns if column.sort}
        found: dict[str, Sort] = {}
        for part in filter(None, text.split(",")):
            key = part.removeprefix("-")
            if key in sortable:
                found.setdefault(key, Sort(sortable[key], part.startswith("-")))
            else:
                self.notices.append(_("This list cannot be sorted by “%(name)s”.") % {"name": key})
        return list(found.values())[:SORTS]

    def order_names(self) -> list[str]:
        return [f"-{name}" if sort.descending else name for sort in self.sorts for name in sort.column.sort]

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.query and self.listing.search:
            queryset = self.listing.search(queryset, self.query)
        for each in self.listing.filters:
            if each.key in self.chosen or each.always:
                queryset = each.narrow(queryset, self.chosen.get(each.key, []))
        return queryset

    def place(self, queryset: QuerySet[Any], keys: list[keyset.Key], name: str) -> tuple[list[Any], int] | None:
        cursor = self.params.get(name)
        if not cursor:
            return None
        try:
            return keyset.read(cursor, _written(self.sorts), queryset, keys)
        except keyset.CursorError:
            self.notices.append(_("The page in the address is not one of this list: this is the first."))
            return None

    def heading(self, column: Column) -> Heading:
        if not column.sort:
            return Heading(column)
        rank = next((rank for rank, sort in enumerate(self.sorts, 1) if sort.column is column), 0)
        now = self.sorts[rank - 1] if rank else Sort(column, not column.first_descending)
        alone = now.turned() if rank < 2 else now
        also = [sort.turned() if sort is now else sort for sort in self.sorts]
        if not rank:
            also = [*self.sorts[: SORTS - 1], alone]
        direction = ("descending" if now.descending else "ascending") if rank else ""
        shown = rank if len(self.sorts) > 1 else 0
        return Heading(column, self.url(sort=_written([alone])), self.url(sort=_written(also)), direction, shown)

    def carried(self) -> list[tuple[str, str]]:
        """What the toolbar's form must carry along: everything it does not ask for itself."""
        asked_by_form = {"q", *PLACES, *(each.key for each in self.listing.filters if each.control)}
        return [(key, value) for key, values in self.params.lists() if key not in asked_by_form for value in values]

    def carried_all(self, *but: str) -> list[tuple[str, str]]:
        """The whole address but its page, and but these."""
        return [(key, value) for key, values in self.params.lists() if key not in (*PLACES, *but) for value in values]

    def at(self, name: str, row: Any, keys: list[keyset.Key], before: int) -> str:
        return self.url(**{name: keyset.write(row, keys, sort=_written(self.sorts), before=before)})

    def url(self, **changes: str | None) -> str:
        """This address with some parameters changed (None takes one away), always without a page."""
        pairs = self.carried_all(*changes)
        pairs += [(key, value) for key, value in changes.items() if value is not None]
        text = urlencode(pairs, quote_via=quote, safe=",")
        return f"{self.path}?{text}" if text else self.path


def _of_this_time(params: QueryDict) -> QueryDict:
    """An address without what it asks for once, which no address that follows from it carries along."""
    if CHOICES in params or COUNTED in params:
        params = params.copy()
        for name in (CHOICES, COUNTED):
            params.pop(name, None)
    return params


class Page(Asked):
    """One page of a list, complete: rendering it asks the database nothing but what its filters' values are called.
    ``count_url``: the same list with all its rows counted, "" when they are."""

    def __init__(self, listing: Listing, params: QueryDict, path: str, rows: QuerySet[Any]) -> None:
        super().__init__(listing, params, path)
        queryset = self.narrow(rows)
        keys = keyset.keys_for(queryset, self.order_names())
        known = self._counted(queryset, whole=False) if listing.counted_first else None
        with keyset.by_index() if known and not known.exact else nullcontext():
            self.rows, self.first, more_before, more_after = self._rows(queryset, keys)
        self.count = known or self._counted(queryset, whole=not (more_before or more_after))
        if self.first == UNKNOWN and self.count.exact and not more_after:
            self.first = self.count.number - len(self.rows) + 1
        self.last = self.first + len(self.rows) - 1 if self.first else UNKNOWN
        self.first_url = self.url() if more_before else ""
        self.last_url = self.url(**{LAST: "yes"}) if more_after else ""
        self.jumps = (more_before or more_after) and keyset.jumps(queryset.model, keys[0])
        self.count_url = "" if self.count.exact else self.url(**{COUNTED: "all"})
        self.previous_url = self.at(BEFORE, self.rows[0], keys, self.first - 1) if more_before else ""
        self.next_url = self.at(AFTER, self.rows[-1], keys, self.last or -1) if more_after else ""
        self.headings = [self.heading(column) for column in listing.columns]

    def read(self, queryset: QuerySet[Any], keys: list[keyset.Key]) -> list[Any]:
        """The rows of the page, with what ``keys`` are read from."""
        return list(queryset)

    def _counted(self, queryset: QuerySet[Any], *, whole: bool) -> Count:
        """How many rows match; of a page that holds them ``whole`` nothing is asked."""
        if whole:
            return Count(len(self.rows), exact=True)
        if self.counts_all:
            return Count(queryset.order_by().values("pk").count(), exact=True)
        counted = queryset.order_by().values("pk")[: self.listing.cap + 1].count()
        return Count(min(counted, self.listing.cap), counted <= self.listing.cap)

    def _rows(self, queryset: QuerySet[Any], keys: list[keyset.Key]) -> tuple[list[Any], int, bool, bool]:
        """Rows, the number of the first, whether there are rows before and after. A page with nothing on it, and one
        that going back would leave half full, is the first page instead."""
        size, start = self.listing.size, self.params.get(FROM, "").replace("\0", "").strip()[:60]
        back = BEFORE in self.params and AFTER not in self.params
        place = self.place(queryset, keys, BEFORE if back else AFTER)
        if place is not None:
            values, before = place
            rows, more = self._some(keyset.beyond(queryset, keys, values, backwards=back), keys, back=back)
            if back and more:
                return rows, max(1, before - size + 1) if before >= 0 else UNKNOWN, True, True
            if rows and not back:
                return rows, before + 1, True, more
        elif start and (found := keyset.starting(queryset, keys[0], start)) is not None:
            rows, more = self._some(found, keys)
            return (rows, UNKNOWN, True, more) if rows else self._last(queryset, keys)
        elif LAST in self.params:
            return self._last(queryset, keys)
        rows, more = self._some(queryset, keys)
        return rows, 1, False, more

    def _last(self, queryset: QuerySet[Any], keys: list[keyset.Key]) -> tuple[list[Any], int, bool, bool]:
        rows, more = self._some(queryset, keys, back=True)
        return rows, UNKNOWN if more else 1, more, False

    def _some(self, queryset: QuerySet[Any], keys: list[keyset.Key], *, back: bool = False) -> tuple[list[Any], bool]:
        """The first rows in this order, or the last ones, and whether there are more."""
        size = self.listing.size
        rows = self.read(keyset.ordered(queryset, keys, backwards=back)[: size + 1], keys)
        return rows[:size][::-1] if back else rows[:size], len(rows) > size


def _written(sorts: Sequence[Sort]) -> str:
    return ",".join(f"-{sort.column.key}" if sort.descending else sort.column.key for sort in sorts)
