"""The tabs of a record's page: its own, and those other areas add to it."""

from __future__ import annotations

from collections.abc import Callable
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


def _documents(register: Register[Any]) -> Tab:
    return Tab(
        "documents",
        _("Documents"),
        f"{register.path}:documents",
        count=lambda pk: documents_of(register.table, pk).count(),
    )


def tabs_of(register: Register[Any], pk: int, *, user: Any) -> list[dict[str, Any]]:
    """What this user may open of a record, ready for the component: history last."""
    tabs = [
        Tab("overview", _("Overview"), f"{register.path}:record"),
        *register.tabs,
        *([_documents(register)] if register.model.named.documents else []),
        Tab("history", _("History"), f"{register.path}:history"),
    ]
    return [
        {
            "key": tab.key,
            "label": str(tab.label),
            "url": reverse(tab.view, args=[pk]),
            "count": tab.count(pk) if tab.count else None,
        }
        for tab in tabs
        if tab.needs is None or may(user, tab.needs)
    ]
