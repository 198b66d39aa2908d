"""A visit's page, a new visit, and what is done to one: an address for each verb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.basics.refused import Refused
from sitebook.catalogue.models import Resource
from sitebook.jobs.forms import DoneForm, NoteForm, NothingForm, ReasonForm, SignatureForm, VisitForm
from sitebook.jobs.models import Job, Visit
from sitebook.jobs.pages.jobs import job_frame, job_of
from sitebook.jobs.register import JOBS
from sitebook.jobs.staffing import available, left_out, must_be_able
from sitebook.jobs.states import VisitState
from sitebook.jobs.visit_verbs import VERBS, Verb
from sitebook.registers.views import present
from sitebook.ui.render import go

FORMS: dict[str, type[forms.Form]] = {
    "": NothingForm,
    "reason": ReasonForm,
    "note": NoteForm,
    "note or nothing": DoneForm,
    "signature": SignatureForm,
}
Done = Callable[[Visit, dict[str, Any], datetime], Any]
DO: dict[str, Done] = {
    "confirm": lambda visit, _data, at: visit.confirm(at=at),
    "send": lambda visit, _data, at: visit.send(at=at),
    "accept": lambda visit, _data, at: visit.accept(at=at),
    "travel": lambda visit, _data, at: visit.travel(at=at),
    "arrive": lambda visit, _data, at: visit.arrive(at=at),
    "pause": lambda visit, _data, at: visit.pause(at=at),
    "resume": lambda visit, _data, at: visit.resume(at=at),
    "sign": lambda visit, data, at: visit.sign(name=data["name"], strokes=[], why_not=data["reason"], at=at),
    "finish": lambda visit, data, at: visit.finish(note=data["reason"], at=at),
    "more": lambda visit, data, at: visit.ask_for_more(note=data["reason"], at=at),
    "no-access": lambda visit, data, at: visit.find_nobody(note=data["reason"], at=at),
    "abort": lambda visit, data, at: visit.abort(note=data["reason"], at=at),
    "decline": lambda visit, data, at: visit.decline(reason=data["reason"], at=at),
    "cancel": lambda visit, data, at: visit.cancel(reason=data["reason"], at=at),
}
STEPS = (VisitState.PROPOSED, VisitState.CONFIRMED, VisitState.SENT, VisitState.ACCEPTED, VisitState.TRAVELLING,
         VisitState.ON_SITE)  # fmt: skip
_USUAL = timedelta(minutes=60)


@page(may=Permission.SEE_JOBS)
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Its times, its people, and the next step."""
    found = get_object_or_404(Visit, pk=pk)
    job = job_of(found.job_id)
    found.job = job
    now, possible, blocked = found.now(), [], []
    for verb in VERBS:
        if may(request.user, verb.needs):
            why = verb.why_not(now)
            if not why:
                possible.append(verb)
            elif now.state in verb.fits:
                blocked.append((verb, why))
    context = job_frame(request, job) | {
        "visit": found,
        "people": [each.resource for each in found.resources.select_related("resource").order_by("resource__name_key")],
        "possible": possible,
        "blocked": blocked,
        "steps": _steps(found),
        "lines": list(found.lines.select_related("activity", "asset").order_by("place", "pk")),
    }
    return present(JOBS, request, "jobs/visit.html", context)


def _steps(found: Visit) -> list[dict[str, Any]]:
    """The way of a visit, up to its end."""
    at = VisitState.ON_SITE if found.state == VisitState.PAUSED else VisitState(found.state)
    times = {VisitState.TRAVELLING: found.travel_at, VisitState.ON_SITE: found.arrived_at}
    ended = at not in STEPS
    reached = len(STEPS) if ended else STEPS.index(at)
    shown = [
        {"label": each.label, "done": place < reached, "now": each == at, "since": times.get(each)}
        for place, each in enumerate(STEPS)
    ]
    last = at.label if ended else VisitState.DONE.label
    return [*shown, {"label": last, "done": False, "now": ended, "since": found.ended_at}]


