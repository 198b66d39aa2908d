"""The lists of sites as they were on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import CharField, DateField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from sitebook.custom_fields.lists import custom_fields
from sitebook.lists.tables import Table
from sitebook.registers.lists import AS_OF, InUse, plain
from sitebook.sites.lists import HOLDER, NO_TYPE, NONE, type_choices
from sitebook.sites.models import Site, Tenure
from sitebook.sites.pages import columns
from sitebook.sites.register import SITES
from sitebook.ui.filters import Choice
from sitebook.ui.listing import Column, Listing


def with_place(tenures: QuerySet[Tenure]) -> QuerySet[Tenure]:
    """Each tenure with the customer and the texts of its place (``place_town`` …) to sort and narrow by."""
    texts: dict[str, Any] = {
        f"place_{name}": Coalesce(KeyTextTransform(name, "place"), Value(""), output_field=CharField())
        for name in columns.TEXTS
    }
    texts["until"] = Func(F("during"), function="upper", output_field=DateField())
    placed: QuerySet[Tenure] = tenures.select_related("customer").annotate(**texts)
    return placed


def _matching(tenures: QuerySet[Any], text: str) -> QuerySet[Any]:
    name = Func(KeyTextTransform("name", "place"), function="plain_text", output_field=TextField())
    wanted = Q(plain_name__contains=plain(text)) | Q(place_reference__istartswith=text)
    for each in ("code", "town", "postcode", "line1"):
        wanted |= Q(**{f"place_{each}__icontains": text})
    found: QuerySet[Any] = tenures.annotate(plain_name=name).filter(wanted)
    return found


def _typed(tenures: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    return tenures.filter(place_type__in=["" if value == NONE else value for value in values])


_FILTERS = [
    AS_OF,
    Choice("status", _("Status"), Site.Status.choices, lookup="place_status__in"),
    InUse("type", _("Type"), type_choices, by=_typed, fixed=NO_TYPE),
]


def sites_then(*, on: date) -> Table:
    """The sites of a day."""
    return Table(
        columns=columns.sites_then(on=on),
        file_order=SITES.file_order,
        more=custom_fields(SITES.table, "place", "custom"),
        order="name",
        search=_matching,
        filters=[*_FILTERS, HOLDER],
    )


def sites_then_of(*, on: date, group: bool) -> Table:
    """Those of one customer, or of a whole group."""
    every = columns.sites_then(on=on)
    if group:
        shown = [replace(each, shown=False) if each.key == "postcode" else each for each in every]
    else:
        shown = [each for each in every if each.key not in ("customer", "customer_reference")]
    return Table(
        more=custom_fields(SITES.table, "place", "custom"),
        columns=shown,
        order="name",
        search=_matching,
        filters=_FILTERS,
    )


# The sites a customer had before, each with the day from which it had it no more.
SITES_HAD = Listing(
    columns=[
        Column(key="name", label=_("Site"), sort=("name_key",), look="grow l1"),
        Column(key="customer", label=_("Customer"), look="p3"),
        Column(key="place", label=_("Place"), sort=("place_town",), look="p2 l2"),
        Column(key="since", label=_("Since"), look="p2"),
        Column(key="until", label=_("Until"), sort=("until",), look="r1", first_descending=True),
    ],
    order="-until,name",
    search=_matching,
)
