"""What the files of sites, customers and contacts hold: headings in the reader's words, one line a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.customers.as_of import main_contacts
from sitebook.customers.models import Contact, Customer, Register, Role, Site, Tenure
from sitebook.imports.exporting import Cell


@dataclass(frozen=True)
class Columns:
    """``name``: what the file is called, without the day and the ending."""

    name: str
    headings: Sequence[str]
    cells: Callable[[Sequence[Any]], Iterable[Sequence[Cell]]]


_PLACE = ("line1", "line2", "town", "region", "postcode", "country", "latitude", "longitude")


def sites(*, on: date) -> Columns:
    """Sites as they are, with their default contacts on a day."""
    return _sites(on, _of_site)


def sites_then(*, on: date) -> Columns:
    """Tenures with their places, as they were on a day."""
    return _sites(on, _of_tenure)


def _of_site(row: Site) -> tuple[int | None, int, Customer | None, Callable[[str], Any]]:
    return row.customer_id, row.pk, row.customer, lambda name: getattr(row, name)


def _of_tenure(row: Tenure) -> tuple[int | None, int, Customer | None, Callable[[str], Any]]:
    return row.customer_id, row.site_id, row.customer, lambda name: row.place.get(name)


def _sites(on: date, read: Callable[[Any], tuple[int | None, int, Customer | None, Callable[[str], Any]]]) -> Columns:
    names = ("reference", "name", "code", "type", "status", *_PLACE, "phones", "emails", "tags")
    labels = _labels(Site, names) | {"name": _("Site")}
    statuses = {value: str(label) for value, label in Site.Status.choices}
    vacant, hidden, unseen = _("vacant"), _("another customer"), _("another contact")

    def cells(rows: Sequence[Any]) -> Iterable[Sequence[Cell]]:
        found = [read(row) for row in rows]
        people = main_contacts(((holder, site) for holder, site, _customer, _get in found), on=on, hidden=unseen)
        for holder, site, customer, get in found:
            yield [
                get("reference"),
                get("name"),
                str(customer) if customer else (hidden if holder else vacant),
                customer.reference if customer else "",
                get("code"),
                get("type"),
                statuses.get(get("status"), ""),
                *(get(name) for name in _PLACE),
                *_reach(get("phones"), get("emails")),
                people.get((holder, site), ""),
                ", ".join(get("tags") or []),
            ]

    return Columns(
        "sites",
        [
            labels["reference"], labels["name"], _("Customer"), _("Customer reference"), labels["code"],
            labels["type"], labels["status"], *(labels[name] for name in _PLACE), labels["phones"], labels["emails"],
            _("Default contact"), labels["tags"],
        ],
        cells,
    )  # fmt: skip


def customers(*, on: date) -> Columns:
    """Customers as they are, with the number of their sites (from the list) and main contacts of a day."""
    head = [f"head_{name}" for name in _PLACE[:6]]
    names = ("vat_number", "website", "tags", "phones", "emails", "reference", "kind", "account", *head)
    labels = _labels(Customer, names)
    kinds, accounts = _words(Customer.Kind.choices), _words(Customer.Account.choices)
    zone, unseen = timezone.get_current_timezone(), _("another contact")

    def cells(rows: Sequence[Any]) -> Iterable[Sequence[Cell]]:
        people = main_contacts(((row.pk, None) for row in rows), on=on, hidden=unseen)
        for row in rows:
            yield [
                row.reference,
                row.name,
                kinds[row.kind],
                accounts[row.account],
                *(getattr(row, name) for name in head),
                *_reach(row.phones, row.emails),
                row.website,
                row.vat_number,
                people.get((row.pk, None), ""),
                row.site_count,
                ", ".join(row.tags),
                _day(row.updated_at, zone),
            ]

    return Columns(
        "customers",
        [
            labels["reference"], _("Customer"), labels["kind"], labels["account"], *(labels[name] for name in head),
            labels["phones"], labels["emails"], labels["website"], labels["vat_number"], _("Main contact"), _("Sites"),
            labels["tags"], _("Changed"),
        ],
        cells,
    )  # fmt: skip


def contacts(*, on: date) -> Columns:
    """Contacts as they are, with their roles on a day (from the list)."""
    names = ("reference", "position", "phones", "emails", "language", "consent", "tags")
    labels = _labels(Contact, names)
    consents, hidden, zone = _words(Contact.Consent.choices), _("another customer"), timezone.get_current_timezone()
    roles = _words(Role.choices) | {Role.MAIN.value: _("Main or default contact")}

    def cells(rows: Sequence[Any]) -> Iterable[Sequence[Cell]]:
        for row in rows:
            yield [
                row.reference,
                row.name,
                str(row.customer) if row.customer else (hidden if row.customer_id else ""),
                row.customer.reference if row.customer else "",
                row.position,
                *_reach(row.phones, row.emails),
                ", ".join(roles.get(role, role) for role in row.role_names),
                row.language,
                consents[row.consent],
                ", ".join(row.tags),
                _day(row.updated_at, zone),
            ]

    return Columns(
        "contacts",
        [
            labels["reference"], _("Contact"), _("Customer"), _("Customer reference"), labels["position"],
            labels["phones"], labels["emails"], _("Roles"), labels["language"], labels["consent"], labels["tags"],
            _("Changed"),
        ],
        cells,
    )  # fmt: skip


def _labels(kind: type[Register], names: Iterable[str]) -> dict[str, str]:
    fields = {field.name: field for field in kind._meta.concrete_fields}
    return {name: str(fields[name].verbose_name) for name in names}


def _words(choices: Iterable[tuple[str, Any]]) -> dict[str, str]:
    return {value: str(label) for value, label in choices}


def _reach(phones: Any, emails: Any) -> tuple[str, str]:
    return (
        ", ".join(each.get("number", "") for each in phones or []),
        ", ".join(each.get("address", "") for each in emails or []),
    )


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()
