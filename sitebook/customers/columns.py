"""What the lists of customers, sites and contacts can show of a row, on the page and in files."""

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

from sitebook.customers.as_of import main_contacts
from sitebook.customers.models import Contact, Customer, Register, Role, Site, role_name
from sitebook.lists.columns import Cell, Column

Value = Callable[[Any], Cell]

PLACE = ("line1", "line2", "town", "region", "postcode", "country", "latitude", "longitude")
HEAD = tuple(f"head_{name}" for name in PLACE[:6])


def customers(*, on: date | None = None) -> list[Column]:
    """Columns of customers with ``site_count``, ``site_town`` and their parents; main contacts are of a day, today's
    by default."""
    field, main = partial(_field, Customer), partial(_fill_main, on=on)
    return [
        Column(key="name", label=_("Customer"), sort=("name_key",), look="grow l1", value=attrgetter("name")),
        field("reference", sort=("reference",), shown=True),
        Column(key="parent", label=_("Part of"), look="p3", value=_parent),
        Column(key="place", label=_("Place"), sort=("head_town",), look="p2 l2", value=_town),
        *_reach(phone="p3", email="p3", email_shown=on is None),
        Column(key="sites", label=_("Sites"), numeric=True, look="r2", value=attrgetter("site_count")),
        field("kind", sort=("kind",), look="p2", value=_words("kind", Customer.Kind.choices), shown=True),
        field("account", sort=("account",), look="r1", value=_words("account", Customer.Account.choices), shown=True),
        *_stamps("p2", changed_shown=True),
        Column(
            key="contact",
            label=_("Main contact"),
            look="p3",
            value=attrgetter("main_contact"),
            fill=main,
            shown=on is not None,
        ),
        *(field(name) for name in HEAD),
        field("website"),
        field("vat_number"),
        field("tags", value=_tags),
    ]


def sites(*, on: date | None = None) -> list[Column]:
    """Columns of sites with their customers; default contacts are of a day, today's by default."""
    field, default = partial(_field, Site), partial(_fill_default, on=on)
    texts = (name for name in PLACE if name not in ("town", "postcode"))
    return [
        Column(key="name", label=_("Site"), sort=("name_key",), look="grow l1", value=attrgetter("name")),
        Column(key="customer", label=_("Customer"), look="p2", value=partial(_holder, none=_("vacant"))),
        field("code", sort=("code",), shown=True),
        Column(
            key="place", label=_("Place"), sort=("town",), look="p2 l2", value=attrgetter("town"), file_label=_("Town")
        ),
        field("postcode", sort=("postcode",), look="r2", shown=True),
        field("type", sort=("type",), shown=True),
        field("status", sort=("status",), look="r1", value=_words("status", Site.Status.choices), shown=True),
        *_stamps("p3", changed_shown=True),
        field("reference", sort=("reference",)),
        _CUSTOMER_REFERENCE,
        *(field(name) for name in texts),
        *_reach(phone="p3", email="p3", phone_shown=False, email_shown=False),
        Column(
            key="contact",
            label=_("Default contact"),
            look="p3",
            value=attrgetter("main_contact"),
            fill=default,
            shown=False,
        ),
        field("tags", value=_tags),
    ]


def sites_then(*, on: date) -> list[Column]:
    """The same of tenures with their places, as they were on a day."""
    default = partial(_fill_default, on=on, site=attrgetter("site_id"))
    own: dict[str, dict[str, Any]] = {
        "name": {"sort": ("name_key",)},
        "place": {"value": partial(_of_place, name="town"), "sort": ("place_town",)},
        "status": {"value": _then_status, "sort": ("place_status",)},
        "phone": {"value": lambda row: _joined(row.place.get("phones"), "number")},
        "email": {"value": lambda row: _joined(row.place.get("emails"), "address")},
        "tags": {"value": lambda row: ", ".join(row.place.get("tags") or [])},
        **{key: {"sort": (f"place_{key}",)} for key in ("code", "postcode", "type")},
    }
    found = {column.key: column for column in sites() if column.key not in ("changed", "created")}
    for key, column in found.items():
        if key not in ("customer", "customer_reference", "contact"):
            plain: dict[str, Any] = {"value": partial(_of_place, name=key), "sort": ()}
            found[key] = replace(column, **plain | own.get(key, {}))
    found["contact"] = replace(found["contact"], fill=default, shown=True)
    order = ("name", "customer", "contact")
    return [*(found.pop(key) for key in order), *found.values()]


