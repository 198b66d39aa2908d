"""Who else has to do with a site: name a party, put another in its place, end it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.contacts import parties
from sitebook.contacts.models import SiteParty
from sitebook.contacts.party_forms import ChangePartyForm, EndPartyForm, PartyForm, WhoForm
from sitebook.records.pages.frame import present
from sitebook.sites.models import Site
from sitebook.ui.render import go
from sitebook.values.pickers import used

CHANGE = Permission.CHANGE_SITES


def _party(pk: int) -> parties.Named:
    """A party of a site the user sees."""
    row = get_object_or_404(SiteParty.objects.filter(site__in=Site.objects.all()), pk=pk)
    (named,) = parties.with_sites([row])
    return named


@page(may=CHANGE)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_object_or_404(Site, pk=pk)
    form = PartyForm(request.POST or None, initial={"role": request.GET.get("role", "")})

    def save() -> str:
        data = form.cleaned_data
        row = parties.name_party(site, role=data["role"], party=form.who(), since=data["since"], until=data["until"])
        said = {"name": form.who(), "role": SiteParty.Role(row.role).label, "site": site}
        return _("%(name)s is written down at %(site)s: %(role)s.") % said

    return _answer(request, site, form, save, {"title": _("New party")})


@page(may=CHANGE)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """The former one ends on the day, and the new one begins, in one step."""
    named = _party(pk)
    form = ChangePartyForm(request.POST or None)

    def save() -> str:
        parties.change_party(named.row, party=form.who(), since=form.cleaned_data["since"])
        return _("%(name)s follows %(former)s at %(site)s.") % {
            "name": form.who(),
            "former": named.name,
            "site": named.site,
        }

    return _answer(request, named.site, form, save, {"title": _("Change the party"), "named": named})


@page(may=CHANGE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    named = _party(pk)
    form = EndPartyForm(request.POST or None)

    def save() -> str:
        parties.end_party(named.row, on=form.cleaned_data["day"])
        return _("%(name)s is ended: %(role)s.") % {"name": named.name, "role": named.role}

    return _answer(request, named.site, form, save, {"title": _("End the party"), "named": named})


def _answer(request: HttpRequest, site: Site | None, form: Any, save: Any, context: dict[str, Any]) -> HttpResponse:
    assert site is not None  # noqa: S101 - only parties of sites the user sees come here
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            said = save()
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            _remember(request, form)
            messages.success(request, said)
            return go(request, reverse("sites:site", args=[site.pk]))
    context |= {"site": site, "form": form, "help": "parties"}
    return present(request, "contacts/party_form.html", context, block="form", status=status)


def _remember(request: HttpRequest, form: Any) -> None:
    if isinstance(form, WhoForm):
        who = form.who()
        used(request, "contact" if form.cleaned_data["person"] else "customer", who.pk)
