"""The lists of contacts: everybody on a day, and those of one customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sitebook.contacts.lists import OF_CUSTOMER_FILTER, ON_THEIR_OWN, role_filter
from sitebook.contacts.register import CONTACTS
from sitebook.lists.tables import Table


def listing(*, on: date, of: list[int] | None = None) -> Table:
    """All contacts with their roles on a day; ``of``: the customers whose roles count, where not all do."""
    role = role_filter(on=on, of=of)
    filters = [role if each.key == role.key else each for each in CONTACTS.listing.filters]
    return replace(CONTACTS.listing, filters=filters)


def listing_of(*, on: date, of: list[int]) -> Table:
    """The contacts of these customers."""
    table, of_all = listing(on=on, of=of), (ON_THEIR_OWN.key, OF_CUSTOMER_FILTER.key)
    return replace(table, filters=[each for each in table.filters if each.key not in of_all])
