"""Sites for programs, as they are and as they were."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from sitebook.api.responses import Json, Wanted
from sitebook.customers import api as customers
from sitebook.lists.tables import Table
from sitebook.registers.api import stamps
from sitebook.registers.operations import Reading, Written, operations
from sitebook.sites.as_of import place_seen, tenures_on
from sitebook.sites.models import Site
from sitebook.sites.pages.lists_as_of import sites_then, with_place
from sitebook.sites.register import SITES


def _list_then(asked: Wanted) -> tuple[Table, QuerySet[Any], Written]:
    """Those customers had on the day, as their customer last knew them."""
    assert asked.on is not None  # noqa: S101 - only asked for a day
    return sites_then(on=asked.on), with_place(tenures_on(asked.on)), _tenures


def _tenures(tenures: Sequence[Any], asked: Wanted) -> list[Json]:
    kept = [{each.name: row.place.get(each.name) for each in SITES.bound} for row in tenures]
    values = [
        place | {"customer": row.customer_id, "joined_into": None, "custom": row.place.get("custom") or {}}
        for place, row in zip(kept, tenures, strict=True)
    ]
    written = OPERATIONS.told(values, asked)
    return [
        {"id": row.site_id, "reference": row.place.get("reference"), **told}
        for row, told in zip(tenures, written, strict=True)
    ]


def _values(site: Site) -> Json:
    """Nobody has a site that was joined into another."""
    values = {each.name: each.value_of(site) for each in SITES.bound}
    return values | {
        "customer": None if site.ended_on else site.customer_id,
        "joined_into": site.joined_into_id,
        "custom": site.custom,
    }


def _written(rows: Sequence[Site], asked: Wanted) -> list[Json]:
    told = OPERATIONS.told([_values(row) for row in rows], asked)
    return [each | stamps(row) for row, each in zip(rows, told, strict=True)]


def _seen(request: HttpRequest, pk: int, asked: Wanted) -> Site | Json | None:
    """The site as it is, or was on a day; to the people of a former customer, as it last was while theirs."""
    sees_all = bool(getattr(request.user, "all_customers", False))
    seen = place_seen(pk, on=asked.on, today=timezone.localdate(), sees_all=sees_all)
    if seen is None or seen.then is None:
        return seen.site if seen else None
    told = OPERATIONS.told([_values(seen.site)], asked)[0]
    archived = {name: getattr(seen.site, name) for name in ("reference", "archived_at", "archive_reason")}
    return {"id": pk} | archived | told | {"as_of": seen.on, "said": seen.then.sentence}


def _rows(asked: Wanted) -> QuerySet[Site]:
    return Site.objects.all()


OPERATIONS = operations(
    SITES,
    Reading(
        rows=_rows,
        written=_written,
        names={"joined_into": (Site, attrgetter("joined_into_id"))},
        expands={"customer": customers.whole},
        list_then=_list_then,
        seen=_seen,
    ),
)
router = OPERATIONS.router
