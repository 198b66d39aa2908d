"""What a contact is for, from when to when: roles at customers and sites, the main, billing and default contact.

The main contact of a site is called its default contact. Days are days in the site's zone, periods half open.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused
from sitebook.contacts.models import SINGLE, Contact, ContactRole, Role, role_name
from sitebook.customers.models import Customer
from sitebook.records.dated import SoAlready
from sitebook.records.models import RecordRows
from sitebook.sites.models import Site, Tenure
from sitebook.ui.formats import day_text


def role_called(typed: str) -> str:
    """The role people mean: a built-in one by its name, one in use as it is spelled there, else a new one."""
    word = " ".join(typed.split())
    names = {name.casefold(): role.value for role in Role for name in (role.value, str(role.label))}
    known = {**names, role_name(Role.MAIN, at_site=True).casefold(): Role.MAIN.value}.get(word.casefold())
    return known or ContactRole.objects.filter(role__in_any_case=word).values_list("role", flat=True).first() or word


def roles_in_use() -> list[str]:
    """Built-in roles in their order, then the firm's own by name, each once."""
    own = ContactRole.objects.exclude(role__in=Role.values).order_by("role").values_list("role", flat=True).distinct()
    return [*Role.values, *own[:200]]


@transaction.atomic
def give_role(
    contact: Contact, *, role: str, customer: Customer | None = None, site: Site | None = None, since: date
) -> ContactRole:
    """Give a contact a role at a customer, or at a site for whoever has it on ``since``.

    ``role``: as ``role_called`` gives it. There is one main and one billing contact at a time: the former one's
    time ends as the new one's begins; one who began that same day is replaced; one still to come stays.
    Raises Refused (is_archived, site_without_customer, not_their_contact, has_role_already).
    """
    if contact.is_archived:
        text = _("%(name)s is archived. Restore the contact first, then give the role.")
        raise Refused(text % {"name": contact}, code="is_archived")
    if site is not None:
        customer = had_on(site, since)
    if customer is None:
        raise Refused(
            _("Choose the customer or the site where %(name)s has the role.") % {"name": contact}, code="place_missing"
        )
    if role in SINGLE:
        _must_be_theirs(contact, customer=customer, site=site, role=role, on=since)
    given = ContactRole(contact=contact, customer=customer, site=site, role=role)
    try:
        return given.begin(since=since, up_to_next_beginning=True)
    except SoAlready as fault:
        raise Refused(_already(contact, fault.row, site or customer), code="has_role_already") from fault


@transaction.atomic
def name_single(contact: Contact | None, *, role: str, customer: Customer, site: Site | None = None, on: date) -> None:
    """Make this the main or billing contact from ``on``; None: there is none from then. Raises as ``give_role``."""
    if contact is not None:
        give_role(contact, role=role, customer=customer, site=site, since=on)
        return
    ContactRole(customer=customer, site=site, role=role).stop(on=on)


def single(*, role: str, customer_id: int | None, site_id: int | None = None, on: date) -> ContactRole | None:
    """The role of the main or billing contact on a day."""
    rows = ContactRole.objects.filter(customer=customer_id, site=site_id, role=role, during__holds=on)
    return rows.first() if customer_id else None


def single_contact(*, role: str, customer_id: int | None, site_id: int | None = None, on: date) -> Contact | None:
    """The main or billing contact on a day, as far as the user sees them."""
    row = single(role=role, customer_id=customer_id, site_id=site_id, on=on)
    return Contact.objects.filter(pk=row.contact_id).first() if row else None


@transaction.atomic
def change_contact(contact: Contact, *, version: int, values: dict[str, Any], on: date) -> None:
    """Save an edit.

    Raises StaleEdit and Refused (contact_is_customer; contact_still_needed when the contact would leave a customer
    as whose main, billing or default contact they could not be chosen then).
    """
    was = contact.customer_id
    contact.change(version=version, **values)
    if contact.customer_id == was:
        return
    bound = ContactRole.objects.in_force(on=on).filter(contact=contact, role__in=SINGLE)
    sites = Site.objects.in_bulk(list(bound.values_list("site_id", flat=True)))
    customers = Customer.objects.in_bulk(list(bound.values_list("customer_id", flat=True)))
    for row in bound:
        if not _theirs(contact, customer_id=row.customer_id, site_id=row.site_id, on=on):
            said = {"name": contact, "role": role_name(row.role, at_site=row.site_id is not None).lower()}
            place = sites.get(row.site_id or 0) or customers[row.customer_id]
            text = _("%(name)s is the %(role)s of %(place)s. Choose another one there before you change the customer.")
            raise Refused(text % {**said, "place": place}, code="contact_still_needed")


def candidates(customer: Customer | None, *, site: Site | None = None, on: date) -> RecordRows[Contact]:
    """Contacts who may be main, billing or default contact: those of the customer and of the customers above it,
    and those with another role there."""
    if customer is None:
        return Contact.objects.none()
    there = ContactRole.objects.in_force(on=on).filter(Q(site=site) | Q(site=None), customer=customer)
    own = Contact.objects.filter(customer_id__in=_and_above(customer.pk, on)).values("pk")
    return Contact.objects.filter(pk__in=own.union(there.values("contact_id")))


def had_on(site: Site, day: date) -> Customer:
    """The customer who had the site, as far as the user sees it."""
    row = Tenure.objects.in_force(on=day).filter(site=site, customer__isnull=False).first()
    found = Customer.objects.filter(pk=row.customer_id or 0).first() if row else None
    if found is None:
        text = _("On %(day)s no customer whom you may see had %(site)s. Choose another day.")
        raise Refused(text % {"day": day_text(day), "site": site}, code="site_without_customer")
    return found


def _must_be_theirs(contact: Contact, *, customer: Customer, site: Site | None, role: str, on: date) -> None:
    if _theirs(contact, customer_id=customer.pk, site_id=site.pk if site else None, on=on):
        return
    text = _(
        "%(name)s is no contact of %(place)s. The %(role)s must be one of its customer’s contacts, or have another"
        " role there first."
    )
    said = {"name": contact, "place": site or customer, "role": role_name(role, at_site=site is not None).lower()}
    raise Refused(text % said, code="not_their_contact")


def _theirs(contact: Contact, *, customer_id: int, site_id: int | None, on: date) -> bool:
    if contact.customer_id is not None and contact.customer_id in _and_above(customer_id, on):
        return True
    others = ContactRole.objects.in_force(on=on).filter(contact=contact, customer=customer_id)
    return others.filter(Q(site=site_id) | Q(site=None)).exclude(role__in=SINGLE).exists()


def _and_above(customer_id: int, on: date) -> list[int]:
    """The customer and those above it on a day, through ones the user may not see too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_above(%s, %s)", [customer_id, on])
        return [row[0] for row in cursor.fetchall()]


def _already(contact: Contact, row: ContactRole, place: Customer | Site) -> str:
    said = {"name": contact, "role": role_name(row.role, at_site=row.site_id is not None), "place": place}
    if row.during.lower is None:
        return _("%(name)s already has the role “%(role)s” at %(place)s.") % said
    text = _("%(name)s already has the role “%(role)s” at %(place)s, since %(day)s.")
    return text % {**said, "day": day_text(row.during.lower)}
