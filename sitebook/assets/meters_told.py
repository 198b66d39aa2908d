"""Meters and their readings as programs are told of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sitebook.assets.meters import Reading, Told


def meter_told(told: Told) -> dict[str, Any]:
    kind = told.meter.type
    counting = told.meter.counter.counting
    return {
        "id": told.meter.pk,
        "type": {"id": kind.pk, "reference": kind.reference, "name": str(kind)},
        "unit": kind.unit,
        "label": told.meter.label,
        "lifetime": told.lifetime if counting else None,
        "a_day": round(told.a_day, 3) if told.a_day is not None else None,
        "last": reading_told(told.last) if told.last else None,
    }


def reading_told(reading: Reading) -> dict[str, Any]:
    names = ("at", "value", "kind", "source", "doubted")
    return {"id": reading.pk, **{name: getattr(reading, name) for name in names},
            "replaced": reading.superseded_by_id is not None}  # fmt: skip


def readings_told(readings: Iterable[Reading]) -> list[dict[str, Any]]:
    return [reading_told(reading) for reading in readings]
