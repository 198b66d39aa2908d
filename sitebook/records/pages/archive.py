"""Archive and restore a record of any register: what hangs on it is shown first, and can come along."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.history.labels import kind_name
from sitebook.records import archive as archiving
from sitebook.records.consequences import consequences_of
from sitebook.records.models import Record
from sitebook.ui.render import go, show

ARCHIVE = tuple(each for each in Permission if each.name.startswith("ARCHIVE_"))


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a register's records are archived. ``path``: of its pages, which names their addresses too; ``help``: the
    guide's page."""

    model: type[Record]
    path: str
    help: str

    def context(self, record: Record, action: str) -> dict[str, Any]:
        here = record.named.page
        return {"record": record, "here": here, "action": f"{self.path}:{action}", "help": self.help}


def urls(place: Place, *, needs: Permission) -> list[URLPattern]:
    """The two addresses of a register."""
    return [
        path(f"{place.path}/<int:pk>/{name}/", page(may=needs)(update_wrapper(partial(view, place), view)), name=name)
        for name, view in (("archive", archive), ("restore", restore))
    ]


def archive(place: Place, request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(place.model, pk=pk)
    lines = consequences_of(record, on=timezone.localdate())
    if request.method == "POST":
        along = [line for line in lines if line.takes and line.key in request.POST.getlist("along")]
        reason, now = request.POST.get("reason", "").strip(), timezone.now()
        act = str(request.request_id)  # type: ignore[attr-defined]
        count = archiving.archive(record, along=along, act=act, by_id=request.user.pk, at=now, reason=reason)
        messages.success(request, _said(record, count), extra_tags=reverse("records:undo", args=[act]))
        return go(request, reverse(record.named.page, args=[record.pk]))
    context = place.context(record, "archive")
    context |= {"takes": [line for line in lines if line.takes], "stays": [line for line in lines if not line.takes]}
    return show(request, "records/archive.html", context, block="form")


def _said(record: Record, count: int) -> str:
    if not count:
        return _("%(name)s is archived.") % {"name": record}
    text = ngettext(
        "%(name)s is archived, and %(count)s record with it.",
        "%(name)s is archived, and %(count)s records with it.",
        count,
    )
    return text % {"name": record, "count": count}


def restore(place: Place, request: HttpRequest, pk: int) -> HttpResponse:
    """Asked first when more can come along; a bare POST, as from a button, brings all of it."""
    record = get_object_or_404(place.model, pk=pk)
    if request.method == "POST":
        count = archiving.restore(record, rest="asked" not in request.POST or "rest" in request.POST)
        text = _("%(name)s is back in the lists.") if not count else ngettext(
            "%(name)s is back in the lists, and %(count)s record with it.",
            "%(name)s is back in the lists, and %(count)s records with it.",
            count,
        )  # fmt: skip
        messages.success(request, text % {"name": record, "count": count})
        return go(request, reverse(record.named.page, args=[record.pk]))
    rest: list[dict[str, Any]] = [
        {"count": count, "kind": kind_name(rows.model._meta.db_table)}
        for rows in archiving.rest_of(record)
        if (count := rows.count())
    ]
    return show(request, "records/restore.html", place.context(record, "restore") | {"rest": rest}, block="form")


@page(may=ARCHIVE)
@require_POST
def undo(request: HttpRequest, act: str) -> HttpResponse:
    """The Undo button of an archiving: back with all it took, wherever one is now."""
    count = archiving.undo(act)
    if count:
        said = ngettext("%(count)s record is back in the lists.", "%(count)s records are back in the lists.", count)
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("That is undone already."))
    return go(request, reverse("home"))
