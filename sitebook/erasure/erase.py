"""Erasing a person: a contact, or a customer who is an individual together with their contact and home.

What stays is a numbered stub, so that whatever points at the person still points somewhere. Everything the person's
own records say goes, now and in the history; mentions elsewhere go where they are ticked
([docs/decisions/erasing.md](../../docs/decisions/erasing.md)).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from sitebook.api import idempotency
from sitebook.basics.refused import NotAllowed, Refused
from sitebook.bulk.erasure import forget
from sitebook.contacts.models import Contact, ContactRole
from sitebook.contacts.register import CONTACTS
from sitebook.contacts.tables import CONTACT
from sitebook.customers.models import Customer, CustomerExternalId
from sitebook.customers.register import CUSTOMERS
from sitebook.customers.tables import CUSTOMER
from sitebook.erasure import mentions
from sitebook.erasure.mentions import Mention, Ties
from sitebook.erasure.terms import Terms
from sitebook.files import erasure as files
from sitebook.files.models import Document
from sitebook.history import erasure as register
from sitebook.history import labels
from sitebook.lists import erasure as views
from sitebook.sites.models import Site, Tenure
from sitebook.sites.register import SITES
from sitebook.sites.tables import SITE
from sitebook.users import mail_queue
from sitebook.users.models import User

_REACHED = ("name", "phones", "emails", "language")
_NOTED = ("tags", "notes", "custom", "archive_reason", register.REASON)
_OF_CONTACT = {each.name: each.empty for each in CONTACTS.bound if each.personal}
_CONTACT = tuple(dict.fromkeys([*_OF_CONTACT, *_NOTED]))
_CUSTOMER = tuple(dict.fromkeys([*_REACHED, *(each.name for each in CUSTOMERS.bound if each.personal), *_NOTED]))
_PERSONAL = {each.name: each.empty for each in SITES.bound if each.personal}
_PLACE = tuple(dict.fromkeys(["name", *_PERSONAL, *_NOTED]))
_EMPTY: dict[str, Any] = (
    _OF_CONTACT
    | _PERSONAL
    | {
        "phones": [],
        "emails": [],
        "tags": [],
        "custom": {},
    }
)


class NotConfirmed(Refused):
    """What was typed is not the reference of the person."""


@dataclass(frozen=True)
class Person:
    """Who is to be erased; ``customer`` when the person is a customer, ``contact`` their own contact then."""

    contact: Contact
    customer: Customer | None

    @property
    def record(self) -> Contact | Customer:
        return self.customer or self.contact


@dataclass(frozen=True)
class Found:
    """All places where a person's data stands. ``roles``: where the person has, or had, a role."""

    person: Person
    terms: Terms
    roles: list[ContactRole]
    documents: list[Document]
    sites: list[Site]
    mentions: list[Mention]


def must_be_allowed(user: User) -> None:
    """Raises NotAllowed for whoever does not see all customers: they would not find every place."""
    if not user.all_customers:
        raise NotAllowed(_("Only somebody who sees all customers may erase a person: the name may stand anywhere."))


def person_of(record: Contact | Customer) -> Person:
    """Raises Refused (not_a_person, is_erased)."""
    if isinstance(record, Contact):
        contact, customer = record, record.customer if record.is_customer else None
    else:
        own = Contact.objects.filter(customer=record, is_customer=True).first()
        if own is None:
            text = _("%(name)s is a company. Erase its contacts one by one instead.")
            raise Refused(text % {"name": record}, code="not_a_person")
        contact, customer = own, record
    if contact.erased_at:
        raise Refused(_("%(name)s was erased already.") % {"name": record}, code="is_erased")
    return Person(contact, customer)


def find(person: Person) -> Found:
    """Look through every text of every table, and through the history."""
    terms = _terms(person)
    ties, sites = _ties(person), _sites(person)
    own = {(CONTACT, person.contact.pk)} | ({(CUSTOMER, person.customer.pk)} if person.customer else set())
    documents = _documents(person)
    own |= {(Document._meta.db_table, document.pk) for document in documents}
    roles = ContactRole.objects.filter(contact=person.contact).order_by("-during").select_related("customer", "site")
    return Found(person, terms, list(roles), documents, sites, mentions.mentions(terms, ties, own=own))


