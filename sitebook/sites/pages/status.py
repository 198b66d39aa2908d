"""The status of a site: one small act each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.records.forms import ReasonForm
from sitebook.records.pages.frame import present
from sitebook.sites.models import Site
from sitebook.sites.status import set_status
from sitebook.ui.render import go

CHANGE = Permission.CHANGE_SITES


@page(may=CHANGE)
@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, "activate")


@page(may=CHANGE)
@require_POST
def rest(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, "rest")


@page(may=CHANGE)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks why first."""
    site = get_object_or_404(Site, pk=pk)
    form = ReasonForm(request.POST or None)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, pk, "close", reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
    context = {"site": site, "form": form, "help": "sites"}
    return present(request, "sites/close.html", context, block="form", status=status)


def _done(request: HttpRequest, pk: int, command: str, *, reason: str = "") -> HttpResponse:
    site = get_object_or_404(Site, pk=pk)
    set_status(site, command=command, reason=reason)
    site.refresh_from_db()
    messages.success(request, _("%(site)s is %(status)s now.") % {"site": site, "status": site.get_status_display()})
    return go(request, reverse("sites:site", args=[pk]))
