"""The lists of customers: columns, sorts, filters, text search; today and as of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.db.models import Count, F, Max, Min, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from sitebook.custom_fields.lists import custom_fields
from sitebook.customers.group_filters import InGroup, SuppliedThrough, filters_on
from sitebook.customers.lists import customer_name
from sitebook.customers.models import Customer
from sitebook.customers.pages import columns
from sitebook.customers.tables import CUSTOMER
from sitebook.lists.tables import Table
from sitebook.registers.lists import AS_OF, InUse, tagged, tags_of
from sitebook.search.queries import holding
from sitebook.sites.as_of import tenures_on
from sitebook.sites.models import Site
from sitebook.ui.filters import Archived, Choice


def with_site_counts(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Each customer with ``site_count``, its sites in use, and ``site_town``, where they all are."""
    mine = Site.objects.current().filter(customer=OuterRef("pk")).order_by()
    counted = mine.values("customer").annotate(number=Count("pk")).values("number")
    towns = mine.exclude(town="").values("customer").annotate(first=Min("town"), last=Max("town"))
    only = towns.filter(first=F("last")).values("first")
    return customers.annotate(site_count=Coalesce(Subquery(counted), 0), site_town=Coalesce(Subquery(only), Value("")))


CUSTOMERS = Table(
    columns=columns.customers(),
    file_order=columns.CUSTOMER_FILE,
    more=custom_fields(CUSTOMER),
    order="name",
    search=holding,
    filters=[
        AS_OF,
        Choice("kind", _("Kind"), Customer.Kind.choices),
        Choice("account", _("Account"), Customer.Account.choices),
        InUse("tag", _("Tag"), tags_of(Customer), by=tagged),
        SuppliedThrough("distributor", _("Distributor"), [("yes", _("yes")), ("no", _("no"))]),
        InGroup("group", _("Group"), name=customer_name),
        Archived(label=_("Archived")),
    ],
)


def customers_then(*, on: date) -> Table:
    """The customers as of a day; their groups and main contacts are those of that day too."""
    return replace(CUSTOMERS, columns=columns.customers(on=on), filters=filters_on(CUSTOMERS.filters, on))


def with_site_counts_on(customers: QuerySet[Customer], *, on: date) -> QuerySet[Customer]:
    """Each customer with ``site_count``, the sites it had on a day, and ``site_town``, where they all were."""
    mine = tenures_on(on).filter(customer=OuterRef("pk")).order_by()
    counted = mine.values("customer").annotate(number=Count("pk")).values("number")
    placed = mine.annotate(town=KeyTextTransform("town", "place")).exclude(town="")
    towns = placed.values("customer").annotate(first=Min("town"), last=Max("town"))
    only = towns.filter(first=F("last")).values("first")
    return customers.annotate(
        site_count=Coalesce(Subquery(counted), 0), site_town=Coalesce(Subquery(only), Value("", TextField()))
    )