def erase(
    person: Person, *, typed: str, ticked: Collection[str], by_id: int | None, at: datetime, today: date
) -> Contact:
    """Erase the person. ``ticked``: keys of the mentions to take out, and ``sites_site:<id>`` for their places.

    ``typed``: the person's reference, so that nobody is erased by a slip.
    Raises NotConfirmed and Refused (not_a_person, is_erased).
    """
    if typed.strip().casefold() != person.record.reference.casefold():
        text = _("Type %(reference)s to erase %(name)s.")
        raise NotConfirmed(text % {"reference": person.record.reference, "name": person.record}, code="not_confirmed")
    with transaction.atomic():
        # The customer first, as every edit of an individual does.
        if person.customer:
            Customer.objects.select_for_update().get(pk=person.customer.pk)
        Contact.objects.select_for_update(of=("self",)).get(pk=person.contact.pk)
        found = find(person_of(Contact.objects.get(pk=person.contact.pk)))
        places = [site for site in found.sites if f"{SITE}:{site.pk}" in ticked]
        mentions.take_out([each for each in found.mentions if each.key in ticked], found.terms)
        _erase_documents(found.documents)
        _end_roles(person.contact, today=today)
        if person.customer:
            _erase_customer(person.customer, places, found.terms, by_id=by_id, at=at)
        _erase_contact(person, by_id=by_id, at=at)
        mentions.forget_messages(found.terms)
        own = [(CONTACT, person.contact.pk), *([(CUSTOMER, person.customer.pk)] if person.customer else [])]
        forget(pattern=found.terms.pattern, records=own)
        if found.terms.pattern:
            idempotency.forget(found.terms.pattern)
            mail_queue.forget(found.terms.pattern)
        views.forget(found.terms.within)
    return Contact.objects.get(pk=person.contact.pk)


def stays_their_own(role: ContactRole, contact: Contact) -> bool:
    """Whether the role only says that an individual is their own contact."""
    return contact.is_customer and role.site_id is None and role.customer_id == contact.customer_id


def _terms(person: Person) -> Terms:
    """What the person is and was called and reached by."""
    records: list[tuple[str, Contact | Customer]] = [(CONTACT, person.contact)]
    if person.customer:
        records.append((CUSTOMER, person.customer))
    names = [record.name for _table, record in records]
    phones = [entry for _table, record in records for entry in record.phones]
    emails = [entry for _table, record in records for entry in record.emails]
    for table, record in records:
        names += register.values_of(kind=table, record_id=record.pk, column="name")
        for column, entries in (("phones", phones), ("emails", emails)):
            for value in register.values_of(kind=table, record_id=record.pk, column=column):
                entries.extend(value)
    return Terms(
        names=names,
        numbers=[str(entry.get("number", "")).partition(";")[0] for entry in phones],
        addresses=[str(entry.get("address", "")) for entry in emails],
    )


def _ties(person: Person) -> Ties:
    roles = ContactRole.objects.filter(contact=person.contact)
    customers = set(roles.values_list("customer", flat=True))
    if person.contact.customer_id is not None:
        customers.add(person.contact.customer_id)
    sites = set(roles.filter(site__isnull=False).values_list("site", flat=True))
    individual = person.customer.pk if person.customer else None
    if individual:
        sites |= set(Tenure.objects.filter(customer=individual).values_list("site", flat=True))
    return Ties(frozenset(customers), frozenset(sites), individual)


def _sites(person: Person) -> list[Site]:
    return list(Site.objects.filter(customer=person.customer).order_by("pk")) if person.customer else []


def _documents(person: Person) -> list[Document]:
    """Removed ones too: their bytes are still there."""
    mine = Q(about_kind=CONTACT, about_id=person.contact.pk)
    if person.customer:
        mine |= Q(about_kind=CUSTOMER, about_id=person.customer.pk)
    return list(Document.objects.filter(mine).order_by("pk"))


