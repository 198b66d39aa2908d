"""What is done to an asset, on pages: a form that shows what it touches, the timeline, taking back, another day."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.assets import acts
from sitebook.assets.acts import Doing
from sitebook.assets.forms import ActForm, OtherDayForm
from sitebook.assets.models import Asset
from sitebook.assets.periods import AssetAct, AssetPeriod
from sitebook.assets.preview import why_not
from sitebook.assets.register import ASSETS
from sitebook.assets.texts import customer_there_text, owner_text, place_text
from sitebook.assets.verbs import VERBS, Verb
from sitebook.basics.refused import Refused
from sitebook.registers.views import frame, present
from sitebook.ui.render import back_to, go

CHANGE = Permission.CHANGE_ASSETS
LATEST = 200


def _do(verb: Verb, request: HttpRequest, pk: int) -> HttpResponse:
    """Saves only what was shown: ``seen`` stands for what was filled in when the page said what it touches."""
    asset = get_object_or_404(ASSETS.queryset(), pk=pk)
    data = request.POST if request.method == "POST" else (request.GET if "day" in request.GET else None)
    form = verb.form(data, asset=asset, initial={"day": timezone.localdate()})
    context: dict[str, Any] = {"record": asset, "verb": verb, "form": form, "seen": "", "look": False}
    context |= {"touched": None, "why_not": ""}
    status = 200
    if data is not None and not form.is_valid():
        status = 422
    elif data is not None:
        run = partial(_run, verb, asset, form, request)
        context["seen"] = _seen(form)
        if request.method == "POST" and request.POST.get("seen") == context["seen"]:
            try:
                act = run()
            except Refused as refusal:
                form.add_error(None, refusal.linked)
                return present(ASSETS, request, "assets/act.html", context, block="form", status=409)
            return _done(request, act)
        context["touched"], context["why_not"] = why_not(asset, run, day=form.cleaned_data["day"])
        context["look"] = request.method == "POST"
    refresh = request.method == "GET" and data is not None
    block = "touches" if refresh else "form"
    return present(ASSETS, request, "assets/act.html", context, block=block, status=200 if refresh else status)


def _run(verb: Verb, asset: Asset, form: ActForm, request: HttpRequest) -> AssetAct:
    data = form.cleaned_data
    doing = Doing(day=data["day"], today=timezone.localdate(), by_id=request.user.pk, reason=data["reason"])
    return verb.do(Asset.objects.get(pk=asset.pk), data, doing)


def _seen(form: ActForm) -> str:
    said = [f"{name} {getattr(value, 'pk', value)}" for name, value in sorted(form.cleaned_data.items())]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:24]


def _done(request: HttpRequest, act: AssetAct) -> HttpResponse:
    """Back to the asset, with the way to take it back; whoever may not see it now goes to the list."""
    seen = AssetAct.objects.filter(pk=act.pk).exists()
    way = reverse("assets:take-back", args=[act.pk]) if seen else ""
    messages.success(request, _("It is done: %(what)s.") % {"what": act.get_kind_display()}, extra_tags=way)
    there = Asset.objects.filter(pk=act.asset_id).exists()
    return go(request, reverse("assets:life", args=[act.asset_id]) if there else reverse("assets:list"))


@page(may=Permission.SEE_ASSETS)
def life(request: HttpRequest, pk: int) -> HttpResponse:
    """Owner, place, mounting and status from when to when; what was done."""
    record = get_object_or_404(ASSETS.queryset(), pk=pk)
    rows = AssetPeriod.objects.filter(asset=pk).order_by("-during")
    named = ("owner", "site", "area", "own_place", "parent", "place_customer")
    lines = [
        {"row": row, "owner": owner_text(row), "place": place_text(row), "at": customer_there_text(row)}
        for row in rows.select_related(*named)[:LATEST]
    ]
    done = list(AssetAct.objects.filter(asset=pk).select_related("other")[:LATEST])
    context = frame(ASSETS, request, record, "life") | {"lines": lines, "acts": done}
    return present(ASSETS, request, "assets/life.html", context)


@page(may=CHANGE)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    act = get_object_or_404(AssetAct.objects.select_related("asset", "other"), pk=pk)
    context: dict[str, Any] = {"act": act, "fault": ""}
    if request.method == "POST":
        try:
            acts.take_back(act, at=timezone.now())
        except Refused as refusal:
            context["fault"] = str(refusal)
            return present(ASSETS, request, "assets/take_back.html", context, status=409)
        messages.success(request, _("It is taken back."))
        return go(request, back_to(request, _back_to(act)))
    return present(ASSETS, request, "assets/take_back.html", context)


@page(may=CHANGE)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    act = get_object_or_404(AssetAct.objects.select_related("asset", "other"), pk=pk)
    form = OtherDayForm(request.POST if request.method == "POST" else None, initial={"day": act.day})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                acts.correct(act, day=form.cleaned_data["day"], today=timezone.localdate())
                messages.success(request, _("It is corrected."))
                return go(request, _back_to(act))
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
    context = {"act": act, "form": form}
    return present(ASSETS, request, "assets/correct.html", context, block="form", status=status)


def _back_to(act: AssetAct) -> str:
    there = Asset.objects.filter(pk=act.asset_id).exists()
    return reverse("assets:life", args=[act.asset_id]) if there else reverse("assets:list")


def urls() -> list[URLPattern]:
    """The addresses: one for each verb, the timeline, taking back and another day."""
    each = [path(f"assets/<int:pk>/{v.key}/", page(may=v.needs)(_named(v)), name=v.key) for v in VERBS]
    return [
        *each,
        path("assets/<int:pk>/life/", life, name="life"),
        path("assets/acts/<int:pk>/take-back/", take_back, name="take-back"),
        path("assets/acts/<int:pk>/correct/", correct, name="correct"),
    ]


def _named(verb: Verb) -> Any:
    def do(request: HttpRequest, pk: int) -> HttpResponse:
        return _do(verb, request, pk)

    return do
