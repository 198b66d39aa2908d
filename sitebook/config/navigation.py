"""The main navigation: what there is, and what each may open. Add a line when an area gets its first page."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission, may
from sitebook.ui.navigation import Place

PLACES: list[tuple[Place, Permission | None]] = [
    (
        Place(label=_("Customers"), icon="customers", view="customers:list", starts="/customers/", in_bar=True),
        Permission.SEE_CUSTOMERS,
    ),
    (
        Place(label=_("Sites"), icon="sites", view="customers:sites", starts="/sites/", in_bar=True),
        Permission.SEE_CUSTOMERS,
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
    (Place(label=_("Your profile"), icon="contacts", view="users:profile", where="account"), None),
    (Place(label=_("Where you are signed in"), icon="lock", view="usersessions_list", where="account"), None),
]


def places(request: HttpRequest) -> list[Place]:
    """What this user may open, in order."""
    return [
        place
        for place, permission in PLACES
        if permission is None or may(request.user, permission)  # type: ignore[arg-type]
    ]
