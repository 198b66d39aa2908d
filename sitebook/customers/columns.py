"""The customer of a site or contact, as a column of their lists."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.lists.cells import Link
from sitebook.lists.columns import Column
from sitebook.registers.columns import plain_column


def _seen_customer(row: Any) -> int | None:
    return row.customer_id if row.customer else None


HOLDER_READS = ("customer_id", "customer__name")
OF_CUSTOMER = Link(
    view="customers:customer", of=_seen_customer, muted=lambda row: row.customer_id is None, reads=HOLDER_READS
)


def customer_reference_column() -> Column:
    def reference(row: Any) -> str:
        return row.customer.reference if row.customer else ""

    return plain_column(
        "customer_reference", _("Customer reference"), "customer__reference", value=reference, shown=False
    )


def holder_text(row: Any, *, none: Any) -> str:
    """The customer's name; another's stays hidden."""
    if row.customer:
        return str(row.customer.name)
    return say("another customer") if row.customer_id else str(none)
