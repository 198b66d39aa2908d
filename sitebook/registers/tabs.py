"""The tabs of a record's page: its own, and those other areas add to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission, may
from sitebook.files.models import documents_of
from sitebook.notes.models import Note
from sitebook.ui.listing import Count

if TYPE_CHECKING:
    from sitebook.registers.register import Register

MOST = 10_000


@dataclass(frozen=True)
class Tab:
    """``view``: the name of its address, which takes the record's id. ``rows``: what it shows, by that id, to be
    counted."""

    key: str
    label: str | Promise
    view: str
    needs: Permission | None = None
    rows: Callable[[int], QuerySet[Any]] | None = None


def documents_tab(path: str, table: str, label: str | Promise = "") -> Tab:
    """The documents of a record, with their number."""
    return Tab("documents", label or _("Documents"), f"{path}:documents", rows=partial(documents_of, table))


def notes_tab(path: str, table: str, *, user: Any) -> Tab:
    """The notes of a record, with the number of those the user may read."""
    remarks = may(user, Permission.SEE_REMARKS)
    return Tab("notes", _("Notes"), f"{path}:notes", rows=lambda pk: Note.objects.about(table, pk, remarks=remarks))


def tabs_of(register: Register[Any], pk: int, *, user: Any) -> list[dict[str, Any]]:
    """What this user may open of a record, history last."""
    said, path, table = register.model.named, register.path, register.table
    tabs = [
        Tab("overview", _("Overview"), f"{path}:record"),
        *register.every_tab,
        *([documents_tab(path, table, _("Photos and files"))] if said.documents else []),
        *([notes_tab(path, table, user=user)] if said.notes else []),
        Tab("history", _("History"), f"{path}:history"),
    ]
    return tabs_for(tabs, pk=pk, user=user)


def tabs_for(
    tabs: Iterable[Tab],
    *,
    pk: int,
    user: Any,
    rows: Mapping[str, QuerySet[Any]] | None = None,
    counts: Mapping[str, int | Count] | None = None,
) -> list[dict[str, Any]]:
    """What this user may open, ready for the component. ``rows``, ``counts``: by the tab's key, where the page has
    them; all rows are counted in one statement."""
    shown = [tab for tab in tabs if tab.needs is None or may(user, tab.needs)]
    given = {tab.key: rows[tab.key] for tab in shown if rows and tab.key in rows}
    found = {**counted({tab.key: tab.rows(pk) for tab in shown if tab.rows} | given), **(counts or {})}
    return [
        {
            "key": tab.key,
            "label": str(tab.label),
            "url": reverse(tab.view, args=[pk]),
            "count": said(found.get(tab.key)),
        }
        for tab in shown
    ]


def counted(rows: Mapping[str, QuerySet[Any]], *, most: int = MOST) -> dict[str, int]:
    """How many rows each of these has, at most ``most`` and one, in one statement."""
    if not rows:
        return {}
    parts, params = [], list[Any]()
    for each in rows.values():
        sql, given = each.order_by().values("pk")[: most + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")
        params += given
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return dict(zip(rows, cursor.fetchone(), strict=True))


def said(count: int | Count | None) -> str | None:
    if isinstance(count, Count):
        return str(count)
    return None if count is None else str(Count(min(count, MOST), count <= MOST))
