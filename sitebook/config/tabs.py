"""The tabs of a record's page: the named seam between areas that do not know each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission, may
from sitebook.contacts import tables as contact_tables
from sitebook.customers import tables
from sitebook.files.models import documents_of
from sitebook.sites import tables as site_tables
from sitebook.users.models import User


@dataclass(frozen=True)
class Tab:
    key: str
    label: str | Promise
    view: str
    needs: Permission | None = None
    count: Callable[[int], int] | None = None
    """How many there are at the record, where its own area does not know."""


CUSTOMER = (
    Tab("overview", _("Overview"), "customers:customer"),
    Tab("sites", _("Sites"), "customers:customer-sites"),
    Tab("contacts", _("Contacts"), "contacts:customer-contacts"),
    Tab("documents", _("Documents"), "customers:documents", count=lambda pk: documents_of(tables.CUSTOMER, pk).count()),
    Tab("access", _("Access"), "access:customer", Permission.GRANT),
    Tab("history", _("History"), "customers:history"),
)
SITE = (
    Tab("overview", _("Overview"), "sites:site"),
    Tab("areas", _("Areas"), "sites:areas"),
    Tab("contacts", _("Contacts"), "contacts:site-contacts"),
    Tab("documents", _("Documents"), "sites:documents", count=lambda pk: documents_of(site_tables.SITE, pk).count()),
    Tab("history", _("History"), "sites:history"),
)
CONTACT = (
    Tab("overview", _("Overview"), "contacts:contact"),
    Tab(
        "documents",
        _("Documents"),
        "contacts:documents",
        count=lambda pk: documents_of(contact_tables.CONTACT, pk).count(),
    ),
    Tab("history", _("History"), "contacts:history"),
)


def tabs_for(tabs: tuple[Tab, ...], *, pk: int, user: User | None, counts: dict[str, int]) -> list[dict[str, Any]]:
    """What this user may open, ready for the component; ``counts`` by the tab's key."""
    return [
        {
            "key": tab.key,
            "label": str(tab.label),
            "url": reverse(tab.view, args=[pk]),
            "count": tab.count(pk) if tab.count else counts.get(tab.key),
        }
        for tab in tabs
        if tab.needs is None or may(user, tab.needs)
    ]
