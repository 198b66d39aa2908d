"""The first answer to an empty database: the firm and its first administrator, once and for ever."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused
from sitebook.firm.models import Firm


class AlreadySetUp(Refused):
    """There is a firm, or somebody can sign in already."""


def is_open() -> bool:
    """Whether nothing was set up yet: neither a firm nor a single user."""
    return Firm.ours() is None and not get_user_model()._default_manager.exists()


@transaction.atomic
def set_up(*, firm: dict[str, Any], administrator: dict[str, Any]) -> Any:
    """Make the firm and its first administrator, who sees all customers. Returns the administrator.

    firm: name, country, time_zone, language, currency. administrator: name, email, password.
    The caller acts with every right (``identity.acting(everything=True)``). Of two at once
    one wins; the other, and everybody later, gets AlreadySetUp.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sitebook first run'))")
    if not is_open():
        raise AlreadySetUp(
            _("This Sitebook is already set up. Sign in, or ask its administrator for an account."),
            code="already_set_up",
        )
    Firm.objects.create(pk=1, **firm)
    return get_user_model()._default_manager.create_user(
        administrator["email"],
        administrator["password"],
        name=administrator["name"],
        role="administrator",
        all_customers=True,
    )
