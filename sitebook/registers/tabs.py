"""The tabs of a record's page: its own, and those other areas add to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission, may
from sitebook.files.models import documents_of

if TYPE_CHECKING:
    from sitebook.registers.register import Register


@dataclass(frozen=True)
class Tab:
    """``view``: the name of its address, which takes the record's id. ``count``: how many there are, by that id."""

    key: str
    label: str | Promise
    view: str
    needs: Permission | None = None
    count: Callable[[int], int] | None = None


def documents_tab(path: str, table: str) -> Tab:
    """The documents of a record, with their number."""
    return Tab("documents", _("Documents"), f"{path}:documents", count=lambda pk: documents_of(table, pk).count())


def tabs_of(register: Register[Any], pk: int, *, user: Any) -> list[dict[str, Any]]:
    """What this user may open of a record, history last."""
    tabs = [
        Tab("overview", _("Overview"), f"{register.path}:record"),
        *register.tabs,
        *([documents_tab(register.path, register.table)] if register.model.named.documents else []),
        Tab("history", _("History"), f"{register.path}:history"),
    ]
    return tabs_for(tabs, pk=pk, user=user)


def tabs_for(
    tabs: Iterable[Tab], *, pk: int, user: Any, counts: Mapping[str, int] | None = None
) -> list[dict[str, Any]]:
    """What this user may open, ready for the component. ``counts``: by the tab's key, where the page has them."""
    return [
        {
            "key": tab.key,
            "label": str(tab.label),
            "url": reverse(tab.view, args=[pk]),
            "count": tab.count(pk) if tab.count else (counts or {}).get(tab.key),
        }
        for tab in tabs
        if tab.needs is None or may(user, tab.needs)
    ]
