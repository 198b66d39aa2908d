"""What the lists of sites on a day show of a row: a tenure with the place as its customer knew it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext_lazy as _

from sitebook.contacts.columns import fill_default
from sitebook.customers.columns import HOLDER_READS, OF_CUSTOMER, customer_reference_column, holder_text
from sitebook.lists.cells import PLAIN, Name
from sitebook.lists.columns import Cell, Column, SaidColumn
from sitebook.registers.columns import day_query
from sitebook.registers.field import Field
from sitebook.sites.register import SITES, STATUS

# What a list of a day is sorted, narrowed and searched by.
TEXTS = ("reference", "code", "town", "postcode", "type", "status", "line1")
# Columns that are not called as the field they show.
_FIELDS = {"place": "town", "phone": "phones", "email": "emails"}


def sites_then(*, on: date) -> list[Column]:
    """The columns of sites, of tenures with their places; default contacts are of the day."""
    cells = {
        "name": Name(view="sites:site", of=attrgetter("site_id"), query=day_query(on)),
        "status": replace(STATUS, of=attrgetter("place_status")),
        "phone": PLAIN,
        "email": PLAIN,
    }
    found = {each.key: each for each in SITES.listing.columns if each.key not in ("changed", "created")}
    for key, column in found.items():
        if key in ("customer", "customer_reference", "contact"):
            continue
        name = _FIELDS.get(key, key)
        sort = (f"place_{name}",) if column.sort and name in TEXTS else column.sort if key == "name" else ()
        field = SITES.by_name.get(name)
        if field and isinstance(column, SaidColumn):
            column = replace(column, said=_said_of_place(field))
        value = _of_place(name, field)
        found[key] = replace(column, value=value, sort=sort, reads=("place",), cell=cells.get(key, column.cell))
    found["customer"] = replace(
        found["customer"],
        reads=HOLDER_READS,
        value=partial(holder_text, none=_("vacant")),
        cell=replace(OF_CUSTOMER, query=day_query(on)),
    )
    found["customer_reference"] = customer_reference_column()
    default = partial(fill_default, on=on, site=attrgetter("site_id"))
    found["contact"] = replace(found["contact"], fill=default, shown=True, reads=("customer_id", "site_id"))
    order = ("name", "customer", "contact")
    return [*(found.pop(key) for key in order), *found.values()]


def _said_of_place(field: Field) -> Callable[[Any], str]:
    def said(row: Any) -> str:
        found: str = field.reads.said(field.kept_of(row.place))
        return found

    return said


def _of_place(name: str, field: Field | None) -> Callable[[Any], Cell]:
    """What a cell says of a field of the place, which is kept as JSON."""
    if field is None:
        return lambda row: row.place.get(name)

    def said(row: Any) -> Cell:
        found: Cell = field.reads.text(field.kept_of(row.place))
        return found

    return said
