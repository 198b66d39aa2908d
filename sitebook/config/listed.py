"""The lists that keep views: the named seam between saved views and the areas whose lists they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """``view``: the name of the list's address."""

    label: str | Promise
    view: str


LISTS = {
    "customers": Place(_("Customers"), "customers:list"),
    "sites": Place(_("Sites"), "customers:sites"),
    "contacts": Place(_("Contacts"), "customers:contacts"),
    "users": Place(_("Users"), "users:list"),
    "changes": Place(_("Changes"), "history:register"),
}
