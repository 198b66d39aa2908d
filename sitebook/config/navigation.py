"""The main navigation: what there is, and what each may open. Add a line when an area gets its first page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission, may
from sitebook.catalogue.register import REGISTERS as CATALOGUE
from sitebook.config.registers import REGISTERS


@dataclass(frozen=True, kw_only=True)
class Place:
    """``starts``: how the addresses that belong here begin, to mark the current one. ``where``: the main list,
    low in the rail, or the menu under the user's initials. ``in_bar``: kept in the bar of a phone. ``key``: leads
    there when pressed after G."""

    label: str | Promise
    icon: str
    view: str
    starts: str | tuple[str, ...] = ""
    where: Literal["main", "low", "account"] = "main"
    in_bar: bool = False
    key: str = ""

    @property
    def url(self) -> str:
        return reverse(self.view)

    def holds(self, path: str) -> bool:
        return bool(self.starts) and path.startswith(self.starts)


PLACES: list[tuple[Place, Permission | None]] = [
    (
        Place(
            label=_("Customers and assets"),
            icon="table",
            view="assets:with-customers",
            starts="/customers-and-assets/",
        ),
        Permission.SEE_CUSTOMERS,
    ),
    (
        Place(
            label=_("Customers"), icon="customers", view="customers:list", starts="/customers/", in_bar=True, key="c"
        ),
        Permission.SEE_CUSTOMERS,
    ),
    (
        Place(label=_("Sites"), icon="sites", view="sites:list", starts="/sites/", in_bar=True, key="s"),
        Permission.SEE_CUSTOMERS,
    ),
    (
        Place(label=_("Contacts"), icon="contacts", view="contacts:list", starts="/contacts/", key="k"),
        Permission.SEE_CUSTOMERS,
    ),
    *(
        (
            Place(
                label=each.model.named.many,
                icon=each.model.named.icon,
                view=f"{each.path}:list",
                starts=f"/{each.path}/",
                key=each.key,
            ),
            each.see,
        )
        for each in REGISTERS
        if each.in_rail
    ),
    (
        Place(
            label=_("Catalogue"),
            icon="route",
            view="catalogue:home",
            starts=("/catalogue/", *(f"/{each.path}/" for each in CATALOGUE)),
            where="low",
        ),
        Permission.SEE_CATALOGUE,
    ),
    (
        Place(label=_("Changes"), icon="history", view="history:register", starts="/changes/", where="low"),
        Permission.SEE_ALL_CHANGES,
    ),
    (
        Place(label=_("Users"), icon="contacts", view="users:list", starts="/users/", where="low"),
        Permission.MANAGE_USERS,
    ),
    (
        Place(label=_("Settings"), icon="settings", view="firm:settings", starts="/settings/", where="low"),
        Permission.CHANGE_FIRM,
    ),
    (
        Place(label=_("Bulk changes"), icon="history", view="bulk:runs", starts="/bulk/", where="account"),
        Permission.CHANGE_SITES,
    ),
    (Place(label=_("Your profile"), icon="contacts", view="users:profile", where="account"), None),
    (Place(label=_("Sign-in and security"), icon="shield", view="mfa_index", where="account"), None),
    (Place(label=_("Where you are signed in"), icon="lock", view="usersessions_list", where="account"), None),
]


def places(request: HttpRequest) -> list[Place]:
    """What this user may open, in order."""
    return [place for place, permission in PLACES if permission is None or may(request.user, permission)]
