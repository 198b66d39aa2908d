"""Which work types, codings and teams a customer has: boxes to tick."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.catalogue.models import WorkType
from sitebook.catalogue.pages.rights import must_change
from sitebook.catalogue.ticks import TICKED, tick, ticked
from sitebook.customers.models import Customer
from sitebook.customers.pages.frame import customer_frame
from sitebook.records.pages.frame import present, user_of
from sitebook.ui.render import go


@page(may=Permission.SEE_CATALOGUE)
def ticks(request: HttpRequest, pk: int, ticks_of: str) -> HttpResponse:
    """A box for each entry in use, and for those assigned already. Work types stand under their work log types."""
    link = TICKED[ticks_of]
    customer = get_object_or_404(Customer, pk=pk)
    may_tick = may(user_of(request), Permission.CHANGE_CATALOGUE)
    if request.method == "POST":
        must_change(user_of(request))
        added, gone = tick(link, customer, wanted=_ids(request, "entry"), shown=_ids(request, "shown"))
        said = {"added": added, "gone": gone}
        messages.success(request, _("%(added)s assigned, %(gone)s taken away.") % said)
        return go(request, reverse(f"catalogue:customer-{ticks_of}", args=[pk]))
    context = customer_frame(request, customer, "catalogue") | {
        "link": link,
        "view": ticks_of,
        "ticks_of": ticks_of,
        "may_tick": may_tick,
        "groups": _groups(link, ticked(link, customer)),
        "help": "catalogue",
    }
    return present(request, "catalogue/ticks.html", context)


def _ids(request: HttpRequest, name: str) -> set[int]:
    return {int(each) for each in request.POST.getlist(name) if each.isascii() and each.isdigit() and len(each) < 19}


def _groups(link: Any, now: set[int]) -> list[tuple[str, list[tuple[Any, bool]]]]:
    """Entries with whether they are ticked, under headings."""
    rows = link.register.queryset().order_by("name_key", "pk")
    if link.register.model is WorkType:
        rows = rows.order_by("work_log_type__name_key", "rank", "name_key", "pk")
    found: dict[str, list[tuple[Any, bool]]] = {}
    for row in rows:
        if not row.is_archived or row.pk in now:
            heading = str(row.work_log_type) if isinstance(row, WorkType) else ""
            found.setdefault(heading, []).append((row, row.pk in now))
    return list(found.items())
