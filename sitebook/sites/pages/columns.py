"""What the lists of sites can show of a row, on the page and in files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext_lazy as _

from sitebook.contacts.columns import fill_default, main_contact
from sitebook.customers.columns import HOLDER_READS, OF_CUSTOMER, customer_reference_column, holder_text
from sitebook.lists.cells import PLAIN, Badge, Look, Name
from sitebook.lists.columns import Cell, Column
from sitebook.registers.columns import (
    REACH,
    day_query,
    field_column,
    in_words,
    join_entries,
    plain_column,
    reach_columns,
    stamp_columns,
    tags_text,
)
from sitebook.sites.models import Site

PLACE = ("line1", "line2", "town", "region", "postcode", "country", "latitude", "longitude")
SITE_FILE = (
    *("reference", "name", "customer", "customer_reference", "code", "type", "status", "line1", "line2", "place"),
    *("region", "postcode", "country", "latitude", "longitude", *REACH, "contact", "tags"),
)


def sites(*, on: date | None = None) -> list[Column]:
    """Columns of sites with their customers; default contacts are of a day, today's by default."""
    field, default = partial(field_column, Site), partial(fill_default, on=on)
    status = in_words("status", Site.Status.choices)
    return [
        plain_column("name", _("Site"), "name", sort=("name_key",), look="grow l1", cell=Name(view="sites:site")),
        plain_column(
            "customer",
            _("Customer"),
            *HOLDER_READS,
            value=partial(holder_text, none=_("vacant")),
            look="p2",
            cell=OF_CUSTOMER,
        ),
        field("code", sort=("code",), shown=True, cell=Look(also="code")),
        plain_column("place", _("Place"), "town", sort=("town",), look="p2 l2", file_label=_("Town")),
        field("postcode", sort=("postcode",), look="r2", shown=True),
        field("type", sort=("type",), shown=True),
        field("status", sort=("status",), look="r1", value=status, shown=True, cell=_STATUS),
        *stamp_columns("p3", changed_shown=True, history="sites:history"),
        field("reference", sort=("reference",)),
        customer_reference_column(),
        *(field(name) for name in PLACE if name not in ("town", "postcode")),
        *reach_columns(phone="p3", email="p3", phone_shown=False, email_shown=False),
        plain_column(
            "contact", _("Default contact"), "pk", "customer_id", value=main_contact, fill=default, shown=False
        ),
        field("tags", value=tags_text),
    ]


def sites_then(*, on: date) -> list[Column]:
    """The same of tenures with their places, as they were on a day."""
    default = partial(fill_default, on=on, site=attrgetter("site_id"))
    own: dict[str, dict[str, Any]] = {
        "name": {
            "sort": ("name_key",),
            "cell": Name(view="sites:site", of=attrgetter("site_id"), query=day_query(on)),
        },
        "place": {"value": partial(_of_place, name="town"), "sort": ("place_town",)},
        "status": {
            "value": _then_status,
            "sort": ("place_status",),
            "cell": replace(_STATUS, of=attrgetter("place_status")),
        },
        "phone": {"value": lambda row: join_entries(row.place.get("phones"), "number"), "cell": PLAIN},
        "email": {"value": lambda row: join_entries(row.place.get("emails"), "address"), "cell": PLAIN},
        "tags": {"value": lambda row: ", ".join(row.place.get("tags") or [])},
        **{key: {"sort": (f"place_{key}",)} for key in ("code", "postcode", "type")},
    }
    found = {column.key: column for column in sites() if column.key not in ("changed", "created")}
    for key, column in found.items():
        if key not in ("customer", "customer_reference", "contact"):
            plain: dict[str, Any] = {"value": partial(_of_place, name=key), "sort": (), "reads": ("place",)}
            found[key] = replace(column, **plain | own.get(key, {}))
    found["customer"] = replace(found["customer"], cell=replace(OF_CUSTOMER, query=day_query(on)))
    found["contact"] = replace(found["contact"], fill=default, shown=True, reads=("customer_id", "site_id"))
    order = ("name", "customer", "contact")
    return [*(found.pop(key) for key in order), *found.values()]


_STATUS = Badge(of=attrgetter("status"), tones={"active": "good", "prospective": "news"}, tone="idle", bare="active")


_STATUSES = dict(Site.Status.choices)


def _then_status(row: Any) -> str:
    return str(_STATUSES.get(row.place.get("status"), ""))


def _of_place(row: Any, *, name: str) -> Cell:
    found: Cell = row.place.get(name)
    return found
