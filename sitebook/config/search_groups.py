"""What the search finds, in the order of its groups: the named seam between the search and the areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from sitebook.access.permissions import Permission
from sitebook.config.registers import REGISTERS
from sitebook.contacts.register import CONTACTS
from sitebook.customers.register import CUSTOMERS
from sitebook.registers.register import Register
from sitebook.sites.register import SITES


@dataclass(frozen=True, kw_only=True)
class SearchGroup:
    """``kind``: the table. ``recent``: the word under which pickers and pages remember what was used."""

    kind: str
    label: str | Promise
    icon: str
    view: str
    recent: str
    needs: Permission


_ORDER: tuple[Register[Any], ...] = (CUSTOMERS, CONTACTS, SITES, *REGISTERS)
SEARCH_GROUPS = tuple(
    SearchGroup(
        kind=each.table,
        label=each.model.named.many,
        icon=each.model.named.icon,
        view=each.model.named.page,
        recent=each.one,
        needs=each.see,
    )
    for each in _ORDER
)
