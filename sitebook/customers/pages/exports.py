"""The list of customers, today's or that of a day, as page and as file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse

from sitebook.access.decorators import EXPORTS, page
from sitebook.access.permissions import Permission
from sitebook.customers.pages.lists import listing, rows
from sitebook.lists.responses import as_file
from sitebook.records.pages.as_of import day_of, file_name, of_day

SEE = Permission.SEE_CUSTOMERS


def listed_customers(request: HttpRequest) -> dict[str, Any]:
    """The list of customers; their sites and main contacts are those of the day."""
    on = day_of(request)
    listed = listing(on=on).page(request.GET, request.path, rows(on=on))
    return of_day(listed, on) if on else {"page": listed, "then": None}


@page(may=SEE, lane=EXPORTS)
def export_customers(request: HttpRequest, ending: str, *, as_shown: bool) -> StreamingHttpResponse:
    on = day_of(request)
    sheet = listing(on=on).sheet(request.GET, rows(on=on), as_shown=as_shown)
    return as_file(request, sheet, name=file_name("customers", on), ending=ending)
