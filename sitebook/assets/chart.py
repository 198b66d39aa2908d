"""The curve of a meter as points of a drawing: no library, no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sitebook.assets.meter_rules import thinned

WIDTH, HEIGHT, EDGE = 640, 120, 6
MOST = 120


@dataclass(frozen=True)
class Chart:
    """``line`` and ``area``: points of SVG; ``marks``: where a counter was exchanged, from the left."""

    line: str
    area: str
    marks: list[float]
    first: datetime
    last: datetime
    lowest: Decimal
    highest: Decimal
    width: int = WIDTH
    height: int = HEIGHT


def drawn(curve: Sequence[tuple[datetime, Decimal]], exchanges: Iterable[datetime]) -> Chart | None:
    """None for fewer than two points of different times."""
    if len(curve) < 2 or curve[0][0] == curve[-1][0]:
        return None
    first, last = curve[0][0], curve[-1][0]
    values = [value for _at, value in curve]
    lowest, highest = min(values), max(values)
    length, height = (last - first).total_seconds(), float(highest - lowest) or 1.0

    def across(at: datetime) -> float:
        return round((at - first).total_seconds() / length * WIDTH, 1)

    def down(value: Decimal) -> float:
        return round(HEIGHT - EDGE - float(value - lowest) / height * (HEIGHT - 2 * EDGE), 1)

    line = " ".join(f"{across(at)},{down(value)}" for at, value in thinned(curve, MOST))
    marks = [across(at) for at in exchanges if first < at < last]
    return Chart(line, f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}", marks, first, last, lowest, highest)
