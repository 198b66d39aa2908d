"""What sites add to the list of customers: how many each has, and the town where they all are."""

from __future__ import annotations

from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from sitebook.customers.models import Customer
from sitebook.customers.register import CUSTOMERS
from sitebook.lists.cells import Amount, Muted
from sitebook.registers.columns import plain_column
from sitebook.sites.as_of import tenures_on
from sitebook.sites.models import Site

SITES_OF = Amount(view="customers:customer-sites", number=attrgetter("site_count"), one=_("site"), many=_("sites"))


def _town(row: Any) -> str:
    return row.head_town or row.site_town or ""


CUSTOMERS.add_to_list(
    plain_column(
        *("place", _("Place"), "head_town", "site_town"),
        value=_town,
        sort=("head_town",),
        look="p2 l2",
        cell=Muted(when=lambda row: not row.head_town, reads=("head_town",)),
    ),
    plain_column("sites", _("Sites"), "site_count", numeric=True, look="r2", cell=SITES_OF),
)


def with_site_counts(customers: QuerySet[Customer], *, on: date | None) -> QuerySet[Customer]:
    """Each customer with ``site_count``, its sites in use, or those it had ``on`` a day, and ``site_town``, where they
    all are."""
    mine: QuerySet[Any] = Site.objects.current() if on is None else tenures_on(on)
    mine = mine.filter(customer=OuterRef("pk")).order_by()
    town = F("town") if on is None else KeyTextTransform("town", "place")
    placed = mine.annotate(in_town=town).exclude(in_town="")
    counted = mine.values("customer").annotate(number=Count("pk")).values("number")
    towns = placed.values("customer").annotate(first=Min("in_town"), last=Max("in_town"))
    only = towns.filter(first=F("last")).values("first")
    everywhere = Coalesce(Subquery(only), Value(""), output_field=TextField())
    return customers.annotate(site_count=Coalesce(Subquery(counted), 0), site_town=everywhere)
