"""The tab of meters: what each counted in all, its curve, its readings; new readings, corrections, exchanges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.assets.chart import drawn
from sitebook.assets.forms import CorrectionForm, ExchangeForm, MeterForm, ReadingForm
from sitebook.assets.meters import Meter, Reading, meters_of, told_of
from sitebook.assets.register import ASSETS
from sitebook.basics.refused import Refused
from sitebook.registers.views import frame, present
from sitebook.ui.render import go, show

SEE, CHANGE = Permission.SEE_ASSETS, Permission.CHANGE_ASSETS
SHOWN = 50


@page(may=SEE)
def meters(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(ASSETS.queryset(), pk=pk)
    shown = [
        {
            "told": told,
            "chart": drawn(told.curve, [span.started_at for span in told.spans[1:]]),
            "exchanged": [span for span in told.spans if span.ended_at],
            "readings": told.readings[::-1][:SHOWN],
        }
        for told in told_of(meters_of(pk))
    ]
    context = frame(ASSETS, request, record, "meters") | {"meters": shown, "most": SHOWN}
    return present(ASSETS, request, "assets/meters.html", context)


@page(may=CHANGE)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    asset = get_object_or_404(ASSETS.queryset(), pk=pk)
    form = MeterForm(request.POST or None, initial={"at": timezone.localtime()})

    def save() -> str:
        made = Meter.add(asset, now=timezone.now(), **form.cleaned_data)
        return _("%(name)s is added.") % {"name": made}

    return _answer(request, form, save, _("New meter of %(name)s") % {"name": asset}, pk)


@page(may=CHANGE)
def read(request: HttpRequest, pk: int) -> HttpResponse:
    meter = _one(pk)
    form = ReadingForm(request.POST or None, initial={"at": timezone.localtime(), "kind": "actual"})
    _limited(form, meter)

    def save() -> str:
        made = meter.take_reading(now=timezone.now(), **form.cleaned_data)
        if made.doubted:
            return _("The reading is kept. It tells of much more than usual: look at it again.")
        return _("The reading is kept.")

    return _answer(request, form, save, _("New reading: %(name)s") % {"name": meter}, meter.asset_id)


@page(may=CHANGE)
def exchange(request: HttpRequest, pk: int) -> HttpResponse:
    meter = _one(pk)
    form = ExchangeForm(request.POST or None, initial={"at": timezone.localtime()})
    _limited(form, meter)

    def save() -> str:
        meter.exchange(now=timezone.now(), **form.cleaned_data)
        return _("The counter is exchanged; what was counted before stays counted.")

    return _answer(request, form, save, _("Exchange the counter: %(name)s") % {"name": meter}, meter.asset_id)


@page(may=CHANGE)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    reading = _reading(pk)
    start = {"at": timezone.localtime(reading.at), "value": reading.value.normalize()}
    form = CorrectionForm(request.POST or None, initial=start)
    _limited(form, reading.meter)

    def save() -> str:
        data = form.cleaned_data
        same = data["at"] == reading.at.replace(second=0, microsecond=0)
        at = reading.at if same else data["at"]
        reading.correct(value=data["value"], at=at, rolled=data.get("rolled", False), now=timezone.now())
        return _("The reading is corrected.")

    return _answer(request, form, save, _("Correct a reading: %(name)s") % {"name": reading.meter}, reading.asset_id)


@page(may=CHANGE)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    reading = _reading(pk)
    reading.approve()
    messages.success(request, _("The reading counts as right."))
    return go(request, reverse("assets:meters", args=[reading.asset_id]))


def _one(pk: int) -> Meter:
    return get_object_or_404(Meter.objects.select_related("type"), pk=pk)


def _reading(pk: int) -> Reading:
    return get_object_or_404(Reading.objects.select_related("meter__type", "span"), pk=pk)


def _limited(form: forms.Form, meter: Meter) -> None:
    """Only a counter with a limit is asked whether it passed it."""
    if meter.counter.limit is None:
        del form.fields["rolled"]


def _answer(request: HttpRequest, form: forms.Form, save: Callable[[], str], title: str, pk: int) -> HttpResponse:
    status, back = 422 if form.errors else 200, reverse("assets:meters", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            said = save()
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, said)
            return go(request, back)
    context: dict[str, Any] = {"form": form, "title": title, "back": back, "help": "assets"}
    return show(request, "assets/part.html", context, block="form", status=status)


def urls() -> list[URLPattern]:
    return [
        path("assets/<int:pk>/meters/", meters, name="meters"),
        path("assets/<int:pk>/meters/new/", new, name="new-meter"),
        path("meters/<int:pk>/read/", read, name="read"),
        path("meters/<int:pk>/exchange/", exchange, name="exchange"),
        path("readings/<int:pk>/correct/", correct, name="correct-reading"),
        path("readings/<int:pk>/approve/", approve, name="approve-reading"),
    ]
