"""What the lists of customers, sites and contacts can show of a row, on the page and in files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.customers.as_of import main_contacts
from sitebook.customers.models import Contact, Customer, Register, Role, Site, role_name
from sitebook.lists.cells import PLAIN, Amount, Badge, Email, Link, Look, Muted, Name, Phone, Stamp
from sitebook.lists.columns import Cell, Column

Value = Callable[[Any], Cell]

PLACE = ("line1", "line2", "town", "region", "postcode", "country", "latitude", "longitude")
HEAD = tuple(f"head_{name}" for name in PLACE[:6])
# Files of all columns begin with these, as they always did: an import of such a file goes by their headings.
_REACH = ("phone", "email")
CUSTOMER_FILE = (
    *("reference", "name", "kind", "account", *HEAD, *_REACH),
    *("website", "vat_number", "contact", "sites", "tags", "changed"),
)
SITE_FILE = (
    *("reference", "name", "customer", "customer_reference", "code", "type", "status", "line1", "line2", "place"),
    *("region", "postcode", "country", "latitude", "longitude", *_REACH, "contact", "tags"),
)
CONTACT_FILE = (
    *("reference", "name", "customer", "customer_reference", "position", *_REACH),
    *("roles", "language", "consent", "tags", "changed"),
)


def customers(*, on: date | None = None) -> list[Column]:
    """Columns of customers with ``site_count``, ``site_town`` and their parents; main contacts are of a day, today's
    by default."""
    field, main = partial(_field, Customer), partial(_fill_main, on=on)
    kind, account = _words("kind", Customer.Kind.choices), _words("account", Customer.Account.choices)
    query = _query(on)
    return [
        _column(
            *("name", _("Customer"), "name"),
            sort=("name_key",),
            look="grow l1",
            cell=Name(view="customers:customer", query=query),
        ),
        field("reference", sort=("reference",), shown=True),
        _column("parent", _("Part of"), "parent_pk", "parent_name", value=_parent, cell=_PARENT),
        _column(
            *("place", _("Place"), "head_town", "site_town"),
            value=_town,
            sort=("head_town",),
            look="p2 l2",
            cell=Muted(when=lambda row: not row.head_town),
        ),
        *_reach(phone="p3", email="p3", email_shown=on is None),
        _column("sites", _("Sites"), "site_count", numeric=True, look="r2", cell=replace(_SITES, query=query)),
        field("kind", sort=("kind",), look="p2", value=kind, shown=True),
        field("account", sort=("account",), look="r1", value=account, shown=True, cell=_ACCOUNT),
        *_stamps("p2", changed_shown=True, history="customers:customer-history"),
        _column("contact", _("Main contact"), "pk", value=_main_contact, fill=main, shown=on is not None),
        *(field(name) for name in HEAD),
        field("website"),
        field("vat_number"),
        field("tags", value=_tags),
    ]


def sites(*, on: date | None = None) -> list[Column]:
    """Columns of sites with their customers; default contacts are of a day, today's by default."""
    field, default = partial(_field, Site), partial(_fill_default, on=on)
    status = _words("status", Site.Status.choices)
    return [
        _column("name", _("Site"), "name", sort=("name_key",), look="grow l1", cell=Name(view="customers:site")),
        _column(
            "customer", _("Customer"), *_HOLDER, value=partial(_holder, none=_("vacant")), look="p2", cell=_OF_CUSTOMER
        ),
        field("code", sort=("code",), shown=True, cell=Look(also="code")),
        _column("place", _("Place"), "town", sort=("town",), look="p2 l2", file_label=_("Town")),
        field("postcode", sort=("postcode",), look="r2", shown=True),
        field("type", sort=("type",), shown=True),
        field("status", sort=("status",), look="r1", value=status, shown=True, cell=_STATUS),
        *_stamps("p3", changed_shown=True, history="customers:site-history"),
        field("reference", sort=("reference",)),
        _customer_reference(),
        *(field(name) for name in PLACE if name not in ("town", "postcode")),
        *_reach(phone="p3", email="p3", phone_shown=False, email_shown=False),
        _column("contact", _("Default contact"), "pk", "customer_id", value=_main_contact, fill=default, shown=False),
        field("tags", value=_tags),
    ]


def sites_then(*, on: date) -> list[Column]:
    """The same of tenures with their places, as they were on a day."""
    default = partial(_fill_default, on=on, site=attrgetter("site_id"))
    own: dict[str, dict[str, Any]] = {
        "name": {
            "sort": ("name_key",),
            "cell": Name(view="customers:site", of=attrgetter("site_id"), query=_query(on)),
        },
        "place": {"value": partial(_of_place, name="town"), "sort": ("place_town",)},
        "status": {
            "value": _then_status,
            "sort": ("place_status",),
            "cell": replace(_STATUS, of=attrgetter("place_status")),
        },
        "phone": {"value": lambda row: _joined(row.place.get("phones"), "number"), "cell": PLAIN},
        "email": {"value": lambda row: _joined(row.place.get("emails"), "address"), "cell": PLAIN},
        "tags": {"value": lambda row: ", ".join(row.place.get("tags") or [])},
        **{key: {"sort": (f"place_{key}",)} for key in ("code", "postcode", "type")},
    }
    found = {column.key: column for column in sites() if column.key not in ("changed", "created")}
    for key, column in found.items():
        if key not in ("customer", "customer_reference", "contact"):
            plain: dict[str, Any] = {"value": partial(_of_place, name=key), "sort": (), "reads": ("place",)}
            found[key] = replace(column, **plain | own.get(key, {}))
    found["customer"] = replace(found["customer"], cell=replace(_OF_CUSTOMER, query=_query(on)))
    found["contact"] = replace(found["contact"], fill=default, shown=True, reads=("customer_id", "site_id"))
    order = ("name", "customer", "contact")
    return [*(found.pop(key) for key in order), *found.values()]


