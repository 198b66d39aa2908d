"""Assets as they were on another day: owner, place, its customer, what each was mounted on, status.

What an asset is (serial, maker, class) is not dated and is shown as it is today. Shown are assets that the reader sees
today and saw on the day; what a former owner's people knew stands in the history.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from sitebook.assets.periods import AssetPeriod
from sitebook.lists.columns import Column
from sitebook.lists.tables import Table
from sitebook.registers.register import Days
from sitebook.ui.filters import Choice, Filter

_NAMED = ("owner", "site", "area", "own_place", "place_customer", "parent")
_OF_THE_DAY = frozenset({"owner", "at", "either", "site", "own_place", "place_kind", "lifecycle"})
_COLUMNS = frozenset({"owner", "at", "place", "lifecycle"})


def _known(rows: QuerySet[Any], on: date) -> QuerySet[Any]:
    """The assets that were known on the day, as far as the reader sees them."""
    return rows.filter(Exists(AssetPeriod.objects.in_force(on=on).filter(asset=OuterRef("pk"))))


def _table(table: Table, on: date) -> Table:
    """The list of the day: these columns say what held on it, and these filters narrow by it."""
    fill = partial(_as_they_were, on=on)
    return dataclasses.replace(
        table,
        columns=[_of_the_day(each, fill) if each.key in _COLUMNS else each for each in table.columns],
        filters=[_on_day(each, on) if each.key in _OF_THE_DAY else each for each in table.filters],
    )


def _of_the_day(column: Column, fill: Any) -> Column:
    return dataclasses.replace(column, fill=fill, reads=(), sort=())


def _as_they_were(rows: Sequence[Any], on: date) -> None:
    """Put what held on the day into these rows, which are only shown."""
    periods = AssetPeriod.objects.in_force(on=on).filter(asset__in=[row.pk for row in rows]).select_related(*_NAMED)
    found = {period.asset_id: period for period in periods}
    for row in rows:
        if period := found.get(row.pk):
            _put(row, period)


def _put(row: Any, period: AssetPeriod) -> None:
    """The number first: it would empty what is kept of the record, which may be hidden."""
    for name in _NAMED:
        setattr(row, f"{name}_id", getattr(period, f"{name}_id"))
        row._state.fields_cache[name] = getattr(period, name)
    row.place_kind, row.lifecycle = period.kind, period.lifecycle


def _on_day(inner: Filter, on: date) -> Filter:
    """The same filter, asked of the periods of the day."""
    if inner.key == "place_kind" and isinstance(inner, Choice):
        inner = dataclasses.replace(inner, lookup="kind__in")
    kind: Any = type(inner)

    class OnDay(kind):  # type: ignore[misc]
        def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
            periods = super().narrow(AssetPeriod.objects.in_force(on=on), values)
            return queryset.filter(pk__in=periods.values("asset"))

    return OnDay(**_given(inner))


def _given(inner: Filter) -> dict[str, Any]:
    fields: Iterable[Any] = dataclasses.fields(inner)
    return {each.name: getattr(inner, each.name) for each in fields}


DAYS = Days(rows=_known, table=_table, fill=_as_they_were)
