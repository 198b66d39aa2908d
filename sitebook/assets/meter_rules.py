"""What readings of a counter mean: order, rollover, use. Plain values in and out, no database.

A counter is a dial that only goes forward and begins again at ``limit``. A reading that is lower than the one before it
has therefore passed the limit once; nothing else tells of it, so that a late or corrected reading moves no mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

ZERO = Decimal(0)
MUCH = 10
"""A use so many times the usual one is doubted."""


@dataclass(frozen=True)
class Point:
    """A reading that counts. ``key``: of whoever asks, to know it again."""

    at: datetime
    value: Decimal
    estimated: bool = False
    key: int = 0


@dataclass(frozen=True)
class Counter:
    """How a meter behaves. ``limit``: the first number its dial cannot show; None: it never begins again. A meter that
    is not ``counting`` goes up and down."""

    counting: bool = True
    limit: Decimal | None = None


class Misfit(Exception):
    """A reading that cannot be. ``code``: taken, falls, outside."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ordered(points: Iterable[Point]) -> list[Point]:
    return sorted(points, key=lambda point: point.at)


def falls(points: Sequence[Point]) -> int:
    """How often the dial passed its limit, by readings in order."""
    return sum(later.value < earlier.value for earlier, later in pairwise(points))


def admitted(points: Sequence[Point], new: Point, counter: Counter, *, rolled: bool = False) -> list[Point]:
    """The estimates that give way when a reading comes to those of its counter, whenever it was taken.

    ``rolled``: whoever read it says that the dial passed its limit. Raises Misfit.
    """
    if any(point.at == new.at for point in points):
        raise Misfit("taken")
    if not counter.counting:
        return []
    if new.value < 0 or (counter.limit is not None and new.value >= counter.limit):
        raise Misfit("outside")
    turns = _more_turns(points, new)
    if turns and (contradicted := _giving_way(points, new)) and not rolled:
        return contradicted
    if turns and (counter.limit is None or not rolled or turns > 1):
        raise Misfit("falls")
    return []


def _giving_way(points: Sequence[Point], new: Point) -> list[Point]:
    """The estimates without which a reading fits."""
    contradicted = [] if new.estimated else [point for point in points if point.estimated and _contradicts(point, new)]
    rest = [point for point in points if point not in contradicted]
    return [] if _more_turns(rest, new) else contradicted


def _more_turns(points: Sequence[Point], new: Point) -> int:
    return falls(ordered([*points, new])) - falls(ordered(points))


def _contradicts(estimate: Point, new: Point) -> bool:
    return estimate.value > new.value if estimate.at < new.at else estimate.value < new.value


def use(points: Sequence[Point], counter: Counter) -> Decimal:
    """What one counter counted from its first reading to its last; readings in order."""
    if len(points) < 2 or not counter.counting:
        return ZERO
    return points[-1].value - points[0].value + falls(points) * (counter.limit or ZERO)


def lifetime(spans: Iterable[Sequence[Point]], counter: Counter) -> Decimal:
    """What all counters of a meter counted together, each with its readings in order."""
    return sum((use(points, counter) for points in spans), ZERO)


def curve(spans: Iterable[Sequence[Point]], counter: Counter) -> list[tuple[datetime, Decimal]]:
    """The use up to each reading; of a meter that goes up and down, its values."""
    drawn: list[tuple[datetime, Decimal]] = []
    total = ZERO
    for points in spans:
        for place, point in enumerate(points):
            if place and counter.counting:
                total += use(points[place - 1 : place + 1], counter)
            drawn.append((point.at, total if counter.counting else point.value))
    return drawn


def pace(drawn: Sequence[tuple[datetime, Decimal]]) -> Decimal | None:
    """The use a day between the first and the last of these; None for less than an hour."""
    if len(drawn) < 2:
        return None
    days = Decimal((drawn[-1][0] - drawn[0][0]).total_seconds()) / 86_400
    return (drawn[-1][1] - drawn[0][1]) / days if days > Decimal(1) / 24 else None


def is_doubtful(
    before: Sequence[tuple[datetime, Decimal]], new: tuple[datetime, Decimal], *, most: Decimal | None
) -> bool:
    """Whether a reading tells of more than can well be: more than ``most`` a day, or without one ten times the usual.

    ``before``: the curve up to it.
    """
    if not before or (now := pace([before[-1], new])) is None:
        return False
    if most is not None:
        return now > most
    usual = pace(before) if len(before) > 2 else None
    return usual is not None and usual > 0 and now > MUCH * usual


def thinned(drawn: Sequence[tuple[datetime, Decimal]], most: int) -> list[tuple[datetime, Decimal]]:
    """At most ``most`` of them, evenly, with the first and the last."""
    if len(drawn) <= most:
        return list(drawn)
    return [drawn[round(place * (len(drawn) - 1) / (most - 1))] for place in range(most)]
