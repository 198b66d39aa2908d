"""Who has to do with a customer or a site on a day, ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, QuerySet, Value
from django.utils.translation import gettext as _

from sitebook.contacts.models import Contact, ContactRole, Role, role_name
from sitebook.customers.models import Customer
from sitebook.sites.models import Site, Tenure, while_theirs


def main_contacts(
    places: Iterable[tuple[int | None, int | None]], *, on: date, hidden: str
) -> dict[tuple[int | None, int | None], str]:
    """The name of the main contact of each customer (site None), or the default one of each site for the customer
    who has it, on a day; ``hidden`` for one the reader may not see."""
    wanted = set(places)
    sites = {site for _customer, site in wanted}
    # The day is compared here: with it the database goes through an index on contacts that does not begin with these.
    rows = ContactRole.objects.filter(_any("customer", (each for each, _site in wanted)), role=Role.MAIN)
    there = Q(_any("site", sites))
    rows = rows.filter(there | Q(site=None) if None in sites else there)
    listed = rows.values_list("customer_id", "site_id", "contact_id", "during")
    found = {(holder, site): pk for holder, site, pk, during in listed if on in during and (holder, site) in wanted}
    contacts = Contact.objects.filter(_any("pk", found.values())) if found else Contact.objects.none()
    names = dict(contacts.values_list("pk", "name"))
    return {place: names.get(pk, hidden) for place, pk in found.items()}


def _any(name: str, ids: Iterable[int | None]) -> Func:
    """One of these ids, as one parameter: thousands of placeholders cost more than their answer."""
    several = Value(list({each for each in ids if each is not None}), ArrayField(BigIntegerField()))
    listed = Func(several, template="(%(expressions)s)")
    return Func(F(name), listed, template="%(expressions)s", arg_joiner=" = ANY ", output_field=BooleanField())


_ORDER = {role: place for place, role in enumerate(Role.values)}


@dataclass(frozen=True)
class Person:
    """A contact with what they are for. ``contact`` is None where the user may not see them."""

    contact: Contact | None
    roles: list[str]
    given: list[ContactRole]

    @property
    def name(self) -> str:
        return str(self.contact) if self.contact else _("another contact")


@dataclass(frozen=True)
class Given:
    """A role with where it is. ``customer`` and ``site`` are None where the user may not see them."""

    role: ContactRole
    label: str
    place: str
    customer: Customer | None
    site: Site | None
    contact: Contact | None
    in_force: bool
    gone: bool
    """It would be in force, had the site not gone to another customer."""


def people_at(site: Site, *, on: date) -> list[Person]:
    """Who is in force at a site on a day: the default contact first, then by the order of roles and by name."""
    return _persons(ContactRole.objects.in_force(on=on).filter(site=site), at_site=True)


def people_of(customer: Customer, *, on: date) -> list[Person]:
    """Who has a role at the customer itself on a day, in the same order."""
    return _persons(ContactRole.objects.in_force(on=on).filter(customer=customer, site=None), at_site=False)


def _persons(roles: Iterable[ContactRole], *, at_site: bool) -> list[Person]:
    by_contact: dict[int, list[ContactRole]] = {}
    for row in sorted(roles, key=lambda row: (_ORDER.get(row.role, len(_ORDER)), row.priority, row.role)):
        by_contact.setdefault(row.contact_id, []).append(row)
    known = Contact.objects.in_bulk(by_contact.keys())
    found = [
        Person(known.get(pk), [role_name(row.role, at_site=at_site) for row in given], given)
        for pk, given in by_contact.items()
    ]
    return sorted(found, key=lambda person: (_rank(person), person.contact.name_key if person.contact else ""))


def _rank(person: Person) -> tuple[int, int]:
    return min((_ORDER.get(row.role, len(_ORDER)), row.priority) for row in person.given)


def with_places(rows: QuerySet[ContactRole], *, on: date, most: int | None = None) -> list[Given]:
    """Roles with the names of their contacts, customers and sites; a site that went on is called as it was known.
    ``most``: no more than so many of them."""
    listed: list[Any] = list(rows.annotate(theirs=while_theirs(on=on))[:most])
    contacts = Contact.objects.in_bulk({row.contact_id for row in listed})
    customers = Customer.objects.in_bulk({row.customer_id for row in listed})
    site_ids = {row.site_id for row in listed if row.site_id}
    sites = Site.objects.in_bulk(site_ids)
    hidden = site_ids - sites.keys()
    known: dict[tuple[int | None, int | None], str] = {
        (tenure.site_id, tenure.customer_id): str(tenure.place.get("name", ""))
        for tenure in (Tenure.objects.filter(site__in=hidden).order_by("during") if hidden else ())
    }
    return [
        Given(
            role=row,
            label=str(row),
            place=known.get((row.site_id, row.customer_id), ""),
            customer=customers.get(row.customer_id),
            site=sites.get(row.site_id or 0),
            contact=contacts.get(row.contact_id),
            in_force=on in row.during and (row.site_id is None or row.theirs),
            gone=on in row.during and row.site_id is not None and not row.theirs,
        )
        for row in listed
    ]