def _erase_documents(documents: list[Document]) -> None:
    files.erase(documents)
    ids = [document.pk for document in documents]
    register.erase(kind=Document._meta.db_table, ids=ids, columns=["name", "note", register.REASON])


def _end_roles(contact: Contact, *, today: date) -> None:
    """From today on nobody is sent to them; the time before keeps the stub. An individual stays their own contact."""
    for role in ContactRole.objects.not_over(on=today).filter(contact=contact).select_for_update():
        if not stays_their_own(role, contact):
            role.cut(on=today)


def _erase_customer(customer: Customer, places: list[Site], terms: Terms, *, by_id: int | None, at: datetime) -> None:
    # Translators: what an erased customer is called from then on.
    name = _("Erased customer %(reference)s") % {"reference": customer.reference}
    _blank(Customer.objects.filter(pk=customer.pk), _CUSTOMER, name=name, by_id=by_id, at=at)
    register.erase(kind=CUSTOMER, ids=[customer.pk], columns=_recorded(CUSTOMER, _CUSTOMER))
    ids = list(CustomerExternalId.objects.filter(customer=customer).values_list("pk", flat=True))
    CustomerExternalId.objects.filter(pk__in=ids).delete()
    register.erase(kind=CustomerExternalId._meta.db_table, ids=ids, columns=["value"])
    for site in places:
        called = site.name
        if terms.within(called):
            called = _("Erased site %(reference)s") % {"reference": site.reference}
        _blank(Site.objects.filter(pk=site.pk), _PLACE, name=called, by_id=by_id, at=at)
    _erase_tenures(customer, places, terms)


def _erase_tenures(customer: Customer, places: list[Site], terms: Terms) -> None:
    """What the person's own periods remember of a place, also of places others have by now."""
    kept = Site.objects.filter(customer=customer).exclude(pk__in=[site.pk for site in places])
    for tenure in Tenure.objects.filter(customer=customer).exclude(site__in=kept):
        place = {key: _emptied(key, value) for key, value in tenure.place.items()}
        if name := tenure.place.get("name"):
            place["name"] = terms.taken_out(name)
        if place != tenure.place:
            Tenure.objects.filter(pk=tenure.pk).update(place=place, reason=terms.taken_out(tenure.reason))
        register.erase(kind=SITE, ids=[tenure.site_id], columns=_recorded(SITE, _PLACE), customer_id=customer.pk)


def _erase_contact(person: Person, *, by_id: int | None, at: datetime) -> None:
    rows, keep = Contact.objects.filter(pk=person.contact.pk), []
    # Translators: what an erased contact is called from then on.
    name = _("Erased person %(reference)s") % {"reference": person.contact.reference}
    if person.customer:  # the database has written the customer's new name to both
        name, keep = Contact.objects.values_list("name", flat=True).get(pk=person.contact.pk), list(_REACHED)
    columns = [column for column in _CONTACT if column not in keep]
    values = {} if keep else {"name": name}
    _blank(rows, columns, by_id=by_id, at=at, erased_at=at, consent=Contact.Consent.UNKNOWN, **values)
    register.erase(kind=CONTACT, ids=[person.contact.pk], columns=_recorded(CONTACT, _CONTACT))


def _recorded(kind: str, columns: Collection[str]) -> list[str]:
    """The columns as the history names them: the firm's custom fields one by one."""
    return [*columns, *labels.parts(kind)]


def _blank(rows: Any, columns: Collection[str], *, by_id: int | None, at: datetime, **values: Any) -> None:
    """Empty these columns, and archive the row in an act of its own, so that nothing brings it back with others."""
    emptied = {column: _EMPTY.get(column, "") for column in columns if column not in (register.REASON, "name")}
    rows.filter(archived_at__isnull=True).update(archived_at=at, archived_by_id=by_id)
    rows.update(**(emptied | values), archived_with="")


def _emptied(key: str, value: Any) -> Any:
    if key not in _PLACE or key == "name":
        return value
    return _EMPTY.get(key, "")