def contacts() -> list[Column]:
    """Columns of contacts with their customers and roles."""
    field, holder = partial(_field, Contact), partial(_holder, none="")
    consent = _words("consent", Contact.Consent.choices)
    return [
        _column(
            *("name", _("Contact"), "name"),
            sort=("name_key",),
            look="grow l1",
            cell=Name(view="customers:contact", small=attrgetter("position")),
        ),
        _column(
            *("customer", _("Customer"), *_HOLDER),
            value=holder,
            sort=("customer_key",),
            look="p2 l2",
            cell=replace(_OF_CUSTOMER, nothing=_("on their own")),
        ),
        *_reach(phone="r1", email="p3"),
        _column("roles", _("Roles"), "role_names", value=roles_text, look="p2"),
        _column("consent", _("Consent"), "consent", value=consent, sort=("consent",), look="r2", cell=_CONSENT),
        field("reference", sort=("reference",)),
        _customer_reference(),
        field("position"),
        field("language"),
        field("tags", value=_tags),
        *_stamps("p3", changed_shown=False),
    ]


def _query(on: date | None) -> str:
    """What the address of a page of that day ends in."""
    return f"?on={on.isoformat()}" if on else ""


def _seen_customer(row: Any) -> int | None:
    return row.customer_id if row.customer else None


_PARENT = Link(view="customers:customer", of=lambda row: row.parent_pk if row.parent_name else None)
_SITES = Amount(view="customers:customer-sites", number=attrgetter("site_count"), one=_("site"), many=_("sites"))
_ACCOUNT = Badge(of=attrgetter("account"), tones={"ok": "good", "warning": "attention", "stop": "bad"}, bare="ok")
_OF_CUSTOMER = Link(view="customers:customer", of=_seen_customer, muted=lambda row: row.customer_id is None)
_STATUS = Badge(of=attrgetter("status"), tones={"active": "good", "prospective": "news"}, tone="idle", bare="active")
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


_HOLDER = ("customer_id", "customer__name")
_main_contact = attrgetter("main_contact")


def _column(
    key: str, label: Any, *reads: str, value: Value | None = None, look: str = "p3", shown: bool = True, **rest: Any
) -> Column:
    """A column that says the first thing it reads, unless told otherwise."""
    return Column(
        key=key, label=label, look=look, value=value or attrgetter(reads[0]), shown=shown, reads=reads, **rest
    )


def _field(kind: type[Register], name: str, *, shown: bool = False, **rest: Any) -> Column:
    """A column of one field under the field's own name, not shown unless asked for."""
    label = kind._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return _column(name, label, name, shown=shown, **rest)


def _reach(*, phone: str, email: str, phone_shown: bool = True, email_shown: bool = True) -> list[Column]:
    """All telephone numbers and email addresses in files; pages show the first."""

    def column(
        key: str, label: Any, plural: Any, kind: type[Phone | Email], *, part: str, look: str, shown: bool
    ) -> Column:
        every = attrgetter(f"{key}s")

        def joined(row: Any) -> str:
            return _joined(every(row), part)

        return _column(
            key, label, f"{key}s", value=joined, look=look, shown=shown, file_label=plural, cell=kind(of=every)
        )

    return [
        column("phone", _("Phone"), _("Phones"), Phone, part="number", look=phone, shown=phone_shown),
        column("email", _("Email"), _("Emails"), Email, part="address", look=email, shown=email_shown),
    ]


def _stamps(look: str, *, changed_shown: bool, history: str = "") -> list[Column]:
    """When a row was changed last, with a link to its ``history``, and made: days in the user's zone."""
    cell = Stamp(view=history, at=attrgetter("updated_at")) if history else PLAIN

    def stamp(key: str, label: Any, name: str, *, shown: bool, cell: Look = PLAIN) -> Column:
        def day(row: Any) -> date:
            return timezone.localdate(getattr(row, name))

        return _column(
            key,
            label,
            name,
            value=day,
            sort=(name,),
            numeric=True,
            look=look,
            shown=shown,
            first_descending=True,
            cell=cell,
        )

    return [
        stamp("changed", _("Changed"), "updated_at", shown=changed_shown, cell=cell),
        stamp("created", _("Added"), "created_at", shown=False),
    ]


def _customer_reference() -> Column:
    def reference(row: Any) -> str:
        return row.customer.reference if row.customer else ""

    return _column("customer_reference", _("Customer reference"), "customer__reference", value=reference, shown=False)


def _words(name: str, choices: Sequence[tuple[str, Any]]) -> Value:
    """A choice in words; text that is none of the choices says nothing."""
    words, get = dict(choices), attrgetter(name)

    @cache
    def said(value: str, _language: str | None) -> str:
        return str(words.get(value, ""))

    return lambda row: said(get(row), get_language())


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
        return str(row.customer.name)
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
