"""Sites for programs, as they are and as they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from sitebook.api.responses import Json, Wanted
from sitebook.customers import api as customers
from sitebook.lists.tables import Table
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
        place | {"customer": row.customer_id, "custom": row.place.get("custom") or {}}
        for place, row in zip(kept, tenures, strict=True)
    ]
    written = OPERATIONS.told(values, asked)
    return [
        {"id": row.site_id, "reference": row.place.get("reference"), **told}
        for row, told in zip(tenures, written, strict=True)
    ]


def _seen(request: HttpRequest, pk: int, asked: Wanted) -> Site | Json | None:
    """The site as it is, or was on a day; to the people of a former customer, as it last was while theirs."""
    sees_all = bool(getattr(request.user, "all_customers", False))
    seen = place_seen(pk, on=asked.on, today=timezone.localdate(), sees_all=sees_all)
    if seen is None or seen.then is None:
        return seen.site if seen else None
    values = {each.name: each.value_of(seen.site) for each in SITES.bound} | {"custom": seen.site.custom}
    told = OPERATIONS.told([values], asked)[0]
    return {"id": pk, "reference": seen.site.reference} | told | {"as_of": seen.on, "said": seen.then.sentence}


def _rows(asked: Wanted) -> QuerySet[Site]:
    return Site.objects.all()


OPERATIONS = operations(
    SITES,
    Reading(rows=_rows, expands={"customer": customers.whole}, list_then=_list_then, seen=_seen),
)
router = OPERATIONS.router
