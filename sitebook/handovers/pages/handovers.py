"""Turns of a site: hand over, correct, take back, split, join. What is touched is shown before anything is saved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.customers.models import Customer
from sitebook.handovers import handover, split_join
from sitebook.handovers.forms import CorrectForm, HandOverForm, JoinForm, SplitForm
from sitebook.handovers.preview import part_touched, touched, tree_of
from sitebook.records.consequences import consequences_of
from sitebook.records.pages.frame import present
from sitebook.sites.models import Handover, Site
from sitebook.ui.formats import day_text
from sitebook.ui.render import go

HAND_OVER = Permission.HAND_OVER


@page(may=HAND_OVER)
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Saves only what was shown: ``seen`` names the customer and day whose consequences stood on the page."""
    site = _site(pk)
    data = request.POST if request.method == "POST" else (request.GET if "day" in request.GET else None)
    form = HandOverForm(data, initial={"day": timezone.localdate(), "to": request.GET.get("to", "")})
    context: dict[str, Any] = {
        "site": site,
        "form": form,
        "help": "hand-over",
        "touched": None,
        "seen": "",
        "look": False,
    }
    good, status = data is not None and form.is_valid(), 422 if data is not None else 200
    if good:
        context |= _touches(site, form)
        status = 200
    if good and request.method == "POST" and request.POST.get("seen") == context["seen"]:
        try:
            change = _handed_over(request, site, form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return present(request, "handovers/hand_over.html", context, block="form", status=409)
        return _done(request, site.pk, change, form.cleaned_data["to"])
    context["look"] = good and request.method == "POST"
    refresh = request.method == "GET" and data is not None
    return present(
        request,
        "handovers/hand_over.html",
        context,
        block="touches" if refresh else "form",
        status=200 if refresh else status,
    )


def _touches(site: Site, form: HandOverForm) -> dict[str, Any]:
    data = form.cleaned_data
    found = touched(site, to=data["to"], day=data["day"])
    own = {"roles", "parties", "documents"}
    return {
        "touched": found,
        "to": data["to"],
        "day": data["day"],
        "future": data["day"] > timezone.localdate(),
        "more": [line for line in consequences_of(site, on=data["day"]) if line.key not in own],
        "carried": data["carry"] if "seen" in form.data else handover.CARRIED,
        "seen": f"{data['to'].pk if data['to'] else 'vacant'} {data['day'].isoformat()}",
    }


def _handed_over(request: HttpRequest, site: Site, form: HandOverForm) -> Handover:
    data = form.cleaned_data
    return handover.hand_over(
        site,
        to=data["to"],
        day=data["day"],
        today=timezone.localdate(),
        by_id=request.user.pk,
        reason=data["reason"],
        name=data["name"],
        carry=data["carry"],
    )


def _done(request: HttpRequest, pk: int, change: Handover, to: Customer | None) -> HttpResponse:
    """Back to the site, with the way to take it back; whoever may not see it now goes to the list."""
    said = {"day": day_text(change.day), "customer": to}
    text = _("%(customer)s has the site from %(day)s.") if to else _("The site is vacant from %(day)s.")
    seen = Handover.objects.filter(pk=change.pk).exists()
    messages.success(request, text % said, extra_tags=reverse("handovers:take-back", args=[change.pk]) if seen else "")
    return go(request, reverse("sites:site", args=[pk]))


@page(may=HAND_OVER)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(Handover.objects.select_related("customer"), pk=pk, kind__in=changes_of_hands())
    site = _site(change.site_id)
    before, after = handover.neighbours(change)
    start = {"to": change.customer, "vacant": change.customer_id is None, "day": change.day, "reason": change.reason}
    form = CorrectForm(request.POST or None, initial=start)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            handover.correct(change, to=data["to"], day=data["day"], today=timezone.localdate(), reason=data["reason"])
            messages.success(request, _("The hand-over is corrected."))
            return go(request, reverse("sites:site", args=[site.pk]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
    context = {"site": site, "change": change, "before": before, "after": after, "form": form, "help": "hand-over"}
    return present(request, "handovers/correct.html", context, block="form", status=status)


def changes_of_hands() -> list[str]:
    return [Handover.Kind.HANDED_OVER, Handover.Kind.VACATED]


@page(may=HAND_OVER)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first; the button of the message posts here at once."""
    change = get_object_or_404(Handover.objects.select_related("customer"), pk=pk)
    if request.method == "POST":
        handover.take_back(change, at=timezone.now())
        messages.success(request, _("That is taken back, as if it had not been."))
        return go(request, reverse("sites:site", args=[change.site_id]))
    site = _site(change.site_id)
    hands = change.kind in changes_of_hands() and not change.reversed_at
    before, after = handover.neighbours(change) if hands else (None, None)
    context = {"site": site, "change": change, "before": before, "after": after, "help": "hand-over"}
    return present(request, "handovers/take_back.html", context, block="form")


@page(may=HAND_OVER)
def split(request: HttpRequest, pk: int) -> HttpResponse:
    site, today = _site(pk), timezone.localdate()
    form = SplitForm(request.POST or None, site=site, initial={"day": today})
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            change = split_join.split(site, today=today, by_id=request.user.pk, **form.cleaned_data)
            undo = reverse("handovers:take-back", args=[change.pk])
            messages.success(
                request, _("%(name)s is a site of its own.") % {"name": change.other_site}, extra_tags=undo
            )
            return go(request, reverse("sites:site", args=[change.other_site_id]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
    chosen = set(request.POST.getlist("areas"))
    context = {"site": site, "form": form, "tree": tree_of(site), "chosen": chosen, "help": "hand-over"}
    return present(
        request, "handovers/split.html", context | part_touched(site, day=today), block="form", status=status
    )


@page(may=HAND_OVER)
def join(request: HttpRequest, pk: int) -> HttpResponse:
    site, now = _site(pk), timezone.now()
    form = JoinForm(request.POST or None, site=site, initial={"day": timezone.localdate()})
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            change = split_join.join(
                site, at=now, today=timezone.localdate(), by_id=request.user.pk, **form.cleaned_data
            )
            undo = reverse("handovers:take-back", args=[change.pk])
            said = {"site": site, "into": form.cleaned_data["into"]}
            messages.success(request, _("%(site)s is a part of %(into)s now.") % said, extra_tags=undo)
            return go(request, reverse("sites:site", args=[change.other_site_id]))
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
    context = {"site": site, "form": form, "help": "hand-over"} | part_touched(site, day=timezone.localdate())
    return present(request, "handovers/join.html", context, block="form", status=status)


def _site(pk: int) -> Site:
    return get_object_or_404(Site.objects.select_related("customer"), pk=pk)
