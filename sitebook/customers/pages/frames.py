"""What every tab of a customer's or a site's page shows beside its own contents."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from sitebook.access.permissions import Permission, may
from sitebook.config.tabs import CONTACT, CUSTOMER, SITE, tabs_for
from sitebook.customers.contact_lists import of_customer
from sitebook.customers.forms import KINDS
from sitebook.customers.models import Contact, Customer, Site
from sitebook.customers.people import people_at, people_of
from sitebook.customers.reaching import vat_doubt
from sitebook.firm.choices import languages
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
        "may_erase": may(user, Permission.ERASE) and user is not None and user.all_customers,
        "may_archive": may(user, Permission.ARCHIVE_CUSTOMERS),
        "may_contacts": may(user, Permission.CHANGE_CONTACTS),
        "may_archive_contacts": may(user, Permission.ARCHIVE_CONTACTS),
        "kinds": KINDS,
    }
    return show(request, template, rights | words, block=block, status=status)


def customer_frame(request: HttpRequest, customer: Customer, tab: str) -> dict[str, Any]:
    """Summary pane and tabs of a customer's page."""
    sites = Site.objects.current().filter(customer=customer).count()
    on = timezone.localdate()
    counts = {"sites": sites, "contacts": of_customer(customer, on=on).current().count()}
    return {
        "customer": customer,
        "on": on,
        "site_count": sites,
        "people": people_of(customer, on=on),
        "people_add": _adding("customer", customer.pk, "customers:customer-contacts"),
        "vat_doubt": vat_doubt(customer.vat_number, country=customer.head_country),
        "tab": tab,
        "tabs": tabs_for(CUSTOMER, pk=customer.pk, user=_user(request), counts=counts),
        "help": "customers",
    }


def site_frame(request: HttpRequest, site: Site, tab: str) -> dict[str, Any]:
    """Summary pane and tabs of a site's page."""
    on = timezone.localdate()
    people = people_at(site, on=on)
    return {
        "site": site,
        "on": on,
        "people": people,
        "people_add": _adding("site", site.pk, "customers:site-contacts"),
        "tab": tab,
        "tabs": tabs_for(SITE, pk=site.pk, user=_user(request), counts={"contacts": len(people)}),
        "help": "sites",
    }


def _adding(kind: str, pk: int, tab: str) -> str:
    """Where a contact is given a role here, and back to the tab."""
    return f"{reverse('customers:role-new')}?{urlencode({kind: pk, 'next': reverse(tab, args=[pk])})}"


def contact_frame(request: HttpRequest, contact: Contact, tab: str) -> dict[str, Any]:
    """Summary pane and tabs of a contact's page."""
    return {
        "contact": contact,
        "language_name": dict(languages()).get(contact.language, contact.language),
        "tab": tab,
        "tabs": tabs_for(CONTACT, pk=contact.pk, user=_user(request), counts={}),
        "help": "contacts",
    }
