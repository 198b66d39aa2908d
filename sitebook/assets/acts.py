"""An act on assets: done whole on a day, and taken back whole.

An act keeps what the periods of the assets it touched were before and after. It can be taken back, or said to have been
on another day, while they still are what it left; then they are written as they were, or as they would be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sitebook.access.identity import beyond_sight
from sitebook.assets.models import Asset, placed_well
from sitebook.assets.periods import AssetAct, LifeState, Ownership, Parentage, Placement
from sitebook.basics.refused import Refused
from sitebook.ui.formats import day_text


@dataclass(frozen=True, kw_only=True)
class Doing:
    """On which day, as known on which, by whom and why."""

    day: date
    today: date
    by_id: int | None
    reason: str = ""


def take_back(act: AssetAct, *, at: datetime) -> None:
    """As if it had never been done. Raises Refused: does_not_stand, out_of_sight, built_upon when something was done to
    one of its assets since."""
    with transaction.atomic():
        act = _standing(act)
        _must_be_as_left(act)
        with beyond_sight():
            _write(act.before)
        act.reversed_at = at
        act.save(update_fields=["reversed_at"])


def correct(act: AssetAct, *, day: date, today: date) -> AssetAct:
    """Say that it was on another day: what began or ended with it does so then. Raises Refused as ``take_back``, and
    day_not_possible where the day passes something else that is written down."""
    with transaction.atomic():
        act = _standing(act)
        _must_have_been(day, today)
        _must_be_as_left(act)
        old, first, last = act.day.isoformat(), min(act.day, day), max(act.day, day)
        moved = {pk: _shifted(kept, old, day, between=(first, last)) for pk, kept in act.after.items()}
        with beyond_sight(), placed_well():
            _write(moved)
        act.after, act.day = moved, day
        act.save(update_fields=["after", "day"])
    return act


Kept = dict[str, list[list[Any]]]
_KEPT: dict[str, tuple[type[Any], str, tuple[str, ...]]] = {
    "ownerships": (Ownership, "asset_id", ("owner_id", "document")),
    "states": (LifeState, "asset_id", ("state",)),
    "placements": (Placement, "asset_id", ("kind", "site_id", "area_id", "position_id", "own_place_id", "reason")),
    "parentages": (Parentage, "child_id", ("parent_id", "mount_point")),
}
"""The periods of an asset, and what each says."""


def _content(pk: int) -> Kept:
    """All that the periods of an asset say, as JSON holds it."""
    found: Kept = {}
    for name, (model, column, says) in _KEPT.items():
        rows = model.objects.filter(**{column: pk}).order_by("during")
        found[name] = [[*_bounds(row), *(getattr(row, each) for each in says)] for row in rows]
    return found


def _bounds(row: Any) -> list[str | None]:
    return [each.isoformat() if each else None for each in (row.during.lower, row.during.upper)]


def _write(contents: dict[str, Kept]) -> None:
    """Make the periods of these assets what is given. What is there already stays; all that goes, goes before anything
    comes: a position is free then, and what is mounted has no place of its own."""
    coming: list[tuple[str, int, list[Any]]] = []
    for pk, kept in contents.items():
        for name, (model, column, says) in _KEPT.items():
            wanted = [list(each) for each in kept[name]]
            for row in model.objects.filter(**{column: int(pk)}).order_by("during"):
                line = [*_bounds(row), *(getattr(row, each) for each in says)]
                if line in wanted:
                    wanted.remove(line)
                else:
                    row.delete()
            coming += [(name, int(pk), line) for line in wanted]
    for name, number, (since, until, *values) in coming:
        model, column, says = _KEPT[name]
        during = DateRange(*(date.fromisoformat(each) if each else None for each in (since, until)))
        model(**{column: number}, **dict(zip(says, values, strict=True)), during=during).save(force_insert=True)


def _shifted(kept: Kept, old: str, day: date, *, between: tuple[date, date]) -> Kept:
    """The same with another day in place of the old one. Raises Refused (day_not_possible)."""
    moved: Kept = {}
    for name, rows in kept.items():
        for since, until, *_values in rows:
            for each in (since, until):
                if each and each != old and between[0] <= date.fromisoformat(each) <= between[1]:
                    text = _("Something else is written down for %(day)s. Choose a day after it, or take that back.")
                    raise Refused(text % {"day": day_text(date.fromisoformat(each))}, code="day_not_possible")
        to = day.isoformat()
        moved[name] = [[to if each == old else each for each in row[:2]] + row[2:] for row in rows]
    return moved


@contextmanager
def act_on(kind: str, assets: Iterable[Asset], doing: Doing, *, other: Asset | None = None) -> Iterator[AssetAct]:
    """One act: the assets are locked, what is done is written down with what was before and after.

    What the user may choose is judged with their own eyes before; what is done is done past the policies.
    """
    every = list(assets)
    with transaction.atomic(), placed_well():
        _must_have_been(doing.day, doing.today)
        list(
            Asset.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=[a.pk for a in every])
            .order_by("pk")
        )
        for each in every:
            if each.is_archived:
                raise Refused(_("%(asset)s is archived. Restore it first.") % {"asset": each}, code="is_archived")
        act = AssetAct(kind=kind, asset=every[0], other=other, day=doing.day, reason=doing.reason[:200],
                       made_by_id=doing.by_id)  # fmt: skip
        with beyond_sight():  # who sees it only as the customer at its place loses sight of it half-way
            act.before = {str(each.pk): _content(each.pk) for each in every}
            yield act
            act.after = {str(each.pk): _content(each.pk) for each in every}
            act.save(force_insert=True)
            for each in every:
                each.refresh_from_db()


def _standing(act: AssetAct) -> AssetAct:
    found = AssetAct.objects.select_for_update(of=("self",)).get(pk=act.pk)
    if found.reversed_at:
        raise Refused(_("This was taken back already. Reload the page."), code="does_not_stand")
    ids = [int(pk) for pk in found.before]
    seen = Asset.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    if len(seen) < len(ids):
        text = _("This concerns an asset you do not see. Ask somebody who sees all its customers.")
        raise Refused(text, code="out_of_sight")
    return found


def _must_be_as_left(act: AssetAct) -> None:
    with beyond_sight():
        now = {pk: _content(int(pk)) for pk in act.after}
    if now != act.after:
        text = _("Something was done to it since %(day)s. Take that back first.")
        raise Refused(text % {"day": day_text(act.day)}, code="built_upon")


def _must_have_been(day: date, today: date) -> None:
    if day > today:
        text = _("%(day)s is still to come. Choose a day that has been.")
        raise Refused(text % {"day": day_text(day)}, code="day_not_possible")
