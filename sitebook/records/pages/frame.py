"""What the pages of all registers share: the user's rights, saved views, tabs on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse

from sitebook.access.permissions import Permission, may
from sitebook.lists.tables import ViewBar, view_bar
from sitebook.records.forms import KINDS
from sitebook.ui.listing import Page
from sitebook.ui.render import show
from sitebook.users.models import User


def user_of(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def present(
    request: HttpRequest, template: str, context: dict[str, Any], *, block: str | None = None, status: int = 200
) -> HttpResponse:
    """A page of this area: it knows what the user may do here, and so which buttons to show."""
    user = user_of(request)
    rights = {
        "may_change": may(user, Permission.CHANGE_CUSTOMERS),
        "may_sites": may(user, Permission.CHANGE_SITES),
        "may_erase": may(user, Permission.ERASE) and user is not None and user.all_customers,
        "may_archive": may(user, Permission.ARCHIVE_CUSTOMERS),
        "may_assets": may(user, Permission.CHANGE_ASSETS),
        "may_jobs": may(user, Permission.CHANGE_JOBS),
        "may_contacts": may(user, Permission.CHANGE_CONTACTS),
        "may_hand_over": may(user, Permission.HAND_OVER),
        "may_archive_contacts": may(user, Permission.ARCHIVE_CONTACTS),
        "kinds": KINDS,
    }
    return show(request, template, rights | context, block=block, status=status)


def bar_over(request: HttpRequest, list_key: str, listed: Page) -> dict[str, ViewBar]:
    """The saved views above a list."""
    return view_bar(request, list_key, listed, may_share=may(user_of(request), Permission.SHARE_VIEWS))


# What belongs to the place whenever it is; whoever sees the site as it is today sees it.
_UNDATED = ("areas",)
# Nothing is changed on a page that shows another day than today.
READ_ONLY = dict.fromkeys(
    (
        *("may_change", "may_sites", "may_archive", "may_contacts", "may_assets", "may_jobs"),
        *("may_hand_over", "may_add"),
    ),
    False,
)


def tabs_on_day(tabs: list[dict[str, Any]], day: date | None, *, without: str = "") -> list[dict[str, Any]]:
    """The tabs of a page that shows another day lead to that day; what has no days is left as it is, or out."""
    shown = [tab for tab in tabs if tab["key"] != without]
    if day is None:
        return shown
    return [tab if tab["key"] in _UNDATED else tab | {"url": f"{tab['url']}?on={day.isoformat()}"} for tab in shown]
