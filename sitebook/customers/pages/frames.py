"""What every tab of a customer's or a site's page shows beside its own contents."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from sitebook.access.permissions import Permission, may
from sitebook.config.tabs import CUSTOMER, SITE, tabs_for
from sitebook.customers.forms import KINDS
from sitebook.customers.models import Customer, Site
from sitebook.customers.reaching import vat_doubt
from sitebook.ui.render import show
from sitebook.users.models import User


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def present(
    request: HttpRequest, template: str, words: dict[str, Any], *, block: str | None = None, status: int = 200
) -> HttpResponse:
    """A page of this area: it knows what the user may do here, and so which buttons to show."""
    user = _user(request)
    rights = {
        "may_change": may(user, Permission.CHANGE_CUSTOMERS),
        "may_sites": may(user, Permission.CHANGE_SITES),
        "may_archive": may(user, Permission.ARCHIVE_CUSTOMERS),
        "kinds": KINDS,
    }
    return show(request, template, rights | words, block=block, status=status)


def customer_frame(request: HttpRequest, customer: Customer, tab: str) -> dict[str, Any]:
    """Summary pane and tabs of a customer's page."""
    sites = Site.objects.current().filter(customer=customer).count()
    return {
        "customer": customer,
        "site_count": sites,
        "vat_doubt": vat_doubt(customer.vat_number, country=customer.head_country),
        "tab": tab,
        "tabs": tabs_for(CUSTOMER, pk=customer.pk, user=_user(request), counts={"sites": sites}),
        "help": "customers",
    }


def site_frame(request: HttpRequest, site: Site, tab: str) -> dict[str, Any]:
    """Summary pane and tabs of a site's page."""
    return {
        "site": site,
        "tab": tab,
        "tabs": tabs_for(SITE, pk=site.pk, user=_user(request), counts={}),
        "help": "sites",
    }
