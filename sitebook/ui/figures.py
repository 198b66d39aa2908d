"""Parts of a whole, for the proportional bar and its legend."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

FLOOR = 0.9
"""Per cent of the bar the smallest part gets, so that 3 of 3,045 can still be seen."""


class Slice(NamedTuple):
    tone: str
    x: str
    width: str


def slices(parts: Iterable[Mapping[str, Any]]) -> list[Slice]:
    """Widths in per cent that add up to 100: small parts are lifted to the floor, the others give way in proportion."""
    shown = [
        (part.get("tone") or f"part-{min(place, 6)}", float(part["value"]))
        for place, part in enumerate(parts, start=1)
        if part["value"] > 0
    ]
    total = sum(value for _tone, value in shown)
    lifted = {place for place, (_tone, value) in enumerate(shown) if value / total * 100 < FLOOR}
    room = 100 - FLOOR * len(lifted)
    rest = sum(value for place, (_tone, value) in enumerate(shown) if place not in lifted)
    made, x = [], 0.0
    for place, (tone, value) in enumerate(shown):
        width = FLOOR if place in lifted else value / rest * room
        made.append(Slice(tone, f"{x:.2f}", f"{width:.2f}"))
        x += width
    return made


def share(value: float, total: float) -> str:
    """``45 %``; what is more than nothing never reads 0 %."""
    if not total:
        return _("%(number)s %%") % {"number": 0}
    percent = value / total * 100
    shown = "<1" if 0 < percent < 0.5 else ">99" if 99.5 <= percent < 100 else str(round(percent))
    return _("%(number)s %%") % {"number": shown}


FILTERS = {"slices": slices, "share": share}
