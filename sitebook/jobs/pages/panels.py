"""The Jobs tab of a customer's, a site's and an asset's page (F-422 to F-430, F-008)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.assets.register import ASSETS
from sitebook.customers.models import Customer
from sitebook.customers.pages.frame import customer_frame
from sitebook.jobs.columns import rows as read
from sitebook.jobs.register import JOBS
from sitebook.lists.tables import Table, tidy_address
from sitebook.records.pages.frame import present, user_of
from sitebook.registers.views import frame
from sitebook.registers.views import present as present_record
from sitebook.sites.pages.frame import site_frame, site_seen

SEE = Permission.SEE_JOBS
_SHOWN = ("what", "status", "asset", "site", "category", "priority", "engineer")


@cache
def _table(*without: str) -> Table:
    """The list of jobs without what the page says by itself."""
    first, *others = JOBS.listing.columns
    known = {each.key: replace(each, shown=False) for each in others if each.key not in without}
    shown = [replace(known.pop(key), shown=True) for key in _SHOWN if key in known]
    filters = [each for each in JOBS.listing.filters if each.key not in without]
    return replace(JOBS.listing, columns=[first, *shown, *known.values()], filters=filters)


def _until(rows: QuerySet[Any], then: date | None) -> QuerySet[Any]:
    """Those that were reported by the end of a day."""
    if then is None:
        return rows
    end = datetime.combine(then + timedelta(days=1), time.min, tzinfo=timezone.get_current_timezone())
    return rows.filter(reported_at__lt=end)


@page(may=SEE)
def customer_jobs(request: HttpRequest, pk: int) -> HttpResponse:
    """The service jobs of a customer; of its branches too where the page counts them."""
    if tidy := tidy_address(request):
        return tidy
    found = get_object_or_404(Customer, pk=pk)
    context = customer_frame(request, found, "jobs")
    beside = () if context["group"] else ("customer",)
    held = _until(read().filter(customer__in=context["ids"]), context["then"])
    context |= {"page": _table(*beside).page(request.GET, request.path, held), "new": f"customer-{pk}"}
    return present(request, "jobs/customer_jobs.html", context | _rights(request), block="list")


@page(may=SEE)
def site_jobs(request: HttpRequest, pk: int) -> HttpResponse:
    """The jobs at a site that the reader sees, whoever had it then."""
    if tidy := tidy_address(request):
        return tidy
    seen = site_seen(request, pk)
    context = site_frame(request, seen, "jobs")
    held = _until(read().filter(site=pk), seen.on if seen.then else None)
    context |= {"page": _table("site").page(request.GET, request.path, held), "new": f"site-{pk}"}
    return present(request, "jobs/site_jobs.html", context | _rights(request), block="list")


@page(may=SEE)
def asset_jobs(request: HttpRequest, pk: int) -> HttpResponse:
    """The service orders of an asset."""
    if tidy := tidy_address(request):
        return tidy
    record = get_object_or_404(ASSETS.queryset(), pk=pk)
    held = read().filter(pk__in=record.job_links.values("job"))
    context = frame(ASSETS, request, record, "jobs") | {
        "page": _table("asset").page(request.GET, request.path, held),
        "new": f"asset-{pk}",
    }
    return present_record(ASSETS, request, "jobs/asset_jobs.html", context | _rights(request), block="list")


def _rights(request: HttpRequest) -> dict[str, Any]:
    return {"may_jobs": may(user_of(request), Permission.CHANGE_JOBS), "new_job": JOBS.url("new")}
