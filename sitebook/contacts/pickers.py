"""Fields that choose a contact, where only some may be chosen."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sitebook.contacts import roles
from sitebook.contacts.models import Contact, Role
from sitebook.contacts.roles import name_single, single_contact
from sitebook.customers.models import Customer
from sitebook.records.edit import Link
from sitebook.search.queries import holding
from sitebook.sites.models import Site
from sitebook.values.pickers import Reference

# The fields of customers' and sites' forms that name one of their people.
PEOPLE: dict[str, tuple[str, Any]] = {
    "main_contact": (Role.MAIN.value, _("Main contact")),
    "billing_contact": (Role.BILLING.value, _("Billing contact")),
    "default_contact": (Role.MAIN.value, _("Default contact")),
}


def contact_reference(label: Any, *, required: bool = False, help_text: Any = "") -> Reference:
    """A field for a contact, of everybody or of those whom ``choose_among_theirs`` allows."""
    return Reference(
        label=label,
        required=required,
        help_text=help_text,
        among=Contact.objects.all,
        search=holding,
        source="contacts:pick",
    )


def named_contact(name: str) -> Reference:
    """The field of this name among PEOPLE."""
    said = _("One of its contacts, or somebody with another role there.")
    return contact_reference(PEOPLE[name][1], help_text=said)


def choose_first(field: forms.Field, customer: Customer | None) -> None:
    """Everybody may be taken; those of this customer are offered first."""
    field.widget.query = f"?customer={customer.pk}" if customer else ""


def choose_among_theirs(form: forms.Form, customer: Customer | None, *, site: Site | None = None, on: date) -> None:
    """In the form's fields for main, billing and default contact offer and take only those who may be it.

    A vacant site has no default contact: the field goes.
    """
    for name in PEOPLE.keys() & form.fields.keys():
        if customer is None:
            del form.fields[name]
            continue
        field = form.fields[name]
        assert isinstance(field, Reference)  # noqa: S101 - made by contact_reference
        field.among = partial(_allowed, PEOPLE[name][0], customer, site, on)
        field.widget.query = f"?only=1&customer={customer.pk}" + (f"&site={site.pk}" if site else "")


def _allowed(role: str, customer: Customer, site: Site | None, on: date) -> Any:
    """Who may be it, and who is it now."""
    now = roles.single(role=role, customer_id=customer.pk, site_id=site.pk if site else None, on=on)
    allowed = roles.candidates(customer, site=site, on=on)
    return allowed | Contact.objects.filter(pk=now.contact_id) if now else allowed


def people_links(record: Customer | Site, *, on: date) -> dict[str, Link]:
    """The main and billing contact of a customer, the default contact of a site somebody has."""
    customer, site = (record, None) if isinstance(record, Customer) else (record.customer, record)
    names = ("default_contact",) if site else ("main_contact", "billing_contact")
    links: dict[str, Link] = {}
    if customer is None:
        return links
    for name in names:
        role, label = PEOPLE[name]
        now = partial(single_contact, role=role, customer_id=customer.pk, site_id=site.pk if site else None, on=on)
        links[name] = Link(label, now, partial(name_single, role=role, customer=customer, site=site, on=on))
    return links
