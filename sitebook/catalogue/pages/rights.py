"""Who may change what a page shows: pages that show and change have one address for both."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sitebook.access.permissions import Permission, may
from sitebook.basics.refused import NotAllowed
from sitebook.users.models import User


def must_change(user: User | None) -> None:
    """Raises NotAllowed."""
    if not may(user, Permission.CHANGE_CATALOGUE):
        raise NotAllowed(_("Your role may not change the catalogue."))
