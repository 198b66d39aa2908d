"""The name of the customer a list is narrowed to."""

from __future__ import annotations

from sitebook.customers.models import Customer


def customer_name(pk: int) -> str | None:
    return Customer.objects.filter(pk=pk).values_list("name", flat=True).first()
