"""A job's page, the sites offered for a job, and the assets it is about."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Case, F, Prefetch, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.basics.refused import Refused
from sitebook.custom_fields.records import facts
from sitebook.jobs import job_verbs, visit_verbs
from sitebook.jobs.forms import AssetForm, OutcomeForm
from sitebook.jobs.models import Job, JobAsset, JobLine, VisitResource
from sitebook.jobs.new_job import add_assets, remove_asset
from sitebook.jobs.register import JOBS
from sitebook.jobs.states import Charge, Status, VisitState
from sitebook.registers.views import PICKED, frame, present
from sitebook.search.queries import holding
from sitebook.sites.models import Site
from sitebook.ui.render import go, show
from sitebook.values.money import money
from sitebook.values.pickers import Option, recently_used, used

# So many sites of a customer are offered before one types.
THEIRS = 200
STAGES = (Status.LOGGED, Status.PLANNED, Status.SCHEDULED, Status.IN_PROGRESS, Status.WORK_DONE, Status.REVIEWED,
          Status.INVOICED, Status.CLOSED)  # fmt: skip
VISIT_TONES = {
    VisitState.DONE: "good",
    VisitState.MORE: "attention",
    VisitState.NO_ACCESS: "attention",
    VisitState.ABORTED: "bad",
    **dict.fromkeys((VisitState.TRAVELLING, VisitState.ON_SITE, VisitState.PAUSED, VisitState.CONFIRMED), "news"),
    **dict.fromkeys((VisitState.SENT, VisitState.ACCEPTED), "news"),
}
CHARGE_TONES = {Charge.UNDECIDED: "attention", Charge.CHARGE: "news", Charge.COVERED: "good"}


@dataclass(frozen=True)
class Sums:
    """What the lines of a job come to in one currency; costs and margin for who may see them."""

    currency: str
    sale: Decimal
    cost: Decimal
    to_charge: Decimal

    @property
    def margin(self) -> Decimal:
        return self.sale - self.cost

    @property
    def percent(self) -> int | None:
        return round(100 * self.margin / self.sale) if self.sale else None


def sums(lines: list[JobLine]) -> list[Sums]:
    """Of each currency, by its code."""
    found = []
    for currency in sorted({each.currency for each in lines if each.currency}):
        mine = [each for each in lines if each.currency == currency]
        zero = Decimal(0)
        found.append(
            Sums(
                currency,
                sum((each.total_sale or zero for each in mine), zero),
                sum((each.total_cost or zero for each in mine), zero),
                sum((each.total_sale or zero for each in mine if each.charge == Charge.CHARGE), zero),
            )
        )
    return found


def job_of(pk: int) -> Job:
    """With all that its page names. Raises Http404."""
    found: Job = get_object_or_404(JOBS.queryset(), pk=pk)
    return found


def job_frame(request: HttpRequest, job: Job, tab: str = "overview") -> dict[str, Any]:
    """Summary and tabs of a job's page, also beside its visits and forms."""
    user = request.user
    return frame(JOBS, request, job, tab) | {
        "job": job,
        "may_work": may(user, Permission.WORK_ON_VISITS),
        "may_cost": may(user, Permission.SEE_COSTS),
        "visit_tones": VISIT_TONES,
        "charge_tones": CHARGE_TONES,
        "money": money,
    }


@page(may=Permission.SEE_JOBS)
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """The job with what can be done now and what cannot, its visits, lines and assets."""
    job = job_of(pk)
    used(request, JOBS.one, pk)
    people = Prefetch("resources", VisitResource.objects.select_related("resource").order_by("resource__name_key"))
    lines = list(job.lines.select_related("activity", "asset", "resource").order_by("place", "pk"))
    possible, blocked = _verbs(request, job)
    context = job_frame(request, job) | {
        "possible": possible,
        "blocked": blocked,
        "visits": list(job.visits.prefetch_related(people).order_by("number")),
        "lines": lines,
        "sums": sums(lines),
        "assets": list(job.assets.select_related("asset").order_by("place", "pk")),
        "no_visit": visit_verbs.why_no_new(job.now()),
        "stages": _stages(job),
        "callbacks": list(job.callbacks.order_by("pk")[:20]),
        "facts": JOBS.facts_of(job, request.user),
        "own_facts": facts(JOBS.table, job.custom),
    }
    return present(JOBS, request, "jobs/job.html", context)


