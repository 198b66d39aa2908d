"""The lists of sites: all, those of a customer, those of a group."""

from __future__ import annotations

from dataclasses import replace

from sitebook.sites.lists import HOLDER
from sitebook.sites.register import SITES as REGISTER

SITES = REGISTER.listing
_FILTERS = [each for each in SITES.filters if each.key not in (HOLDER.key, "party")]
SITES_OF_GROUP = replace(
    SITES,
    columns=[replace(each, shown=False) if each.key in ("postcode", "changed") else each for each in SITES.columns],
    filters=_FILTERS,
)
SITES_OF_CUSTOMER = replace(
    SITES,
    columns=[each for each in SITES.columns if each.key not in ("customer", "customer_reference")],
    filters=_FILTERS,
)
