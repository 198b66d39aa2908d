"""What an act would touch: it is done, looked at, and undone again before anything else happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as say

from sitebook.assets.models import Asset
from sitebook.assets.periods import AssetAct, AssetPeriod
from sitebook.assets.texts import owner_text, place_text
from sitebook.basics.refused import Refused

_READ = ("owner", "site", "area", "own_place", "parent")


@dataclass(frozen=True)
class Touched:
    """One asset that an act touches: what holds of it on the day, before and after, where the two differ."""

    asset: Asset
    changes: list[tuple[str, str, str]]


def touched(asset: Asset, do: Callable[[], AssetAct], *, day: date) -> list[Touched]:
    """What would be another on the day, of the asset and of all that is concerned. Raises what the verb raises."""
    before = _around(asset, day)
    with transaction.atomic():
        act = do()
        ids = {*before, *(int(pk) for pk in act.before)}
        after = _on(ids | _around(asset, day).keys(), day)
        transaction.set_rollback(True)
    before = _on(after, day)
    every = Asset.objects.in_bulk(list(after))
    lines = [Touched(every[pk], _differing(before.get(pk), after[pk])) for pk in sorted(after) if pk in every]
    return [line for line in lines if line.changes]


def why_not(asset: Asset, do: Callable[[], AssetAct], *, day: date) -> tuple[list[Touched], str]:
    """The same, or the sentence that says why it cannot be done."""
    try:
        return touched(asset, do, day=day), ""
    except Refused as refusal:
        return [], refusal.linked


def _around(asset: Asset, day: date) -> dict[int, AssetPeriod]:
    """The asset and what is mounted on it, however deep."""
    ids, waiting = {asset.pk}, {asset.pk}
    while waiting:
        below = AssetPeriod.objects.in_force(on=day).filter(parent__in=waiting).values_list("asset_id", flat=True)
        waiting = set(below) - ids
        ids |= waiting
    return _on(ids, day)


def _on(ids: object, day: date) -> dict[int, AssetPeriod]:
    rows = AssetPeriod.objects.in_force(on=day).filter(asset__in=list(ids)).select_related(*_READ)  # type: ignore[call-overload]
    return {row.asset_id: row for row in rows}


def _differing(before: AssetPeriod | None, after: AssetPeriod) -> list[tuple[str, str, str]]:
    pairs = zip(_said(before) if before else [("", "")] * 4, _said(after), strict=True)
    return [(label, was, now) for (_label, was), (label, now) in pairs if was != now]


def _said(row: AssetPeriod) -> list[tuple[str, str]]:
    return [
        (say("Owner"), owner_text(row)),
        (say("Place"), place_text(row)),
        (say("Mounted on"), _parent_text(row)),
        (say("Status"), str(row.get_lifecycle_display())),
    ]


def _parent_text(row: AssetPeriod) -> str:
    if row.parent_id is None:
        return ""
    return str(row.parent) if row.parent else say("another customer")