def contacts() -> list[Column]:
    """Columns of contacts with their customers and roles."""
    field = partial(_field, Contact)
    return [
        Column(key="name", label=_("Contact"), sort=("name_key",), look="grow l1", value=attrgetter("name")),
        Column(
            key="customer", label=_("Customer"), sort=("customer_key",), look="p2 l2", value=partial(_holder, none="")
        ),
        *_reach(phone="r1", email="p3"),
        Column(key="roles", label=_("Roles"), look="p2", value=roles_text),
        Column(
            key="consent",
            label=_("Consent"),
            sort=("consent",),
            look="r2",
            value=_words("consent", Contact.Consent.choices),
        ),
        field("reference", sort=("reference",)),
        _CUSTOMER_REFERENCE,
        field("position"),
        field("language"),
        field("tags", value=_tags),
        *_stamps("p3", changed_shown=False),
    ]


def parted(roles: Sequence[str]) -> list[str]:
    """Roles in words, built-in ones first. Where a role is the row does not say, so the main one is only main."""
    order = Role.values
    ranked = sorted(roles, key=lambda role: (order.index(role) if role in order else len(order), role))
    return [role_name(role, at_site=False) for role in ranked]


def roles_text(row: Any) -> str:
    return ", ".join(parted(row.role_names))


def _field(kind: type[Register], name: str, *, look: str = "p3", shown: bool = False, **changes: Any) -> Column:
    """A column of one field under the field's own name, not shown unless asked for."""
    words: dict[str, Any] = {"label": kind._meta.get_field(name).verbose_name, "value": attrgetter(name)}  # type: ignore[union-attr]
    return Column(key=name, look=look, shown=shown, **(words | changes))


def _reach(*, phone: str, email: str, phone_shown: bool = True, email_shown: bool = True) -> list[Column]:
    """All telephone numbers and email addresses in files; pages show the first."""
    numbers: Value = lambda row: _joined(row.phones, "number")  # noqa: E731
    addresses: Value = lambda row: _joined(row.emails, "address")  # noqa: E731
    return [
        Column(key="phone", label=_("Phone"), look=phone, value=numbers, shown=phone_shown, file_label=_("Phones")),
        Column(key="email", label=_("Email"), look=email, value=addresses, shown=email_shown, file_label=_("Emails")),
    ]


def _stamps(look: str, *, changed_shown: bool) -> list[Column]:
    """When a row was changed last, and made: days in the user's zone."""

    def stamp(key: str, label: Any, name: str, *, shown: bool) -> Column:
        value: Value = lambda row: timezone.localdate(getattr(row, name))  # noqa: E731
        return Column(
            key=key, label=label, sort=(name,), numeric=True, look=look, value=value, shown=shown, first_descending=True
        )

    return [
        stamp("changed", _("Changed"), "updated_at", shown=changed_shown),
        stamp("created", _("Added"), "created_at", shown=False),
    ]


def _words(name: str, choices: Sequence[tuple[str, Any]]) -> Value:
    """A choice in words; text that is none of the choices says nothing."""
    words, get = dict(choices), attrgetter(name)
    return lambda row: str(words.get(get(row), ""))


_STATUSES = dict(Site.Status.choices)


def _then_status(row: Any) -> str:
    return str(_STATUSES.get(row.place.get("status"), ""))


def _of_place(row: Any, *, name: str) -> Cell:
    found: Cell = row.place.get(name)
    return found


def _parent(row: Any) -> str:
    return row.parent_name or (say("another customer") if row.parent_pk else "")


def _town(row: Any) -> str:
    return row.head_town or row.site_town or ""


def _holder(row: Any, *, none: Any) -> str:
    """The customer's name; another's stays hidden."""
    if row.customer:
        return str(row.customer)
    return say("another customer") if row.customer_id else str(none)


def _joined(entries: Any, name: str) -> str:
    return ", ".join(each.get(name, "") for each in entries or [])


def _tags(row: Any) -> str:
    return ", ".join(row.tags)


def _fill_main(rows: Sequence[Any], *, on: date | None) -> None:
    found = main_contacts(
        ((row.pk, None) for row in rows), on=on or timezone.localdate(), hidden=say("another contact")
    )
    for row in rows:
        row.main_contact = found.get((row.pk, None), "")


def _fill_default(rows: Sequence[Any], *, on: date | None, site: Callable[[Any], int] = attrgetter("pk")) -> None:
    _fill(rows, [(row.customer_id, site(row)) for row in rows], on)


def _fill(rows: Sequence[Any], places: list[tuple[int | None, int | None]], on: date | None) -> None:
    found = main_contacts(places, on=on or timezone.localdate(), hidden=say("another contact"))
    for row, place in zip(rows, places, strict=True):
        row.main_contact = found.get(place, "")


_CUSTOMER_REFERENCE = Column(
    key="customer_reference",
    label=_("Customer reference"),
    look="p3",
    value=lambda row: row.customer.reference if row.customer else "",
    shown=False,
)
