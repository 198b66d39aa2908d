"""What every tab of a customer's or a site's page shows beside its own contents."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from sitebook.access.permissions import Permission, may
from sitebook.config.tabs import CONTACT, CUSTOMER, SITE, tabs_for
from sitebook.customers.as_of import Seen, day_asked, place_seen, tenures_on
from sitebook.customers.contact_lists import of_customers
from sitebook.customers.forms import KINDS
from sitebook.customers.models import Contact, Customer, Site
from sitebook.customers.pages.group_frame import group_context, with_group
from sitebook.customers.people import people_at, people_of
from sitebook.customers.reaching import vat_doubt
from sitebook.customers.site_status import commands
from sitebook.firm.choices import languages
from sitebook.lists.tables import ViewBar, view_bar
from sitebook.ui.listing import Page
from sitebook.ui.render import show
from sitebook.users.models import User


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def present(
    request: HttpRequest, template: str, context: dict[str, Any], *, block: str | None = None, status: int = 200
) -> HttpResponse:
    """A page of this area: it knows what the user may do here, and so which buttons to show."""
    user = _user(request)
    rights = {
        "may_change": may(user, Permission.CHANGE_CUSTOMERS),
        "may_sites": may(user, Permission.CHANGE_SITES),
        "may_erase": may(user, Permission.ERASE) and user is not None and user.all_customers,
        "may_archive": may(user, Permission.ARCHIVE_CUSTOMERS),
        "may_contacts": may(user, Permission.CHANGE_CONTACTS),
        "may_hand_over": may(user, Permission.HAND_OVER),
        "may_archive_contacts": may(user, Permission.ARCHIVE_CONTACTS),
        "kinds": KINDS,
    }
    return show(request, template, rights | context, block=block, status=status)


def bar_over(request: HttpRequest, list_key: str, listed: Page) -> dict[str, ViewBar]:
    """The saved views above a list."""
    return view_bar(request, list_key, listed, may_share=may(_user(request), Permission.SHARE_VIEWS))


# What belongs to the place whenever it is; whoever sees the site as it is today sees it.
_UNDATED = ("areas",)
# Nothing is changed on a page that shows another day than today.
READ_ONLY = dict.fromkeys(("may_change", "may_sites", "may_archive", "may_contacts", "may_hand_over", "may_add"), False)


def site_seen(request: HttpRequest, pk: int) -> Seen:
    """The site as the address asks for it, today or on a day (``on=2026-03-01``). Raises Http404."""
    user, (on, _fault) = _user(request), day_asked(request.GET.get("on", ""))
    seen = place_seen(pk, on=on, today=timezone.localdate(), sees_all=bool(user and user.all_customers))
    if seen is None:
        raise Http404
    return seen


def customer_frame(request: HttpRequest, customer: Customer, tab: str) -> dict[str, Any]:
    """Summary pane and tabs of a customer's page; ``frame``: the template that a tab of another area extends."""
    today, (asked, fault) = timezone.localdate(), day_asked(request.GET.get("on", ""))
    on = asked or today
    then = on if on != today else None
    grouped = group_context(request, customer, tab, on=on, then=then)
    ids = grouped["ids"]
    sites = (tenures_on(on) if then else Site.objects.current()).filter(customer__in=ids)
    counts = {"sites": sites.count(), "contacts": of_customers(ids, on=on).current().count()}
    return (
        (READ_ONLY if then else {})
        | grouped
        | {
            "frame": "customers/customer.html",
            "customer": customer,
            "on": on,
            "then": then,
            "on_fault": fault,
            "site_count": counts["sites"],
            "people": people_of(customer, on=on),
            "people_add": _adding("customer", customer.pk, "customers:customer-contacts"),
            "vat_doubt": vat_doubt(customer.vat_number, country=customer.head_country),
            "tab": tab,
            "tabs": with_group(
                _on_day(tabs_for(CUSTOMER, pk=customer.pk, user=_user(request), counts=counts), then), grouped["group"]
            ),
            "help": "customers",
        }
    )


def site_frame(request: HttpRequest, place: Site | Seen, tab: str) -> dict[str, Any]:
    """Summary pane and tabs of a site's page. ``then``: None today, else what is special about the day."""
    seen = place if isinstance(place, Seen) else Seen(place, timezone.localdate())
    site, on, then = seen.site, seen.on, seen.then
    people = people_at(site, on=on)
    asked, fault = day_asked(request.GET.get("on", ""))
    return (READ_ONLY if then else {}) | {
        "frame": "customers/site.html",
        "site": site,
        "on": on,
        "then": then,
        "on_fault": fault,
        "people": people,
        "people_add": _adding("site", site.pk, "customers:site-contacts"),
        "status_commands": list(commands(site)),
        "tab": tab,
        "tabs": _on_day(
            tabs_for(SITE, pk=site.pk, user=_user(request), counts={"contacts": len(people)}),
            asked if then else None,
            without="areas" if then and not then.live else "",
        ),
        "help": "sites",
    }


def _on_day(tabs: list[dict[str, Any]], day: date | None, *, without: str = "") -> list[dict[str, Any]]:
    """The tabs of a page that shows another day lead to that day; what has no days is left as it is, or out."""
    shown = [tab for tab in tabs if tab["key"] != without]
    if day is None:
        return shown
    return [tab if tab["key"] in _UNDATED else tab | {"url": f"{tab['url']}?on={day.isoformat()}"} for tab in shown]


def _adding(kind: str, pk: int, tab: str) -> str:
    """Where a contact is given a role here, and back to the tab."""
    return f"{reverse('customers:role-new')}?{urlencode({kind: pk, 'next': reverse(tab, args=[pk])})}"


def contact_frame(request: HttpRequest, contact: Contact, tab: str) -> dict[str, Any]:
    """Summary pane and tabs of a contact's page."""
    return {
        "frame": "customers/contact.html",
        "contact": contact,
        "language_name": dict(languages()).get(contact.language, contact.language),
        "tab": tab,
        "tabs": tabs_for(CONTACT, pk=contact.pk, user=_user(request), counts={}),
        "help": "contacts",
    }
