"""Parts of a whole, for the proportional bar and its legend."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

FLOOR = 0.9  # per cent of the bar for the smallest part, so that 3 of 3,045 can still be seen


def slices(parts: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Tone, start and width in per cent of each part that is more than nothing. They add up to 100: small ones are
    lifted to the floor, the others give way in proportion."""
    shown = [(part, f"part-{min(place, 6)}") for place, part in enumerate(parts, start=1) if part["value"] > 0]
    whole = sum(part["value"] for part, _tone in shown)
    small = [part for part, _tone in shown if part["value"] / whole * 100 < FLOOR]
    scale = (100 - FLOOR * len(small)) / max(whole - sum(part["value"] for part in small), 1e-9)
    made, x = [], 0.0
    for part, tone in shown:
        width = FLOOR if part in small else float(part["value"]) * scale
        made.append({"tone": part.get("tone") or tone, "x": f"{x:.2f}", "width": f"{width:.2f}"})
        x += width
    return made


def share(value: float, total: float) -> str:
    """``45 %``; what is more than nothing never reads 0 %."""
    if not total:
        return _("%(number)s %%") % {"number": 0}
    percent = value / total * 100
    shown = "<1" if 0 < percent < 0.5 else ">99" if 99.5 <= percent < 100 else str(round(percent))
    return _("%(number)s %%") % {"number": shown}
