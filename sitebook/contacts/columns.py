"""What the lists of contacts can show of a row, and the main contact in the lists of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.contacts.models import Contact, Role, role_name
from sitebook.contacts.people import main_contacts
from sitebook.customers.columns import HOLDER_READS, OF_CUSTOMER, customer_reference_column, holder_text
from sitebook.lists.cells import Badge, Name
from sitebook.lists.columns import Column
from sitebook.registers.columns import (
    REACH,
    field_column,
    in_words,
    plain_column,
    reach_columns,
    stamp_columns,
    tags_text,
)

CONTACT_FILE = (
    *("reference", "name", "customer", "customer_reference", "position", *REACH),
    *("roles", "language", "consent", "tags", "changed"),
)


def contacts() -> list[Column]:
    """Columns of contacts with their customers and roles."""
    field, holder = partial(field_column, Contact), partial(holder_text, none="")
    consent = in_words("consent", Contact.Consent.choices)
    return [
        plain_column(
            *("name", _("Contact"), "name"),
            sort=("name_key",),
            look="grow l1",
            cell=Name(view="contacts:contact", small=attrgetter("position")),
        ),
        plain_column(
            *("customer", _("Customer"), *HOLDER_READS),
            value=holder,
            sort=("customer_key",),
            look="p2 l2",
            cell=replace(OF_CUSTOMER, nothing=_("on their own")),
        ),
        *reach_columns(phone="r1", email="p3"),
        plain_column("roles", _("Roles"), "role_names", value=roles_text, look="p2"),
        plain_column("consent", _("Consent"), "consent", value=consent, sort=("consent",), look="r2", cell=_CONSENT),
        field("reference", sort=("reference",)),
        customer_reference_column(),
        field("position"),
        field("language"),
        field("tags", value=tags_text),
        *stamp_columns("p3", changed_shown=False),
    ]


_CONSENT = Badge(
    of=attrgetter("consent"),
    tones={"agreed": "good", "refused": "bad"},
    short={"agreed": _("Agreed"), "refused": _("No messages")},
)


def parted(roles: Sequence[str]) -> list[str]:
    """Roles in words, built-in ones first. Where a role is the row does not say, so the main one is only main."""
    order = Role.values
    ranked = sorted(roles, key=lambda role: (order.index(role) if role in order else len(order), role))
    return [role_name(role, at_site=False) for role in ranked]


def roles_text(row: Any) -> str:
    return ", ".join(parted(row.role_names))


main_contact = attrgetter("main_contact")


def fill_main(rows: Sequence[Any], *, on: date | None) -> None:
    found = main_contacts(
        ((row.pk, None) for row in rows), on=on or timezone.localdate(), hidden=say("another contact")
    )
    for row in rows:
        row.main_contact = found.get((row.pk, None), "")


def fill_default(rows: Sequence[Any], *, on: date | None, site: Callable[[Any], int] = attrgetter("pk")) -> None:
    _fill(rows, [(row.customer_id, site(row)) for row in rows], on)


def _fill(rows: Sequence[Any], places: list[tuple[int | None, int | None]], on: date | None) -> None:
    found = main_contacts(places, on=on or timezone.localdate(), hidden=say("another contact"))
    for row, place in zip(rows, places, strict=True):
        row.main_contact = found.get(place, "")
