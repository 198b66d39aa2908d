"""What is ticked for a customer: work types, codings, teams, each assigned one by one."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from sitebook.catalogue.links import LINKS, Link
from sitebook.customers.models import Customer

TICKED: dict[str, Link] = {each.register.path: each for each in LINKS if each.key == "customers"}
"""By the path of the register: the links to customers."""


def ticked(link: Link, customer: Customer) -> set[int]:
    """The ids of what is assigned to the customer."""
    return set(link.row._default_manager.filter(customer=customer).values_list(f"{link.of}_id", flat=True))


@transaction.atomic
def tick(link: Link, customer: Customer, *, wanted: Collection[int], shown: Collection[int]) -> tuple[int, int]:
    """Assign these and take the others of those ``shown`` away. What somebody else ticked meanwhile and was not shown
    stays. Returns how many were added and taken away."""
    Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=customer.pk)
    now, kind = ticked(link, customer), link.register.model
    known = set(kind._default_manager.filter(pk__in=set(wanted) & set(shown)).values_list("pk", flat=True))
    fresh, gone = known - now, (set(shown) & now) - known
    rows = link.row._default_manager
    rows.bulk_create([link.row(**{f"{link.of}_id": pk, "customer": customer}) for pk in sorted(fresh)])
    rows.filter(customer=customer, **{f"{link.of}_id__in": gone}).delete()
    return len(fresh), len(gone)
