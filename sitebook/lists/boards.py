"""Boards: the rows of a list as cards in lanes. A lane is one value of one of the list's filters, so that what it holds
and counts is what the list shows at that filter (docs/decisions/boards.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.template import engines
from django.utils.text import slugify
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from sitebook.access.permissions import Permission
from sitebook.basics import keyset
from sitebook.lists.cells import Badge, Draw, Link
from sitebook.lists.columns import Column
from sitebook.lists.tables import Table, TablePage
from sitebook.ui.filters import Filter, Words
from sitebook.ui.listing import AFTER, COUNTED, PLACES, Asked, Count

CARDS, LANES = 20, 12
"""So many cards a lane shows at once, and so many lanes a board whose lanes are records."""
LATEST_FIRST = "-changed"
# What the address of a board says beside the list's filters: the grouping, one lane alone, the lanes after a record.
BY, LANE, LANES_AFTER = "by", "lane", "lanes"
_NOT_OF_THE_LIST = (BY, LANE, LANES_AFTER, "part", "sort", "columns", "view", *PLACES)


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a card says, by the keys of the list's columns. ``title``: the first of these that says something;
    ``lines``: what stands side by side in each; ``badge``: a column whose usual value is not worth a badge; ``code``:
    the title is a number or reference."""

    title: Sequence[str]
    lines: Sequence[Sequence[str]]
    badge: str = ""
    code: bool = False

    @property
    def reads(self) -> list[str]:
        return [*self.title, *(key for line in self.lines for key in line), *([self.badge] if self.badge else ())]


@dataclass(frozen=True, kw_only=True)
class Lanes:
    """Lanes that stand for records: ``records`` by their ``name_key``, values of the filter ``first`` and ``last``."""

    records: QuerySet[Any]
    first: Sequence[str] = ()
    last: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Moved:
    """``said``: what was done, in a sentence; ``undo``: the address that takes it back when it is posted to."""

    said: str
    undo: str = ""


