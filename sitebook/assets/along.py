"""Assets at sites that are split or joined: what stands in a part that goes along goes too, and comes back with it."""

from __future__ import annotations

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet

from sitebook.access.identity import beyond_sight
from sitebook.assets.periods import Placement
from sitebook.sites.models import Handover


def go(change: Handover) -> None:
    """From the day of the split or join on the placements are at the other site. Hidden assets go along too."""
    with beyond_sight():
        wrapper = change.details.get("wrapper")
        for row in _concerned(change).select_for_update(of=("self",)):
            began, ends = row.during.lower, row.during.upper
            if began is None or began < change.day:
                row.lasts(began, change.day)
                row.pk, row._state.adding = None, True
            row.site, row.handover, row.during = change.other_site, change, DateRange(_later(began, change.day), ends)
            row.area_id = row.area_id or wrapper
            row.save()


def come_back(change: Handover) -> None:
    """The placements are at the first site again, those it brought along as if nothing had been."""
    with beyond_sight():
        rows = Placement.objects.filter(handover=change)
        if change.kind == Handover.Kind.SPLIT:
            rows |= Placement.objects.filter(site=change.other_site)
        for row in rows.order_by("during").select_for_update(of=("self",)):
            before = row.before()
            row.site, row.handover = change.site, None
            row.area_id = None if row.area_id == change.details.get("wrapper") else row.area_id
            if before is not None and row.during.lower == change.day and before._says_the_same(row):
                row.delete()
                before.lasts(before.during.lower, row.during.upper)
            else:
                row.save()


def _concerned(change: Handover) -> QuerySet[Placement]:
    rows = Placement.objects.not_over(on=change.day).filter(site=change.site)
    if change.kind == Handover.Kind.SPLIT:
        inside = Q(area__site=change.other_site) | Q(position__site=change.other_site)
        rows = rows.filter(inside)
    return rows


def _later(began: object, day: object) -> object:
    return day if began is None or began < day else began  # type: ignore[operator]
