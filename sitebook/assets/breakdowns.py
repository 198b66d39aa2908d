"""The assets of a customer or site by state and by class, drawn, each part with the list it counts (F-211)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sitebook.assets.columns import STATE
from sitebook.assets.filters import NONE
from sitebook.assets.of_customers import counted_by
from sitebook.assets.states import Lifecycle

SHOWN = 8
"""So many classes are drawn by themselves, the rest as one."""


def breakdowns(rows: QuerySet[Any], address: str) -> dict[str, Any]:
    """Parts for the components ``bar`` and ``legend``. ``address``: of the list of these rows."""
    found = counted_by(rows, "lifecycle", "product_class__name", "product_class")
    states: dict[str, int] = {}
    classes: dict[tuple[str, str], int] = {}
    for state, name, pk, number in found:
        states[state] = states.get(state, 0) + number
        key = (name or _("No class"), str(pk or NONE))
        classes[key] = classes.get(key, 0) + number
    return {
        "asset_states": [
            _part(address, str(Lifecycle(state).label), number, lifecycle=state)
            | {"tone": STATE.tones.get(state, STATE.tone)}
            for state, number in _most_first(states)
        ],
        "asset_classes": _classes(address, _most_first(classes)),
    }


def _classes(address: str, found: list[tuple[Any, int]]) -> list[dict[str, Any]]:
    parts = [_part(address, name, number, product_class=pk) for (name, pk), number in found[:SHOWN]]
    rest = found[SHOWN:]
    if rest:
        others = sum(number for _class, number in rest)
        parts.append(_part(address, _("Other classes"), others, product_class=[pk for (_name, pk), _number in rest]))
    return parts


def _most_first(found: dict[Any, int]) -> list[tuple[Any, int]]:
    return sorted(found.items(), key=lambda pair: (-pair[1], str(pair[0])))


def _part(address: str, label: str, number: int, **narrowed: Any) -> dict[str, Any]:
    query = urlencode(narrowed, doseq=True)
    return {"label": label, "value": number, "url": f"{address}{'&' if '?' in address else '?'}{query}"}
