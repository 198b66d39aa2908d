"""What the lists of customers can show of a row, on the page and in files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.contacts.columns import fill_main, main_contact
from sitebook.customers.models import Customer
from sitebook.lists.cells import Amount, Badge, Link, Muted, Name
from sitebook.lists.columns import Column
from sitebook.registers.addresses import ADDRESS_PARTS
from sitebook.registers.columns import (
    REACH,
    day_query,
    field_column,
    in_words,
    plain_column,
    reach_columns,
    stamp_columns,
    tags_text,
)

HEAD = tuple(f"head_{name}" for name in ADDRESS_PARTS)
CUSTOMER_FILE = (
    *("reference", "name", "kind", "account", *HEAD, *REACH),
    *("website", "vat_number", "contact", "sites", "tags", "changed"),
)


def customers(*, on: date | None = None) -> list[Column]:
    """Columns of customers with ``site_count``, ``site_town`` and their parents; main contacts are of a day, today's
    by default."""
    field, main = partial(field_column, Customer), partial(fill_main, on=on)
    kind, account = in_words("kind", Customer.Kind.choices), in_words("account", Customer.Account.choices)
    query = day_query(on)
    return [
        plain_column(
            *("name", _("Customer"), "name"),
            sort=("name_key",),
            look="grow l1",
            cell=Name(view="customers:customer", query=query),
        ),
        field("reference", sort=("reference",), shown=True),
        plain_column("parent", _("Part of"), "parent_pk", "parent_name", value=_parent, cell=_PARENT),
        plain_column(
            *("place", _("Place"), "head_town", "site_town"),
            value=_town,
            sort=("head_town",),
            look="p2 l2",
            cell=Muted(when=lambda row: not row.head_town),
        ),
        *reach_columns(phone="p3", email="p3", email_shown=on is None),
        plain_column("sites", _("Sites"), "site_count", numeric=True, look="r2", cell=replace(_SITES, query=query)),
        field("kind", sort=("kind",), look="p2", value=kind, shown=True),
        field("account", sort=("account",), look="r1", value=account, shown=True, cell=_ACCOUNT),
        *stamp_columns("p2", changed_shown=True, history="customers:customer-history"),
        plain_column("contact", _("Main contact"), "pk", value=main_contact, fill=main, shown=on is not None),
        *(field(name) for name in HEAD),
        field("website"),
        field("vat_number"),
        field("tags", value=tags_text),
    ]


_PARENT = Link(view="customers:customer", of=lambda row: row.parent_pk if row.parent_name else None)
_SITES = Amount(view="customers:customer-sites", number=attrgetter("site_count"), one=_("site"), many=_("sites"))
_ACCOUNT = Badge(of=attrgetter("account"), tones={"ok": "good", "warning": "attention", "stop": "bad"}, bare="ok")


def _parent(row: Any) -> str:
    return row.parent_name or (say("another customer") if row.parent_pk else "")


def _town(row: Any) -> str:
    return row.head_town or row.site_town or ""
