"""The list of customers, today's or that of a day, as page and as file."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest
from django.utils import timezone

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.customers.group_filters import with_parents
from sitebook.customers.models import Customer
from sitebook.customers.pages.lists import CUSTOMERS, customers_then, with_site_counts, with_site_counts_on
from sitebook.lists.tables import as_file
from sitebook.registers.pages.as_of import day_of, file_name, of_day

SEE = Permission.SEE_CUSTOMERS


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
    return of_day(customers_then(on=on).page(request.GET, request.path, rows), on)


@page(may=SEE)
def export_customers(request: HttpRequest, ending: str, *, as_shown: bool) -> FileResponse:
    on, today = day_of(request), timezone.localdate()
    rows = with_parents(Customer.objects.all(), on=on or today)
    rows = with_site_counts_on(rows, on=on) if on else with_site_counts(rows)
    table = customers_then(on=on) if on else CUSTOMERS
    return as_file(table.sheet(request.GET, rows, as_shown=as_shown), name=file_name("customers", on), ending=ending)
