"""What every tab of a customer's page shows beside its own contents."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from sitebook.access.permissions import Permission, may
from sitebook.assets.of_customers import counts_of as asset_counts
from sitebook.config.tabs import CUSTOMER
from sitebook.contacts.lists import of_customers
from sitebook.contacts.pages.frame import role_address
from sitebook.contacts.people import people_of
from sitebook.customers.models import Customer
from sitebook.customers.pages.group_frame import group_context, with_group
from sitebook.jobs.models import Job
from sitebook.records.as_of import day_asked
from sitebook.records.pages.frame import READ_ONLY, tabs_on_day, user_of
from sitebook.registers.tabs import tabs_for
from sitebook.sites.groups import by_type_and_status
from sitebook.ui.listing import Count
from sitebook.values.contact_details import vat_doubt


def customer_frame(request: HttpRequest, customer: Customer, tab: str) -> dict[str, Any]:
    """Summary pane and tabs of a customer's page; ``frame``: the template that a tab of another area extends."""
    today, (asked, fault) = timezone.localdate(), day_asked(request.GET.get("on", ""))
    on = asked or today
    then = on if on != today else None
    grouped = group_context(request, customer, tab, on=on, then=then)
    ids = grouped["ids"]
    sites = by_type_and_status(ids, on=on, today=today)
    number = sum(count for _status, count in sites["status"])
    assets = asset_counts(ids, on=then) if may(user_of(request), Permission.SEE_ASSETS) else {}
    counts: dict[str, int | Count] = {"sites": number} | ({"assets": assets["owned"]} if assets else {})
    return (
        (READ_ONLY if then else {})
        | grouped
        | {
            "frame": "customers/customer.html",
            "customer": customer,
            "on": on,
            "then": then,
            "on_fault": fault,
            "sites_by": sites,
            "site_count": number,
            "asset_counts": assets,
            "people": people_of(customer, on=on),
            "people_add": role_address("customer", customer.pk, "contacts:customer-contacts"),
            "vat_doubt": vat_doubt(customer.vat_number, country=customer.head_country),
            "tab": tab,
            "tabs": with_group(
                tabs_on_day(
                    tabs_for(
                        CUSTOMER,
                        pk=customer.pk,
                        user=user_of(request),
                        rows={
                            "jobs": Job.objects.open().filter(customer__in=ids),
                            "contacts": of_customers(ids, on=on).current(),
                        },
                        counts=counts,
                    ),
                    then,
                ),
                grouped["group"],
            ),
            "help": "customers",
        }
    )
