"""Readings of meters from a file: a row names the asset, the meter type and the time; oldest rows first.

A meter that an asset has not got yet begins with its first row. A reading that is there already, with the same value,
changes nothing, so the same file twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.assets import found_by_name
from sitebook.assets.meters import Meter, Reading
from sitebook.imports.csv_reader import Row
from sitebook.imports.report import Report
from sitebook.imports.rows import RowKind, take_rows
from sitebook.products.meter_types import MeterType
from sitebook.values.kinds import Number, OneOf, YesNo
from sitebook.values.readers import BadValue

VALUE = Number(digits=18, places=6, required=True)
_TAKEN = (Reading.Kind.ACTUAL, Reading.Kind.ESTIMATED)
KIND = OneOf(choices=[(each.value, each.label) for each in _TAKEN])


def _write(_row: Row, values: Mapping[str, Any], report: Report) -> None:
    asset, label, at, value = values["asset"], values.get("label", ""), values["at"], values["value"]
    meter = Meter.objects.select_related("type").filter(asset=asset, type=values["meter_type"], label=label).first()
    now = timezone.now()
    if meter is None:
        Meter.add(asset, type=values["meter_type"], label=label, at=at, value=value, now=now)
    elif meter.readings.counting().filter(at=at, value=value).exists():
        report.unchanged += 1
        return
    else:
        more = {name: values[name] for name in ("kind", "source", "rolled") if name in values}
        meter.take_reading(at=at, value=value, now=now, **more)
    report.created += 1


def _moment(text: str) -> datetime:
    """A day or a time, in the firm's time zone where it says none. Raises BadValue."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as fault:
        wrong = _("“%(value)s” is no time. Write it like 2026-03-01 08:30.")
        raise BadValue(wrong % {"value": text[:40]}) from fault
    return found if found.tzinfo else timezone.make_aware(found)


READINGS = RowKind(
    register="readings",
    section="reading",
    read={
        "asset": lambda text: found_by_name.asset(text, {}),
        "meter_type": MeterType.called,
        "label": str.strip,
        "at": _moment,
        "value": VALUE.read,
        "kind": KIND.read,
        "source": str.strip,
        "rolled": YesNo().read,
    },
    needed=("asset", "meter_type", "at", "value"),
    without=lazy("A row says the asset, the meter type, the time and the value."),
    write=_write,
)
take_readings = partial(take_rows, READINGS)
