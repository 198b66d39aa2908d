"""What is done to a job: an address for each verb, which asks what the verb needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.access.decorators import page
from sitebook.basics.refused import Refused
from sitebook.jobs.forms import HoldForm, NothingForm, ReasonForm
from sitebook.jobs.job_verbs import VERBS, Verb
from sitebook.jobs.models import Job
from sitebook.jobs.pages.jobs import job_frame, job_of
from sitebook.jobs.register import JOBS
from sitebook.registers.views import present
from sitebook.ui.render import go

FORMS: dict[str, type[forms.Form]] = {"": NothingForm, "reason": ReasonForm, "hold": HoldForm}
Done = Callable[[Job, dict[str, Any], datetime], None]
DO: dict[str, Done] = {
    "log": lambda job, _data, at: job.log(at=at),
    "hold": lambda job, data, at: job.put_on_hold(reason=data["reason"], until=data["until"], note=data["note"], at=at),
    "release": lambda job, _data, at: job.take_off_hold(at=at),
    "settle": lambda job, data, at: job.settle(note=data["reason"], at=at),
    "more-work": lambda job, data, at: job.ask_for_more(reason=data["reason"], at=at),
    "review": lambda job, _data, at: job.review(at=at),
    "unreview": lambda job, _data, at: job.take_review_back(at=at),
    "close": lambda job, _data, at: job.close(at=at),
    "reopen": lambda job, data, at: job.reopen(reason=data["reason"], at=at),
    "cancel": lambda job, data, at: job.cancel(reason=data["reason"], at=at),
}


def _do(verb: Verb, request: HttpRequest, pk: int) -> HttpResponse:
    job = job_of(pk)
    form = FORMS[verb.asks](request.POST if request.method == "POST" else None)
    why_not, status = verb.why_not(job.now()), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                DO[verb.key](job, form.cleaned_data, timezone.now())
                said = {"job": job.reference, "status": str(job.get_status_display()).lower()}
                messages.success(request, _("%(job)s is %(status)s now.") % said)
                return go(request, JOBS.url("record", pk))
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status, why_not = 409, ""
    title = f"{verb.label}: {job.reference}"
    context = job_frame(request, job) | {"form": form, "title": title, "save": verb.label, "why_not": why_not,
                                         "danger": verb.danger}  # fmt: skip
    return present(JOBS, request, "jobs/form.html", context, block="form", status=status)


def urls() -> list[URLPattern]:
    """An address for each verb of the page."""
    shown = [verb for verb in VERBS if verb.by == "page"]
    return [path(f"jobs/<int:pk>/{verb.key}/", page(may=verb.needs)(_named(verb)), name=verb.key) for verb in shown]


def _named(verb: Verb) -> Any:
    def do(request: HttpRequest, pk: int) -> HttpResponse:
        return _do(verb, request, pk)

    return do
