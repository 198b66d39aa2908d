"""Lists as of a day, and lists as files."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import FileResponse, HttpRequest
from django.utils import timezone

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.customers.as_of import as_it_was, day_asked, tenures_before, tenures_on
from sitebook.customers.contact_lists import listing as contact_listing
from sitebook.customers.contact_lists import with_roles
from sitebook.customers.group_filters import with_parents
from sitebook.customers.lists import CUSTOMERS, SITES, SITES_OF_CUSTOMER, SITES_OF_GROUP, with_site_counts
from sitebook.customers.models import Contact, Customer, Site
from sitebook.customers.then_lists import (
    SITES_HAD,
    customers_then,
    sites_then,
    sites_then_of,
    with_place,
    with_site_counts_on,
)
from sitebook.lists.tables import as_file
from sitebook.ui.listing import Page

SEE = Permission.SEE_CUSTOMERS
_DAY = timedelta(1)


def day_of(request: HttpRequest) -> date | None:
    """The day the address asks for, or None for today. A bad one is said by the list's own filter."""
    on, _fault = day_asked(request.GET.get("on", ""))
    return None if on == timezone.localdate() else on


def listed_sites(request: HttpRequest) -> dict[str, Any]:
    """The list of sites, today's or that of a day."""
    on = day_of(request)
    if on is None:
        return {
            "page": SITES.page(request.GET, request.path, Site.objects.select_related("customer")),
            "then": None,
        }
    return _of_day(sites_then(on=on).page(request.GET, request.path, with_place(tenures_on(on))), on)


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
                request.GET, request.path, Site.objects.select_related("customer").filter(customer__in=ids)
            ),
            "then": None,
        }
    listing = sites_then_of(on=on, group=bool(ids[1:]))
    return _of_day(listing.page(request.GET, request.path, with_place(tenures_on(on).filter(customer__in=ids))), on)


def listed_customers(request: HttpRequest) -> dict[str, Any]:
    """The list of customers; their sites and main contacts are those of the day."""
    on, today = day_of(request), timezone.localdate()
    if on is None:
        return {
            "page": CUSTOMERS.page(
                request.GET, request.path, with_site_counts(with_parents(Customer.objects.all(), on=today))
            ),
            "then": None,
        }
    rows = with_site_counts_on(with_parents(Customer.objects.all(), on=on), on=on)
    return _of_day(customers_then(on=on).page(request.GET, request.path, rows), on)


def _of_day(listed: Page, on: date) -> dict[str, Any]:
    listed.notices.append(as_it_was(on, future=on > timezone.localdate()))
    return {"page": listed, "then": on}


@page(may=SEE)
def export_sites(request: HttpRequest, ending: str, *, as_shown: bool) -> FileResponse:
    on = day_of(request)
    if on is None:
        sheet = SITES.sheet(request.GET, Site.objects.select_related("customer"), as_shown=as_shown)
    else:
        sheet = sites_then(on=on).sheet(request.GET, with_place(tenures_on(on)), as_shown=as_shown)
    return as_file(sheet, name=_name("sites", on), ending=ending)


@page(may=SEE)
def export_customers(request: HttpRequest, ending: str, *, as_shown: bool) -> FileResponse:
    on, today = day_of(request), timezone.localdate()
    rows = with_parents(Customer.objects.all(), on=on or today)
    rows = with_site_counts_on(rows, on=on) if on else with_site_counts(rows)
    table = customers_then(on=on) if on else CUSTOMERS
    return as_file(table.sheet(request.GET, rows, as_shown=as_shown), name=_name("customers", on), ending=ending)


@page(may=SEE)
def export_contacts(request: HttpRequest, ending: str, *, as_shown: bool) -> FileResponse:
    on = day_of(request)
    day = on or timezone.localdate()
    sheet = contact_listing(on=day).sheet(request.GET, with_roles(Contact.objects.all(), on=day), as_shown=as_shown)
    return as_file(sheet, name=_name("contacts", on), ending=ending)


def _name(what: str, on: date | None) -> str:
    return f"sitebook-{what}-{(on or timezone.localdate()).isoformat()}"
