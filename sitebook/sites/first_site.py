"""A new customer, with its first site when wanted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from sitebook.customers.models import Customer
from sitebook.records.addresses import address_of
from sitebook.sites.models import Site
from sitebook.values import contact_details


@transaction.atomic
def add_customer(
    *, name: str, country: str, today: date, first_site: bool = False, phone: str = "", email: str = "", **values: Any
) -> Customer:
    """Make a customer. ``country`` (alpha-2) says how its phone number is read.

    With ``first_site`` also a site at the same address, the customer's from ``today`` on:
    for a private person it is the home and bears their name.
    """
    phones = [contact_details.phone(phone, country=values.get("head_country") or country)] if phone else []
    emails = [contact_details.Email(kind="office", address=email)] if email else []
    customer = Customer.add(name=name, phones=phones, emails=emails, **values)
    if first_site:
        Site.add(
            customer=customer, name=name, since=today, phones=phones, emails=emails, **address_of(customer, "head_")
        )
    return customer
