"""Readings of meters from a file: a row names the asset, the meter type and the time; oldest rows first.

A meter that an asset has not got yet begins with its first row. A reading that is there already, with the same value,
changes nothing, so the same file twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.access.identity import acting
from sitebook.assets import found_by_name
from sitebook.assets.meters import Meter, Reading
from sitebook.basics.refused import Refused
from sitebook.imports.csv_reader import Refusal, Row, read
from sitebook.imports.mapping import FileMapping, load
from sitebook.imports.report import Report
from sitebook.products.meter_types import MeterType
from sitebook.users.models import User
from sitebook.values.kinds import Number
from sitebook.values.readers import BadValue

REGISTER, SECTION = "readings", "reading"
FIELDS = ("asset", "meter_type", "label", "at", "value", "kind", "source", "rolled")
NEEDED = ("asset", "meter_type", "at", "value")
VALUE = Number(digits=18, places=6, required=True)
_YES = ("yes", "true", "1", "x")


def take_readings(
    path: Path, *, mapping: str, user: User | None = None, everything: bool = False, dry_run: bool = False
) -> Report:
    """Take the rows of a file; as for every register (``registers.imports.take``)."""
    with acting(user=user, via="import", reason=path.name, everything=everything):
        chosen = load(mapping, register=REGISTER, fields={SECTION: FIELDS}, rules=())
    for name in NEEDED:
        if not chosen.fields[SECTION].get(name):
            raise Refused(f"The mapping {chosen.name} does not say where the {name} stands.", code="bad_mapping")
    table = read(path, needs=chosen.columns)
    report = Report(path.name, chosen.title, table.encoding, dry_run, notes=list(table.notes))
    with acting(user=user, via="import", reason=path.name, everything=everything), transaction.atomic():
        for row in table:
            if isinstance(row, Refusal):
                report.refused_rows.append(row)
            else:
                _take(row, chosen, report, now=timezone.now())
        if dry_run:
            transaction.set_rollback(True)
    report.blank = table.blank
    report.made = {REGISTER: report.created}
    return report


def _take(row: Row, chosen: FileMapping, report: Report, *, now: datetime) -> None:
    cells = chosen.cleaned(row.values)
    given = {name: text for name in chosen.fields[SECTION] if (text := chosen.text(SECTION, name, cells))}
    name = "asset"
    try:
        with transaction.atomic():
            values: dict[str, Any] = {}
            for name in given:
                values[name] = _READ[name](given[name])
            name = next((name for name in NEEDED if name not in values), "value")
            if name != "value" or "value" not in values:
                raise Refused(_("A row says the asset, the meter type, the time and the value."), code="bad_value")
            created = _write(values, now)
            report.created += created
            report.unchanged += not created
    except Refused as refusal:
        column = chosen.column_of(SECTION, name) or name
        report.refuse(line=row.line, column=column, value=row.values.get(column, ""), reason=str(refusal))


def _write(values: Mapping[str, Any], now: datetime) -> bool:
    """Whether a reading was written; False for one that is there already."""
    asset, label, at, value = values["asset"], values.get("label", ""), values["at"], values["value"]
    meter = Meter.objects.select_related("type").filter(asset=asset, type=values["meter_type"], label=label).first()
    if meter is None:
        Meter.add(asset, type=values["meter_type"], label=label, at=at, value=value, now=now)
        return True
    if meter.readings.counting().filter(at=at, value=value).exists():
        return False
    more = {name: values[name] for name in ("kind", "source", "rolled") if name in values}
    meter.take_reading(at=at, value=value, now=now, **more)
    return True


def _moment(text: str) -> datetime:
    """A day or a time, in the firm's time zone where it says none. Raises BadValue."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as fault:
        wrong = _("“%(value)s” is no time. Write it like 2026-03-01 08:30.")
        raise BadValue(wrong % {"value": text[:40]}) from fault
    return found if found.tzinfo else timezone.make_aware(found)


def _kind(text: str) -> str:
    kinds = {Reading.Kind.ACTUAL.value, Reading.Kind.ESTIMATED.value}
    if text.lower() not in kinds:
        raise BadValue(_("“%(value)s” is no kind of reading: actual or estimated.") % {"value": text[:40]})
    return text.lower()


def _value(text: str) -> Decimal:
    found: Decimal = VALUE.read(text)
    return found


_READ: dict[str, Any] = {
    "asset": lambda text: found_by_name.asset(text, {}),
    "meter_type": MeterType.called,
    "label": str.strip,
    "at": _moment,
    "value": _value,
    "kind": _kind,
    "source": str.strip,
    "rolled": lambda text: text.strip().lower() in _YES,
}
