"""Who is in the lists of contacts, and what these are narrowed by."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sitebook.contacts.models import Contact, ContactRole, Role, role_name
from sitebook.contacts.roles import roles_in_use
from sitebook.customers.lists import customer_name
from sitebook.customers.models import Customer
from sitebook.firm.choices import languages
from sitebook.records.models import RecordRows
from sitebook.ui.filters import Choice, Filter, Linked

# What the address says for contacts without a customer, and for those whose language nobody wrote down.
NONE = "-"


# Half of all contacts may be the main one somewhere. For who sees more customers than this they are asked one by one,
# in the order of the list, until a page is full; a join would look up and sort all of them first.
MANY = 5_000


def with_roles(contacts: QuerySet[Contact], *, on: date, of: list[int] | None = None) -> QuerySet[Contact]:
    """Each contact with ``role_names``, what they are for on a day, and ``customer_key`` to sort by. ``of``: the
    customers whose roles count, where not all do."""
    rows = _counting(of, on=on).filter(contact=OuterRef("pk")).order_by("role").distinct()
    return contacts.select_related("customer").annotate(
        role_names=ArraySubquery(rows.values("role")), customer_key=F("customer__name_key")
    )


def of_customer(customer: Customer, *, on: date) -> RecordRows[Contact]:
    """Everybody linked to a customer on a day: its own contacts, and those with a role at it or at its sites."""
    return of_customers([customer.pk], on=on)


def of_customers(ids: list[int], *, on: date) -> RecordRows[Contact]:
    """Everybody linked to one of these customers on a day, each once."""
    own = Contact.objects.filter(customer__in=ids).values("pk")
    linked = ContactRole.objects.of_in_force(ids, on=on).values("contact_id")
    return Contact.objects.filter(pk__in=own.union(linked))  # two indexes, where "or" would read all contacts


def _counting(of: list[int] | None, *, on: date) -> QuerySet[ContactRole]:
    every = ContactRole.objects
    return every.in_force(on=on) if of is None else every.of_in_force(of, on=on)


def role_filter(*, on: date | None = None, of: list[int] | None = None) -> Filter:
    """Who has one of these roles on a day, today where none is named. ``of``: as ``with_roles`` takes it."""

    def with_role(contacts: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        rows = _counting(of, on=on or timezone.localdate()).filter(role__in=values, contact=OuterRef("pk"))
        if of is not None or Role.MAIN not in values or not Customer.objects.order_by()[MANY : MANY + 1].exists():
            return contacts.filter(Exists(rows))
        one = rows.annotate(has=Value(True, BooleanField())).values("has")[:1]
        asked: QuerySet[Any] = contacts.alias(has_role=Subquery(one, output_field=BooleanField())).filter(has_role=True)
        return asked

    return Choice("role", _("Role"), _roles, by=with_role)


def _roles() -> list[tuple[str, Any]]:
    built_in = {Role.MAIN.value: _("Main or default contact")}
    return [(role, built_in.get(role) or role_name(role, at_site=False)) for role in roles_in_use()]


def _speaking(contacts: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    return contacts.filter(language__in=["" if value == NONE else value for value in values])


def _on_their_own(contacts: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    return contacts.filter(customer=None)


LANGUAGE_FILTER = Choice("language", _("Language"), lambda: [*languages(), (NONE, _("Not known"))], by=_speaking)
ON_THEIR_OWN = Choice("without", _("Customer"), [("customer", _("none: on their own"))], by=_on_their_own)
OF_CUSTOMER_FILTER = Linked("customer", _("Customer"), name=customer_name)
