"""The lists of sites, today's or those of a day, as page and as file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from sitebook.access.decorators import EXPORTS, page
from sitebook.access.permissions import Permission
from sitebook.lists.responses import as_file
from sitebook.records.pages.as_of import day_of, file_name, of_day
from sitebook.sites.as_of import tenures_before, tenures_on
from sitebook.sites.pages.lists import SITES, SITES_OF_CUSTOMER, SITES_OF_GROUP
from sitebook.sites.pages.lists_as_of import SITES_HAD, sites_then, sites_then_of, with_place
from sitebook.sites.register import SITES as REGISTER

SEE = Permission.SEE_CUSTOMERS
_DAY = timedelta(1)


def listed_sites(request: HttpRequest) -> dict[str, Any]:
    """The list of sites, today's or that of a day."""
    on = day_of(request)
    if on is None:
        return {
            "page": SITES.page(request.GET, request.path, REGISTER.queryset()),
            "then": None,
        }
    return of_day(sites_then(on=on).page(request.GET, request.path, with_place(tenures_on(on))), on)


def listed_sites_of(request: HttpRequest, ids: list[int]) -> dict[str, Any]:
    """The sites of one customer or of a whole group, today or on a day."""
    on, before = day_of(request), tenures_before(ids, today=timezone.localdate())
    if request.GET.get("had") == "before":
        listed = SITES_HAD.page(request.GET, request.path, with_place(before))
        return {
            "page": listed,
            "then": None,
            "had": True,
            "last_days": {row.pk: row.until - _DAY for row in listed.rows},
        }
    if on is None:
        return {
            "had_before": before.exists(),
            "page": (SITES_OF_GROUP if ids[1:] else SITES_OF_CUSTOMER).page(
                request.GET, request.path, REGISTER.queryset().filter(customer__in=ids)
            ),
            "then": None,
        }
    listing = sites_then_of(on=on, group=bool(ids[1:]))
    return of_day(listing.page(request.GET, request.path, with_place(tenures_on(on).filter(customer__in=ids))), on)


@page(may=SEE, lane=EXPORTS)
def export_sites(request: HttpRequest, ending: str, *, as_shown: bool) -> StreamingHttpResponse:
    on = day_of(request)
    if on is None:
        sheet = SITES.sheet(request.GET, REGISTER.queryset(), as_shown=as_shown)
    else:
        sheet = sites_then(on=on).sheet(request.GET, with_place(tenures_on(on)), as_shown=as_shown)
    return as_file(request, sheet, name=file_name("sites", on), ending=ending)