@dataclass(frozen=True, kw_only=True)
class Board:
    """One way to lay out a list.

    filter: whose values are the lanes. tones: of the lanes. lanes: where they are not the filter's choices but records:
    from the rows that the list's other filters leave, the day, None for today, and who asks. needs: who may move cards.
    reach: the lanes a record can be moved to, where that is a short list. What a move means is one of two: ``move``,
    the act, which raises Refused where it cannot be done; or ``form``, the address of the form of an act that shows
    first what it touches, "" for the lane when it is still to be chosen there.
    """

    key: str
    label: Words
    filter: str
    card: Card
    needs: Permission
    tones: Mapping[str, str] = field(default_factory=dict)
    lanes: Callable[[QuerySet[Any], date | None, Any], Lanes] | None = None
    reach: Callable[[Any], Collection[str]] | None = None
    move: Callable[[Any, str, Any, date], Moved] | None = None
    form: Callable[[Any, str, date], str] | None = None


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One lane. ``url``: of the board with this lane alone; ``list_url``: of the list of what it holds; ``page``: its
    cards, None until they are asked for."""

    key: str
    label: str
    tone: str
    url: str
    list_url: str
    page: TablePage | None = None
    cards: Markup | str = ""

    @property
    def anchor(self) -> str:
        return f"lane-{slugify(self.key)}"

    @property
    def more_url(self) -> str:
        after = self.page.next_url if self.page else ""
        return f"{self.url}&{AFTER}={QueryDict(after.partition('?')[2])[AFTER]}" if after else ""


class BoardPage(Asked):
    """A board as an address asks for it; its lanes hold no cards, for each is asked for by itself.

    ``to``: what stands before and after the number of a record in the address that moves its card, None where nothing
    can be moved. ``view``: the page of a record.
    """

    def __init__(
        self,
        board: Board,
        table: Table,
        params: QueryDict,
        path: str,
        *,
        list_path: str,
        rows: QuerySet[Any],
        view: str,
        to: tuple[str, str] | None,
        on: date | None,
        user: Any,
    ) -> None:
        self.board, self.table, self.list_path, self.view, self.to = board, table.whole(), list_path, view, to
        self.on, self.user = on, user
        self.alone, self.lanes_after = params.get(LANE, ""), params.get(LANES_AFTER, "")
        self.after = params.get(AFTER, "")
        super().__init__(self.table, _without(params, LANE, LANES_AFTER, "part", AFTER), path)
        self.notices += self.table.gone(self.params)
        self.all_rows = rows
        self.rows = self.narrow(rows)

    @cached_property
    def filter(self) -> Filter:
        return next(each for each in self.table.filters if each.key == self.board.filter)

    @cached_property
    def count(self) -> Count:
        """How many cards there are in all lanes."""
        counted = self.rows.order_by().values("pk")[: self.table.cap + 1].count()
        return Count(min(counted, self.table.cap), counted <= self.table.cap)

    @property
    def count_url(self) -> str:
        """The list of the same with all of it counted, "" where that is known."""
        return "" if self.count.exact else self.list_address(**{COUNTED: "all"})

    def lane(self, key: str) -> Lane | None:
        """One lane with its cards; None where there is no such lane."""
        if not self.filter.knows(key):
            return None
        found = self._lane(key)
        asked = _without(self.params, *_NOT_OF_THE_LIST, self.board.filter)
        asked[self.board.filter] = key
        asked["columns"] = ",".join(self.board.card.reads)
        if self.after:
            asked[AFTER] = self.after
        page = replace(self.table, order=LATEST_FIRST, size=CARDS, counted_first=True).page(
            asked, self.path, self.all_rows
        )
        draw = card_drawer(self.board, page.columns, view=self.view, to=self.to)
        cards = Markup("\n".join([draw(row) for row in page.rows]))  # noqa: S704 - every part is escaped
        return replace(found, page=page, cards=cards)

    def _lane(self, key: str, label: str = "") -> Lane:
        return Lane(
            key=key,
            label=label or self.filter.chip([key]).value,
            tone=self.board.tones.get(key, "idle"),
            url=self.url(**{LANE: key}),
            list_url=self.list_address(**{self.board.filter: key}),
        )

    def list_address(self, **changes: str) -> str:
        """The list with the same filters, and these."""
        kept = _without(self.params, BY, *PLACES, *changes)
        kept.update(changes)
        return f"{self.list_path}?{kept.urlencode()}" if kept else self.list_path

    @cached_property
    def lanes(self) -> list[Lane]:
        """The lanes of this page of the board, without cards."""
        chosen = self.chosen.get(self.board.filter)
        if self._found is None:
            keys = chosen or [str(key) for key, _label in self.filter.options()]
            return [self._lane(key) for key in keys]
        found, records, more = self._found
        lanes = [self._lane(str(each.pk), str(each)) for each in records]
        first = [] if self.lanes_after else [self._lane(key) for key in found.first]
        last = [] if more else [self._lane(key) for key in found.last]
        return [*first, *lanes, *last]

    @cached_property
    def more_lanes_url(self) -> str:
        """The next lanes, where lanes are records and there are more of them."""
        return self.url(**{LANES_AFTER: self._found[2]}) if self._found and self._found[2] else ""

    @cached_property
    def _found(self) -> tuple[Lanes, list[Any], str] | None:
        """The records whose lanes these are, and where the next ones begin; None where lanes are no records."""
        if self.board.lanes is None or self.board.filter in self.chosen:
            return None
        found = self.board.lanes(self.rows, self.on, self.user)
        records, keys = found.records, keyset.keys_for(found.records, ["name_key"])
        if self.lanes_after:
            try:
                values, _before = keyset.read(self.lanes_after, LANES_AFTER, records, keys)
                records = keyset.beyond(records, keys, values)
            except keyset.CursorError:
                self.lanes_after = ""
                self.notices.append(_("The page in the address is not one of this board: this is the first."))
        read = list(keyset.ordered(records, keys)[: LANES + 1])
        more = len(read) > LANES
        return found, read[:LANES], keyset.write(read[LANES - 1], keys, sort=LANES_AFTER, before=-1) if more else ""


def _without(params: QueryDict, *names: str) -> QueryDict:
    kept = params.copy()
    for name in names:
        kept.pop(name, None)
    return kept


def card_drawer(board: Board, columns: Sequence[Column], *, view: str, to: tuple[str, str] | None) -> Draw:
    """What draws the card of a row; what is the same on all cards is prepared once."""
    known = {each.key: each for each in columns}
    titles = [known[key].text for key in board.card.title if key in known]
    lines = [[known[key].text for key in line if key in known] for line in board.card.lines]
    badge = _badge(known.get(board.card.badge))
    before, after = Link(view=view).url()
    code = ' class="code"' if board.card.code else ""
    move, icon = escape(_("Move %(name)s")), str(engines["jinja2"].env.globals["c"].icon("route"))  # type: ignore[attr-defined]
    way = None if to is None else (str(escape(to[0])), str(escape(to[1])))

    def draw(row: Any) -> str:
        title = escape(next((said for say in titles if (said := say(row))), ""))
        link = f'<a{code} href="{before}{row.pk:d}{after}">{title}</a>'
        moves = ""
        if way:
            moves = _move_link(f"{way[0]}{row.pk:d}{way[1]}", move % {"name": title}, icon)
        texts = [" · ".join(filter(None, [say(row) for say in line])) for line in lines]
        paragraphs = "".join([f"<p>{escape(text)}</p>" for text in texts if text])
        return f'<li class="card"><div class="title">{link}<span>{badge(row)}{moves}</span></div>{paragraphs}</li>'

    return draw


def _badge(column: Column | None) -> Draw:
    """A badge, where a row does not say what most rows say."""
    if column is None or not isinstance(column.cell, Badge):
        return lambda row: ""
    of, bare, draw = column.cell.of, column.cell.bare, column.cell.inside(column)
    return lambda row: "" if of(row) == bare else draw(row)


def _move_link(address: str, label: str, icon: str) -> str:
    return f'<a class="move" href="{address}" data-move data-dialog aria-label="{label}" title="{label}">{icon}</a>'
