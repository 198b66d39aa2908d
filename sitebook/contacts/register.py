"""The register of contacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.contacts.columns import roles_text
from sitebook.contacts.individuals import contacts_blocked, why_not_change
from sitebook.contacts.lists import LANGUAGE_FILTER, OF_CUSTOMER_FILTER, ON_THEIR_OWN, role_filter, with_roles
from sitebook.contacts.models import Contact
from sitebook.contacts.roles import change_contact
from sitebook.customers.columns import HOLDER_READS, OF_CUSTOMER, customer_reference_column, holder_text
from sitebook.customers.models import Customer
from sitebook.lists.cells import Badge, Name
from sitebook.registers.columns import REACH, field_column, plain_column, stamp_columns
from sitebook.registers.field import Field
from sitebook.registers.register import Register
from sitebook.registers.schemas import not_published
from sitebook.values.codes import LANGUAGE
from sitebook.values.kinds import Day
from sitebook.values.references import Reference

_CONSENT = Badge(
    of=attrgetter("consent"),
    tones={"agreed": "good", "refused": "bad"},
    short={"agreed": _("Agreed"), "refused": _("No messages")},
)


def _rows() -> QuerySet[Any]:
    return with_roles(Contact.objects.all(), on=timezone.localdate())


def _day_of_consent(given: Mapping[str, Any], now: Mapping[str, Any]) -> Mapping[str, date | None]:
    """A consent that was changed without a day counts from today; who was not asked has no day."""
    consent = given.get("consent", now.get("consent"))
    if "consent" in given and consent == Contact.Consent.UNKNOWN:
        return {"consent_on": None}
    changed = consent != now.get("consent")
    return {"consent_on": timezone.localdate()} if changed and given.get("consent_on") is None else {}


def _change(contact: Contact, *, version: int, **values: Any) -> None:
    change_contact(contact, version=version, values=values, on=timezone.localdate())


CONTACTS = Register(
    model=Contact,
    path="contacts",
    see=Permission.SEE_CUSTOMERS,
    change=Permission.CHANGE_CONTACTS,
    archive=Permission.ARCHIVE_CONTACTS,
    rows=_rows,
    fields=[
        Field(
            "name",
            heading=_("Contact"),
            sort="name_key",
            cell=Name(view=Contact.named.page, small=attrgetter("position")),
            personal=True,
            told=False,
        ),
        Field(
            "customer",
            kind=Reference(to=Customer, picker="customers:pick"),
            column=None,
            told=False,
            help=_("Empty: a private contact, whom everybody sees who signs in."),
        ),
        Field("position", bulk=True, personal=True, told=False),
        Field("phones", column="r1", personal=True, told=False),
        Field("emails", column="p3", personal=True, told=False),
        Field(
            "consent",
            column="r2",
            cell=_CONSENT,
            sort=True,
            filter=True,
            bulk=True,
            together=["consent_on"],
            personal=True,
            told=False,
        ),
        Field(
            "consent_on",
            label=_("Given or refused on"),
            kind=Day(latest=timezone.localdate),
            column=None,
            personal=True,
            told=False,
            help=_("Empty when you change the consent: today."),
        ),
        Field("language", kind=LANGUAGE, bulk=True, personal=True, told=False),
        Field("tags", personal=True, told=False),
        Field("notes", column=None, personal=True, told=False),
    ],
    columns=[
        plain_column(
            "customer",
            _("Customer"),
            *HOLDER_READS,
            value=partial(holder_text, none=""),
            sort=("customer_key",),
            look="p2 l2",
            cell=replace(OF_CUSTOMER, nothing=_("on their own")),
        ),
        plain_column("roles", _("Roles"), "role_names", value=roles_text, look="p2"),
        field_column(Contact, "reference", sort=("reference",)),
        customer_reference_column(),
        *stamp_columns("p3", changed_shown=False),
    ],
    filters=[role_filter(), LANGUAGE_FILTER, ON_THEIR_OWN, OF_CUSTOMER_FILTER],
    list_order=("name", "customer", *REACH, "roles", "consent", "reference", "customer_reference", "position"),
    file_order=(
        *("reference", "name", "customer", "customer_reference", "position", *REACH),
        *("roles", "language", "consent", "tags", "changed"),
    ),
    also_read={"roles": not_published(list[Any], "Names in a list; each with its place and period on one contact.")},
    change_by=_change,
    follows=_day_of_consent,
    why_not=why_not_change,
    blocked=contacts_blocked,
    country="customer.head_country",
    new_label=_("New contact"),
    selected_label=_("Selected contacts"),
    help="contacts",
)
