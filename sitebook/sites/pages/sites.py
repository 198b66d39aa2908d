"""The sites' pages: list, one site with its tabs, new, edit, archive, restore, picker."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.basics.texts import id_in
from sitebook.contacts.pages.duplicates import ask_first
from sitebook.contacts.parties import parties_at
from sitebook.contacts.pickers import choose_among_theirs, people_links
from sitebook.custom_fields.records import facts
from sitebook.customers.models import Customer
from sitebook.customers.pages.customers import PICKED
from sitebook.handovers.preview import parts_of, tenure_lines
from sitebook.history import timeline
from sitebook.lists.tables import opening
from sitebook.records import external_ids
from sitebook.records.edit import Editing
from sitebook.records.pages.frame import bar_over, present
from sitebook.registers.lists import best_first
from sitebook.registers.views import ways
from sitebook.search.queries import holding
from sitebook.sites.models import Site, SiteExternalId
from sitebook.sites.pages.exports import listed_sites
from sitebook.sites.pages.forms import NewSiteForm, SiteForm
from sitebook.sites.pages.frame import site_frame, site_seen
from sitebook.sites.register import SITES
from sitebook.ui import current
from sitebook.ui.render import go, show
from sitebook.values.pickers import Option, recently_used, used

SEE, CHANGE = Permission.SEE_CUSTOMERS, Permission.CHANGE_SITES


def _site(pk: int) -> Site:
    return get_object_or_404(Site.objects.select_related("customer"), pk=pk)


@page(may=SEE)
def sites(request: HttpRequest) -> HttpResponse:
    if to := opening(request, "sites"):
        return to
    context = listed_sites(request)
    listed, then = context["page"], context["then"]
    context["anybody"] = bool(listed.rows or then) or listed.narrowed or Site.objects.exists()
    template = "sites/list_then.html" if then else "sites/list.html"
    context |= bar_over(request, "sites", listed) | {"help": "sites", "ways": ways(SITES, request)}
    return present(request, template, context, block="list")


@page(may=CHANGE)
def new(request: HttpRequest) -> HttpResponse:
    start = {"customer": request.GET.get("customer", ""), "country": current.country()}
    data = request.POST if request.method == "POST" else None
    editing = Editing(NewSiteForm, None, data=data, country=current.country())
    editing.form.initial = start
    status, asking = 200, None
    if data is not None:
        try:
            if editing.is_valid() and not (asking := ask_first(request, "site")):
                with transaction.atomic():
                    site = Site.add(since=None, **editing.values())
                    external_ids.set_ids(site, editing.outside_ids())
                messages.success(request, _("%(name)s is added.") % {"name": site})
                return go(request, reverse("sites:site", args=[site.pk]))
            status = 409 if asking else 422
        except Refused as refusal:
            editing.form.add_error(None, str(refusal))
            status = 409
    context = {"editing": editing, "form": editing.form, "help": "sites"}
    return present(request, "sites/new.html", context | (asking or {}), block="form", status=status)


@page(may=SEE)
def site(request: HttpRequest, pk: int) -> HttpResponse:
    seen = site_seen(request, pk)
    used(request, "site", pk)
    context = site_frame(request, seen, "overview") | {
        "facts": SITES.facts_of(seen.site, request.user),
        "own_facts": facts(SITES.table, seen.site.custom),
        "tenures": tenure_lines(pk),
        "parts": parts_of(pk),
        "parties": (around := parties_at(seen.site, on=seen.on))[0],
        "other_parties": around[1],
        "outside_ids": list(SiteExternalId.objects.filter(site=pk).order_by("system")),
    }
    return present(request, "sites/overview.html", context)


@page(may=SEE)
def site_history(request: HttpRequest, pk: int) -> HttpResponse:
    seen = site_seen(request, pk)
    listed, days = timeline.record_page(request.GET, request.path, kind=Site._meta.db_table, pk=pk)
    context = site_frame(request, seen, "history") | {"page": listed, "days": days}
    return present(request, "sites/history.html", context, block="list")


@page(may=CHANGE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = _site(pk)
    data = request.POST if request.method == "POST" else None
    links = people_links(found, on=(today := timezone.localdate()))
    editing = Editing(SiteForm, found, data=data, country=current.country(), links=links)
    choose_among_theirs(editing.form, found.customer, site=found, on=today)
    status = editing.attempt() if data is not None else 0
    if status == editing.SAVED:
        messages.success(request, _("%(name)s is saved.") % {"name": found})
        return go(request, reverse("sites:site", args=[pk]))
    context = {"site": found, "editing": editing, "form": editing.form, "help": "sites"}
    return present(request, "sites/edit.html", context, block="form", status=status or 200)


@page(may=SEE)
def pick(request: HttpRequest) -> HttpResponse:
    """The picker's lines: recent ones first, archived ones only when typed, marked. ``beside``: the id of a site whose
    customer's other sites in use are asked for; the first of them are offered before anything is typed."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    recent = recently_used(request, "site")
    every = Site.objects.select_related("customer", "joined_into")
    beside = id_in(request.GET.get("beside", ""))
    theirs = every.filter(customer__in=Site.objects.filter(pk=beside).values("customer")).exclude(pk=beside)
    among = theirs.current() if beside else every
    if len(query) >= 2:
        rows = list(best_first(holding(among, query), query, recent)[:PICKED])
    elif beside:
        rows = list(among.order_by("name_key", "pk")[:PICKED])
    else:
        rows = sorted(every.current().filter(pk__in=recent), key=lambda row: recent.index(row.pk))
    options = [
        Option(
            row.pk,
            row.name,
            _aside(row),
            "archive" if row.is_archived else "sites",
        )
        for row in rows
    ]
    return show(
        request, "ui/options.html", {"options": options, "query": query, "recent": len(query) < 2 and not beside}
    )


def _aside(row: Site) -> str:
    if row.joined_into_id:
        return _("joined into %(site)s") % {"site": row.joined_into or _("another site")}
    return _("archived") if row.is_archived else _customer(row)


def _customer(row: Site) -> str:
    owner: Customer | None = row.customer
    return ", ".join(filter(None, [owner.name if owner else "", row.town]))
