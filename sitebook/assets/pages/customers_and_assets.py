"""One page that gathers customers and assets, with one New that asks which (F-105)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.assets.columns import rows
from sitebook.customers.models import Customer
from sitebook.records.pages.frame import present, user_of

LATEST = 10


@page(may=Permission.SEE_CUSTOMERS)
def customers_and_assets(request: HttpRequest) -> HttpResponse:
    """Those changed last of both registers, and the way to each."""
    user = user_of(request)
    sees_assets = may(user, Permission.SEE_ASSETS)
    context: dict[str, Any] = {
        "customers": Customer.objects.current().order_by("-updated_at", "-pk")[:LATEST],
        "assets": rows().filter(archived_at__isnull=True).order_by("-updated_at", "-pk")[:LATEST]
        if sees_assets
        else [],
        "sees_assets": sees_assets,
        "help": "assets",
    }
    return present(request, "assets/customers_and_assets.html", context)
