"""The list of customers, today's or as of a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from django.db.models import QuerySet
from django.utils import timezone

from sitebook.assets.of_customers import with_asset_counts
from sitebook.contacts.columns import fill_main
from sitebook.customers.group_filters import filters_on, with_parents
from sitebook.customers.models import Customer
from sitebook.customers.register import CUSTOMERS
from sitebook.lists.cells import Name
from sitebook.lists.columns import Column
from sitebook.lists.tables import Table
from sitebook.registers.columns import day_query
from sitebook.sites.of_customers import SITES_OF, with_site_counts

# Counted today only.
_OF_TODAY = ("assets_owned", "assets_at")


def listing(*, on: date | None) -> Table:
    """The list; as of a day, groups, sites and main contacts are those of that day."""
    if on is None:
        return CUSTOMERS.listing
    columns = [_of_day(each, on) for each in CUSTOMERS.listing.columns if each.key not in _OF_TODAY]
    return replace(CUSTOMERS.listing, columns=columns, filters=filters_on(CUSTOMERS.listing.filters, on))


def rows(*, on: date | None) -> QuerySet[Customer]:
    """Customers with parents and number of sites, today's or those of a day; today with their assets too."""
    found = with_site_counts(with_parents(Customer.objects.all(), on=on or timezone.localdate()), on=on)
    return found if on else with_asset_counts(found)


def _of_day(column: Column, on: date) -> Column:
    query = day_query(on)
    if column.key == "name":
        return replace(column, cell=Name(view="customers:customer", query=query))
    if column.key == "sites":
        return replace(column, cell=replace(SITES_OF, query=query))
    if column.key == "contact":
        return replace(column, fill=partial(fill_main, on=on), shown=True)
    return replace(column, shown=False) if column.key == "email" else column
