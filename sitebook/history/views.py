"""The register of all changes, and the history of records that have no tab of their own."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.basics.named import named
from sitebook.history import labels, timeline
from sitebook.lists.tables import opening, view_bar
from sitebook.ui.render import show

# Of rooms below the permissions; the others say it themselves (``Named.open_to``).
OPEN_TO = {"users_user": Permission.MANAGE_USERS, "firm_firm": Permission.CHANGE_FIRM}
TEMPLATES = {"users_user": "history/user.html"}


@page(may=Permission.SEE_ALL_CHANGES)
def register(request: HttpRequest) -> HttpResponse:
    if to := opening(request, "changes"):
        return to
    listed, days = timeline.register_page(request.GET, request.path)
    view = {"page": listed, "days": days, "help": "history"}
    bar = view_bar(request, "changes", listed, may_share=may(request.user, Permission.SHARE_VIEWS))
    return show(request, "history/register.html", view | bar, block="list")


@page(signed_in=True)
def record(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """What happened to one record; the database shows only those the reader may see."""
    if (model := labels.kinds().get(kind)) is None:
        raise Http404
    if not may(request.user, Permission(named(kind).open_to or OPEN_TO.get(kind, Permission.SEE_CUSTOMERS))):
        raise PermissionDenied
    found = get_object_or_404(model, pk=pk)
    listed, days = timeline.record_page(request.GET, request.path, kind=kind, pk=pk)
    view = {"someone": found, "record": found, "kind": labels.kind_name(kind), "tab": "history", "link": ""}
    view |= {"page": listed, "days": days, "help": "history"}
    return show(request, TEMPLATES.get(kind, "history/record.html"), view, block="list")
