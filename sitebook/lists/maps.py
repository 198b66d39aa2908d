"""Maps: the rows of a list as numbers in the cells of a grid. A cell is a value of a filter of the list, so that what
it counts is what the list shows at that filter (docs/decisions/maps.md)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Avg, Count, F, Max, Min, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.lists.tables import Table
from sitebook.ui.filters import Chip, Filter, Words
from sitebook.ui.listing import COUNTED, PLACES, Asked
from sitebook.ui.listing import Count as Counted

BITS = 28
"""The side of the square world is two to the power of this."""
MOST, NEAREST = 400, 20
"""So many cells are shown at once; a cell is at least 1/2^20 of the world wide, some forty metres at the equator."""
# A cell is 64 pixels wide: at zoom 0 a map shows the world on 256.
FINER, WIDEST = 2, 5
SCREEN, CELL, NOWHERE = "screen", "cell", "none"
_CELL = re.compile(r"([0-9]{1,2})\.([0-9]{1,9})\.([0-9]{1,9})")
_SCREEN = re.compile(r"([0-9]{1,2})\.([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})")


class Cell(NamedTuple):
    """A square of the grid of ``level``: so many halvings of the world."""

    level: int
    x: int
    y: int

    def __str__(self) -> str:
        return ".".join(map(str, self))

    @property
    def middle(self) -> tuple[float, float]:
        side = 1 << (BITS - self.level)
        return coordinates((self.x + 0.5) * side, (self.y + 0.5) * side)

    @classmethod
    def read(cls, text: str) -> Cell | None:
        """The cell that an address names; None where there is no such cell."""
        found = _CELL.fullmatch(text)
        made = cls(*map(int, found.groups())) if found else None
        fits = made and made.level <= NEAREST and max(made.x, made.y) < 1 << made.level
        return made if fits else None


def coordinates(x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude of a place in the square world."""
    side = 1 << BITS
    latitude = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / side))))
    return round(latitude, 6), round(x / side * 360 - 180, 6)


@dataclass(frozen=True, kw_only=True)
class Map:
    """How the records of a list lie on a map. x, y: the columns, by name, that hold where; site: the one that says at
    which site. called: name and town of sites by their ids."""

    x: str
    y: str
    site: str
    called: Callable[[Collection[int]], Mapping[int, tuple[str, str]]]


_ON_THE_MAP = lazy("On the map")


@dataclass(frozen=True)
class InCell(Filter):
    """What lies in a cell of the map, or nowhere on it. ``x``, ``y``: as of Map."""

    key: str = CELL
    label: Words = _ON_THE_MAP
    x: str = "map_x"
    y: str = "map_y"

    def knows(self, value: str) -> bool:
        return value == NOWHERE or Cell.read(value) is not None

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        cell = Cell.read(values[0])
        if cell is None:
            return queryset.filter(**{f"{self.x}__isnull": True})
        bits = BITS - cell.level
        box = (cell.x << bits, cell.y << bits, (cell.x + 1) << bits, (cell.y + 1) << bits)
        return _within(queryset, self.x, self.y, box)

    def chip(self, values: list[str]) -> Chip:
        cell = Cell.read(values[0])
        if cell is None:
            return Chip(str(self.label), "", _("nowhere"))
        latitude, longitude = cell.middle
        return Chip(str(self.label), _("around"), f"{latitude:.2f}, {longitude:.2f}")


def _within(rows: QuerySet[Any], x: str, y: str, box: tuple[int, int, int, int]) -> QuerySet[Any]:
    west, north, east, south = box
    asked = {f"{x}__gte": west, f"{x}__lt": east, f"{y}__gte": north, f"{y}__lt": south}
    return rows.filter(**asked)


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """What lies in one cell. ``url``: of the list of it; ``name``: of the one site it is at, else "" ; ``town``: of one
    of them."""

    number: int
    latitude: float
    longitude: float
    url: str
    name: str
    town: str

    @property
    def said(self) -> str:
        """Where it is, in words."""
        if self.name:
            return self.name
        return _("near %(town)s") % {"town": self.town} if self.town else f"{self.latitude:.2f}, {self.longitude:.2f}"


class MapPage(Asked):
    """A map as an address asks for it: the whole world, or ``screen``, the zoom and the edges of what it shows."""

    def __init__(
        self, shown: Map, table: Table, params: QueryDict, path: str, *, list_path: str, rows: QuerySet[Any]
    ) -> None:
        self.shown, self.list_path, self.table = shown, list_path, table.whole()
        super().__init__(self.table, params, path)
        self.notices += self.table.gone(self.params)
        self.screen = _screen(params.get(SCREEN, ""))
        self.rows = self.narrow(rows)

    @cached_property
    def count(self) -> Counted:
        """How many the list holds, on the map or not."""
        counted = self.rows.order_by().values("pk")[: self.table.cap + 1].count()
        return Counted(min(counted, self.table.cap), counted <= self.table.cap)

    @property
    def count_url(self) -> str:
        return "" if self.count.exact else self.list_address(**{COUNTED: "all"})

    @property
    def nowhere_url(self) -> str:
        """The list of those that are not on the map."""
        return self.list_address(**{CELL: NOWHERE})

    @cached_property
    def clusters(self) -> list[Cluster]:
        """The cells of what is on the screen, the largest first, at most MOST and one."""
        level, box = self.screen
        bits, map_ = BITS - level, self.shown
        found = (
            _within(self.rows, map_.x, map_.y, box)
            .order_by()
            .annotate(across=F(map_.x).bitrightshift(bits), down=F(map_.y).bitrightshift(bits))
            .values_list("across", "down")
            .annotate(number=Count("pk"), x=Avg(map_.x), y=Avg(map_.y), one=Min(map_.site), other=Max(map_.site))
            .order_by("-number", "across", "down")[: MOST + 1]
        )
        cells = list(found)
        called = self.shown.called([row[5] for row in cells])
        return [self._cluster(Cell(level, row[0], row[1]), row[2:], called) for row in cells]

    @property
    def more(self) -> bool:
        """Whether there are more cells than are shown."""
        return len(self.clusters) > MOST

    def _cluster(self, cell: Cell, found: Any, called: Mapping[int, tuple[str, str]]) -> Cluster:
        number, x, y, one, other = found
        name, town = called.get(one, ("", ""))
        latitude, longitude = coordinates(float(x), float(y))
        return Cluster(
            number=number,
            latitude=latitude,
            longitude=longitude,
            url=self.list_address(**{CELL: str(cell)}),
            name=name if one == other else "",
            town=town,
        )

    def list_address(self, **changes: str) -> str:
        """The list with the same filters, and these."""
        kept = self.params.copy()
        for name in (SCREEN, "view", *PLACES, *changes):
            kept.pop(name, None)
        kept.update(changes)
        return f"{self.list_path}?{kept.urlencode()}" if kept else self.list_path


def _screen(text: str) -> tuple[int, tuple[int, int, int, int]]:
    """The level of the grid and the edges of what is on the screen, where cells end: none is cut by the edge."""
    whole = 1 << BITS
    found = _SCREEN.fullmatch(text)
    if not found:
        return WIDEST, (0, 0, whole, whole)
    zoom, west, north, east, south = map(int, found.groups())
    level = min(zoom + FINER, NEAREST)
    side = 1 << (BITS - level)
    low = [max(0, each // side * side) for each in (west, north)]
    high = [min(whole, (each // side + 1) * side) for each in (east, south)]
    return level, (low[0], low[1], high[0], high[1])
