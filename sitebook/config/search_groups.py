"""What the search finds, in the order of its groups: the named seam between the search and the areas.

Add a line when an area's records are searched (``found_by``).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.config.registers import REGISTERS


@dataclass(frozen=True, kw_only=True)
class SearchGroup:
    """``kind``: the table. ``recent``: the word under which pickers and pages remember what was used."""

    kind: str
    label: str | Promise
    icon: str
    view: str
    recent: str
    needs: Permission


SEARCH_GROUPS = (
    SearchGroup(
        kind="customers_customer",
        label=_("Customers"),
        icon="customers",
        view="customers:customer",
        recent="customer",
        needs=Permission.SEE_CUSTOMERS,
    ),
    SearchGroup(
        kind="contacts_contact",
        label=_("Contacts"),
        icon="contacts",
        view="contacts:contact",
        recent="contact",
        needs=Permission.SEE_CUSTOMERS,
    ),
    SearchGroup(
        kind="sites_site",
        label=_("Sites"),
        icon="sites",
        view="sites:site",
        recent="site",
        needs=Permission.SEE_CUSTOMERS,
    ),
    *(
        SearchGroup(
            kind=each.table,
            label=each.model.named.many,
            icon=each.model.named.icon,
            view=f"{each.path}:record",
            recent=each.one,
            needs=each.see,
        )
        for each in REGISTERS
    ),
)
