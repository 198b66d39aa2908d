"""Persons and roles of our stories, and what a browser posts about them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from sitebook.contacts.models import Contact, ContactRole
from sitebook.customers.models import Customer
from sitebook.sites.models import Site
from tests.cast import see_all

COUNTS = (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"), ("MIN_NUM_FORMS", "0"), ("MAX_NUM_FORMS", "20"))
LINES = {f"{prefix}-{key}": value for prefix in ("phones", "emails", "ids") for key, value in COUNTS}


def body(response: Any) -> str:
    return response.content.decode()


def person(name: str, customer: Customer | None = None, **values: Any) -> Contact:
    with see_all():
        return Contact.add(name=name, customer=customer, **values)


def role(contact: Contact, name: str, *, customer: Customer, site: Site | None = None, **period: date) -> ContactRole:
    during = DateRange(period.get("since"), period.get("until"))
    with see_all():
        return ContactRole.objects.create(contact=contact, customer=customer, site=site, role=name, during=during)


def roles_of(contact: Contact) -> list[tuple[Any, ...]]:
    with see_all():
        rows = ContactRole.objects.filter(contact=contact).order_by("role", "during")
        return [(row.role, row.customer_id, row.site_id, row.during.lower, row.during.upper) for row in rows]


def typed(**more: str) -> dict[str, str]:
    return {"name": "Ann Lee", **LINES, **more}


def chosen(name: str, record: Any) -> dict[str, str]:
    return {name: str(record.pk), f"{name}_text": str(record)}