def _verbs(request: HttpRequest, job: Job) -> tuple[list[Any], list[tuple[Any, str]]]:
    """What this user can do now, and what would come next with the reason why not yet."""
    now, possible, blocked = job.now(), [], []
    for verb in job_verbs.VERBS:
        if verb.by != "page" or not may(request.user, verb.needs):
            continue
        if why := verb.why_not(now):
            if now.status in verb.fits or verb.key in _AHEAD.get(now.status, ()):
                blocked.append((verb, why))
        else:
            possible.append(verb)
    return possible, blocked


# What people look for next in a status, though it is not possible yet: its reason is shown.
_AHEAD: dict[Status, tuple[str, ...]] = {
    Status.ON_HOLD: ("settle",),
    **dict.fromkeys((Status.LOGGED, Status.PLANNED, Status.SCHEDULED, Status.IN_PROGRESS, Status.TO_REPLAN),
                    ("review", "cancel")),
    Status.WORK_DONE: ("close", "cancel"),
    Status.REVIEWED: ("cancel",),
    Status.INVOICED: ("cancel", "unreview"),
}  # fmt: skip


def _stages(job: Job) -> list[dict[str, Any]]:
    """The way of a job, with the time at which it was first in each; "" for those still to come."""
    status = Status(job.status)
    at = {Status.TO_REPLAN: Status.IN_PROGRESS, Status.DRAFT: Status.LOGGED}.get(status, status)
    return [
        {
            "label": each.label,
            "done": str(each) in job.reached,
            "now": each == at,
            "since": job.entered_at if each == at else None,
        }
        for each in STAGES
    ]


@page(may=Permission.SEE_JOBS)
def sites_to_pick(request: HttpRequest) -> HttpResponse:
    """The picker's lines: the sites of the chosen customer before one types; of what is typed theirs first."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    typed = request.GET.get("customer", "")
    owner = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    recent, short = recently_used(request, "site"), len(query) < 2
    rows = Site.objects.select_related("customer").filter(ended_on__isnull=True)
    if short:
        rows = rows.filter(archived_at__isnull=True)
        rows = rows.filter(customer=owner) if owner else rows.filter(pk__in=recent)
    else:
        rows = holding(rows, query)
    first = Case(When(customer_id=owner, then=0), When(pk__in=recent, then=1), default=2)
    ordered = rows.order_by(F("archived_at").asc(nulls_first=True), first, "name_key", "pk")
    found = ordered[: THEIRS if owner and short else PICKED]
    options = [Option(row.pk, row.name, row.aside, "archive" if row.is_archived else "sites") for row in found]
    return show(request, "ui/options.html", {"options": options, "query": query, "recent": short and not owner})


@page(may=Permission.CHANGE_JOBS)
def add_asset(request: HttpRequest, pk: int) -> HttpResponse:
    job = job_of(pk)
    form = AssetForm(request.POST or None)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            add_assets(job, [form.cleaned_data["asset"]], reason=form.cleaned_data["reason"])
            messages.success(request, _("%(asset)s is on the job.") % {"asset": form.cleaned_data["asset"]})
            return go(request, JOBS.url("record", pk))
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
    context = job_frame(request, job) | {"form": form, "title": _("Add an asset"), "save": _("Add")}
    return present(JOBS, request, "jobs/form.html", context, block="form", status=status)


@page(may=(Permission.CHANGE_JOBS, Permission.WORK_ON_VISITS))
def asset_outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of one asset of a job."""
    row = get_object_or_404(JobAsset.objects.select_related("job", "asset"), pk=pk)
    first = {"outcome": row.outcome, "found": row.found, "left": row.left, "note": row.note}
    form = OutcomeForm(request.POST if request.method == "POST" else None, initial=first)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            row.record_outcome(**form.cleaned_data)
            messages.success(request, _("%(asset)s is saved.") % {"asset": row})
            return go(request, JOBS.url("record", row.job_id))
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
    context = job_frame(request, job_of(row.job_id)) | {"form": form, "title": str(row), "save": _("Save")}
    return present(JOBS, request, "jobs/form.html", context, block="form", status=status)


@page(may=Permission.CHANGE_JOBS)
@require_POST
def drop_asset(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(JobAsset.objects.select_related("job", "asset"), pk=pk)
    remove_asset(row)
    messages.success(request, _("%(asset)s is off the job.") % {"asset": row})
    return go(request, JOBS.url("record", row.job_id))