@page(may=Permission.CHANGE_JOBS)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit of a job, with its time and people where they are known."""
    job = job_of(pk)
    begin = (timezone.localtime() + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    first = {"begin": begin, "end": begin + _USUAL, "firm": True}
    form = VisitForm(request.POST if request.method == "POST" else None, people=_people(job), initial=first,
                     without=("reason",))  # fmt: skip

    def done(at: datetime) -> None:
        data = form.cleaned_data
        people = list(data["people"])
        _able(job, people, form.planned)
        Visit.propose(job, at=at, planned=form.planned, resources=people, firm=data["firm"] and bool(form.planned),
                      shared=data["shared"], instructions=data["instructions"])  # fmt: skip

    asked = {"title": _("New visit: %(job)s") % {"job": job.reference}, "save": _("Add visit")}
    return _asked(request, job, form, done, asked | {"to": JOBS.url("record", pk)})


def _people(job: Job) -> Any:
    return available(job, on=timezone.localdate())


def _able(job: Job, people: list[Resource], planned: tuple[datetime, datetime] | None) -> None:
    """Raises Refused (not_offered) for somebody who lacks the service on the day."""
    must_be_able(job, people, on=timezone.localdate(planned[0]) if planned else timezone.localdate())


def _asked(
    request: HttpRequest,
    job: Job,
    form: forms.Form,
    done: Callable[[datetime], Any],
    asked: dict[str, Any],
) -> HttpResponse:
    """A form of a job's visit, and what became of it. ``asked``: its words, and where it leads."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done(timezone.now())
                messages.success(request, _("It is saved."))
                return go(request, asked["to"])
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status, asked["why_not"] = 409, ""
    context = job_frame(request, job) | asked | {"form": form}
    if "people" in form.fields:
        context["left_out"] = left_out(job, on=timezone.localdate())
    return present(JOBS, request, "jobs/form.html", context, block="form", status=status)


def _do(verb: Verb, request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Visit, pk=pk)
    job = job_of(found.job_id)
    found.job = job
    data = request.POST if request.method == "POST" else None
    title = f"{verb.label}: {str(found).lower()}, {job.reference}"
    asked: dict[str, Any] = {"title": title, "save": verb.label, "to": reverse("jobs:visit", args=[pk]),
                             "why_not": verb.why_not(found.now()), "danger": verb.danger}  # fmt: skip
    if verb.asks in ("time", "people"):
        return _plan(verb, request, found, data, asked)
    form = FORMS[verb.asks](data)
    return _asked(request, job, form, lambda at: DO[verb.key](found, form.cleaned_data, at), asked)


def _plan(verb: Verb, request: HttpRequest, found: Visit, data: Any, asked: dict[str, Any]) -> HttpResponse:
    """Its time and people: of a proposed visit they are written, of an agreed one it is moved."""
    people = [each.resource for each in found.resources.select_related("resource")]
    among = Resource.objects.filter(pk__in=[*_people(found.job).values_list("pk", flat=True), *(p.pk for p in people)])
    without = {"plan": ("reason", "firm", "instructions"), "move": ("firm", "shared", "instructions")}.get(
        verb.key, ("begin", "end", "firm", "shared", "instructions", "reason")
    )
    first = {"begin": found.planned_from, "end": found.planned_to, "people": people, "shared": found.shared}
    form = VisitForm(data, people=among.order_by("name_key", "pk"), initial=first, without=without)
    version = found.version

    def done(at: datetime) -> None:
        chosen = list(form.cleaned_data["people"])
        _able(found.job, [each for each in chosen if each not in people], form.planned)
        if verb.key == "staff":
            found.staff(resources=chosen, at=at)
        elif verb.key == "plan":
            shared = form.cleaned_data["shared"]
            found.plan(planned=form.planned, resources=chosen, shared=shared, at=at, version=version)
        elif form.planned is None:
            raise Refused(_("Say from when to when."), code="bad_times")
        else:
            reason = form.cleaned_data["reason"]
            moved = found.move(planned=form.planned, resources=chosen, reason=reason, at=at, version=version)
            asked["to"] = reverse("jobs:visit", args=[moved.pk])

    if verb.key == "move":
        asked["to"] = JOBS.url("record", found.job_id)
    return _asked(request, found.job, form, done, asked)


def urls() -> list[URLPattern]:
    """The addresses of a visit and of its verbs."""
    each = [path(f"visits/<int:pk>/{v.key}/", page(may=v.needs)(_named(v)), name=f"visit-{v.key}") for v in VERBS]
    return [
        path("jobs/<int:pk>/visits/new/", new, name="new-visit"),
        path("visits/<int:pk>/", visit, name="visit"),
        *each,
    ]


def _named(verb: Verb) -> Any:
    def do(request: HttpRequest, pk: int) -> HttpResponse:
        return _do(verb, request, pk)

    return do
