"""Visits, lines and assets of jobs, and what is done to jobs and visits, for programs."""

# No ``from __future__ import annotations`` here: django-ninja reads the shapes from the functions' annotations.

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from sitebook.access.permissions import Permission, may
from sitebook.api.authentication import Token
from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.problems import faulty
from sitebook.api.requests import Id, answers
from sitebook.api.responses import Json, reply
from sitebook.assets.models import Asset
from sitebook.catalogue.models import Activity, CustomerActivity, Resource
from sitebook.jobs import job_verbs, schemas, visit_verbs
from sitebook.jobs.models import Job, JobAsset, JobLine, Visit
from sitebook.jobs.new_job import add_assets
from sitebook.jobs.staffing import must_be_able
from sitebook.products.models import Product
from sitebook.registers import api as records
from sitebook.users.models import Scope

router = Router(tags=["Jobs"])
SEE = Token(Scope.READ, Permission.SEE_JOBS)
CHANGE = Token(Scope.WRITE, Permission.CHANGE_JOBS)
WORK = Token(Scope.WRITE, Permission.WORK_ON_VISITS)
MOST = 500
_REPEATS = {"parameters": [PARAMETER]}


def _at(body: Any) -> datetime:
    return body.at or timezone.now()


def _people(ids: Sequence[int], pointer: str = "/people") -> list[Resource]:
    found = [records.seen(Resource, pk, pointer) for pk in ids]
    return [each for each in found if each is not None]


def _times(body: Any) -> tuple[datetime, datetime] | None:
    if (body.planned_from is None) != (body.planned_to is None):
        raise faulty("/planned_to", _("Say from when to when."))
    return (body.planned_from, body.planned_to) if body.planned_from else None


def _visits(rows: Sequence[Visit]) -> list[Json]:
    jobs = records.briefs(Job, {row.job_id for row in rows})
    plain = ("id", "number", "state", "planned_from", "planned_to", "shared", "travel_at", "arrived_at", "ended_at",
             "paused_minutes", "outcome_note", "reason", "signed_by", "version")  # fmt: skip
    people = {row.pk: [each.resource_id for each in row.resources.all()] for row in rows}
    named = records.briefs(Resource, {pk for ids in people.values() for pk in ids})
    return [
        {name: getattr(row, name) for name in plain}
        | {"job": jobs[row.job_id], "people": [named[pk] for pk in people[row.pk]]}
        for row in rows
    ]


def _visit(pk: int) -> Visit:
    found: Visit = get_object_or_404(Visit.objects.select_related("job"), pk=pk)
    found.job = _job(found.job_id)
    return found


def _job(pk: int) -> Job:
    found: Job = get_object_or_404(Job.objects.select_related("customer", "service", "work_type", "site"), pk=pk)
    return found


def _told(visit: Visit, status: int = 200) -> HttpResponse:
    return reply(_visits(list(Visit.objects.filter(pk=visit.pk).prefetch_related("resources")))[0], status=status)


@router.get(
    "/jobs/{int:pk}/visits",
    auth=SEE,
    response=answers(200, schemas.VisitList),
    operation_id="list_visits",
    summary="List the visits of a job",
)
def list_visits(request: HttpRequest, pk: Id) -> HttpResponse:
    """In their order, those that did not take place too."""
    rows = _job(pk).visits.prefetch_related("resources").order_by("number")[:MOST]
    return reply({"items": _visits(list(rows))})


@router.post(
    "/jobs/{int:pk}/visits",
    auth=CHANGE,
    response=answers(201, schemas.VisitRead, writes=True),
    openapi_extra=_REPEATS,
    operation_id="add_visit",
    summary="Add a visit to a job",
)
@once(Visit)
def add_visit(request: HttpRequest, pk: Id, body: schemas.NewVisit) -> HttpResponse:
    """Proposed, or agreed for its time. Somebody who is elsewhere then is refused (`resource_is_busy`)."""
    job, people, planned = _job(pk), _people(body.people), _times(body)
    must_be_able(job, people, on=timezone.localdate(planned[0]) if planned else timezone.localdate())
    more: Json = {"firm": body.firm, "shared": body.shared, "instructions": body.instructions}
    return _told(Visit.propose(job, at=_at(body), planned=planned, resources=people, **more), 201)


VisitDone = Callable[[Visit, Any], Visit | None]
_ON_VISITS: dict[str, tuple[type[schemas.Nothing], VisitDone]] = {
    "plan": (
        schemas.Planned,
        lambda visit, body: visit.plan(
            planned=_times(body), resources=_people(body.people), shared=body.shared, at=_at(body)
        ),
    ),
    "staff": (schemas.Staffed, lambda visit, body: visit.staff(resources=_people(body.people), at=_at(body))),
    "move": (schemas.Moved, lambda visit, body: _move(visit, body)),
    "confirm": (schemas.Nothing, lambda visit, body: visit.confirm(at=_at(body))),
    "send": (schemas.Nothing, lambda visit, body: visit.send(at=_at(body))),
    "accept": (schemas.Nothing, lambda visit, body: visit.accept(at=_at(body))),
    "travel": (schemas.Nothing, lambda visit, body: visit.travel(at=_at(body))),
    "arrive": (schemas.Nothing, lambda visit, body: visit.arrive(at=_at(body))),
    "pause": (schemas.Nothing, lambda visit, body: visit.pause(at=_at(body))),
    "resume": (schemas.Nothing, lambda visit, body: visit.resume(at=_at(body))),
    "sign": (
        schemas.Signed,
        lambda visit, body: visit.sign(
            name=body.name, strokes=body.strokes, why_not=body.unsigned_reason, at=_at(body)
        ),
    ),
    "finish": (schemas.Noted, lambda visit, body: visit.finish(note=body.note, at=_at(body))),
    "more": (schemas.Noted, lambda visit, body: visit.ask_for_more(note=body.note, at=_at(body))),
    "no-access": (schemas.Noted, lambda visit, body: visit.find_nobody(note=body.note, at=_at(body))),
    "abort": (schemas.Noted, lambda visit, body: visit.abort(note=body.note, at=_at(body))),
    "decline": (schemas.Reasoned, lambda visit, body: visit.decline(reason=body.reason, at=_at(body))),
    "cancel": (schemas.Reasoned, lambda visit, body: visit.cancel(reason=body.reason, at=_at(body))),
}


def _move(visit: Visit, body: schemas.Moved) -> Visit:
    planned = _times(body)
    if planned is None:
        raise faulty("/planned_from", _("Say from when to when."))
    people = _people(body.people) if body.people else None
    return visit.move(planned=planned, resources=people, reason=body.reason, at=_at(body))


JobDone = Callable[[Job, Any], None]
_ON_JOBS: dict[str, tuple[type[schemas.Nothing], JobDone]] = {
    "log": (schemas.Nothing, lambda job, body: job.log(at=_at(body))),
    "hold": (
        schemas.Held,
        lambda job, body: job.put_on_hold(reason=body.reason, until=body.until, note=body.note, at=_at(body)),
    ),
    "release": (schemas.Nothing, lambda job, body: job.take_off_hold(at=_at(body))),
    "settle": (schemas.Reasoned, lambda job, body: job.settle(note=body.reason, at=_at(body))),
    "more-work": (schemas.Reasoned, lambda job, body: job.ask_for_more(reason=body.reason, at=_at(body))),
    "review": (schemas.Nothing, lambda job, body: job.review(at=_at(body))),
    "unreview": (schemas.Nothing, lambda job, body: job.take_review_back(at=_at(body))),
    "invoice": (schemas.Nothing, lambda job, body: job.invoice(at=_at(body))),
    "credit": (schemas.Nothing, lambda job, body: job.credit(at=_at(body))),
    "close": (schemas.Nothing, lambda job, body: job.close(at=_at(body))),
    "reopen": (schemas.Reasoned, lambda job, body: job.reopen(reason=body.reason, at=_at(body))),
    "cancel": (schemas.Reasoned, lambda job, body: job.cancel(reason=body.reason, at=_at(body))),
}


def _verbs(now: Any, verbs: Sequence[Any], status: str) -> HttpResponse:
    items = [
        {"key": each.key, "label": str(each.label), "possible": not (why := each.why_not(now)), "why_not": why}
        for each in verbs
    ]
    return reply({"status": status, "items": items})


@router.get(
    "/jobs/{int:pk}/verbs",
    auth=SEE,
    response=answers(200, schemas.Verbs),
    operation_id="list_verbs_of_job",
    summary="What can be done to a job now, and why the rest cannot",
)
def job_can(request: HttpRequest, pk: Id) -> HttpResponse:
    job = _job(pk)
    return _verbs(job.now(), job_verbs.VERBS, job.status)


@router.get(
    "/jobs/visits/{int:pk}",
    auth=SEE,
    response=answers(200, schemas.VisitRead),
    operation_id="read_visit",
    summary="Read a visit",
)
def read_visit(request: HttpRequest, pk: Id) -> HttpResponse:
    return _told(_visit(pk))


@router.get(
    "/jobs/visits/{int:pk}/verbs",
    auth=SEE,
    response=answers(200, schemas.Verbs),
    operation_id="list_verbs_of_visit",
    summary="What can be done to a visit now, and why the rest cannot",
)
def visit_can(request: HttpRequest, pk: Id) -> HttpResponse:
    visit = _visit(pk)
    return _verbs(visit.now(), visit_verbs.VERBS, visit.state)


def _offer_on_job(verb: job_verbs.Verb) -> None:
    shape, do = _ON_JOBS[verb.key]

    @router.post(
        f"/jobs/{{int:pk}}/{verb.key}",
        auth=Token(Scope.WRITE, verb.needs),
        response=answers(200, schemas.Verbs, writes=True),
        openapi_extra=_REPEATS,
        operation_id=f"{verb.key.replace('-', '_')}_job",
        summary=str(verb.label),
        description="Answers what can be done next. Where it cannot be done, the refusal says why.",
    )
    @once(Job)
    def done(request: HttpRequest, pk: Id, body: shape) -> HttpResponse:  # type: ignore[valid-type]
        job = _job(pk)
        do(job, body)
        return _verbs(job.now(), job_verbs.VERBS, job.status)


def _offer_on_visit(verb: visit_verbs.Verb) -> None:
    shape, do = _ON_VISITS[verb.key]

    @router.post(
        f"/jobs/visits/{{int:pk}}/{verb.key}",
        auth=Token(Scope.WRITE, verb.needs),
        response=answers(200, schemas.VisitRead, writes=True),
        openapi_extra=_REPEATS,
        operation_id=f"{verb.key.replace('-', '_')}_visit",
        summary=str(verb.label),
        description="Answers the visit as it is then; a move answers the new one.",
    )
    @once(Visit)
    def done(request: HttpRequest, pk: Id, body: shape) -> HttpResponse:  # type: ignore[valid-type]
        visit = _visit(pk)
        return _told(do(visit, body) or visit)


for each in job_verbs.VERBS:
    _offer_on_job(each)
for one in visit_verbs.VERBS:
    _offer_on_visit(one)


def _lines(rows: Sequence[JobLine], user: Any) -> list[Json]:
    activities = records.briefs(Activity, {row.activity_id for row in rows})
    assets = records.briefs(Asset, {row.asset_id for row in rows})
    costs = may(user, Permission.SEE_COSTS)
    plain = ("id", "kind", "name", "quantity", "unit", "sale", "currency", "charge", "reason", "version")
    return [
        {name: getattr(row, name) for name in plain}
        | {"activity": activities[row.activity_id], "asset": assets[row.asset_id]}
        | {"cost": row.cost if costs else None}
        for row in rows
    ]


@router.get(
    "/jobs/{int:pk}/lines",
    auth=SEE,
    response=answers(200, schemas.LineList),
    operation_id="list_job_lines",
    summary="List the lines of a job",
)
def list_lines(request: HttpRequest, pk: Id) -> HttpResponse:
    return reply({"items": _lines(list(_job(pk).lines.order_by("place", "pk")[:MOST]), request.user)})


@router.post(
    "/jobs/{int:pk}/lines",
    auth=CHANGE,
    response=answers(201, schemas.LineRead, writes=True),
    openapi_extra=_REPEATS,
    operation_id="add_job_line",
    summary="Add a line to a job",
)
@once(JobLine)
def add_line(request: HttpRequest, pk: Id, body: schemas.NewLine) -> HttpResponse:
    job, values = (
        _job(pk),
        body.model_dump(exclude={"activity", "product", "asset", "visit", "name", "kind", "quantity"}),
    )
    values = {name: value for name, value in values.items() if value not in (None, "")}
    values |= {
        "asset": records.seen(Asset, body.asset, "/asset"),
        "visit": records.seen(Visit, body.visit, "/visit"),
        "product": records.seen(Product, body.product, "/product"),
    }
    if values["visit"] and values["visit"].job_id != job.pk:
        raise faulty("/visit", _("This is no visit of %(job)s.") % {"job": job.reference})
    activity = records.seen(Activity, body.activity, "/activity")
    if activity:
        rows = CustomerActivity.objects.in_force(on=timezone.localdate()).filter(customer=job.customer_id)
        price = rows.filter(activity=activity).select_related("activity").first()
        if price is None:
            raise faulty("/activity", _("%(name)s is not among the activities of the customer.") % {"name": activity})
        line = JobLine.of_activity(job, price, quantity=body.quantity, **values)
    else:
        name = body.name.strip() or str(values["product"] or "")
        if not name:
            raise faulty("/name", _("Choose an activity or a product, or write what it is."))
        line = JobLine.add(job, kind=body.kind, name=name, quantity=body.quantity, **values)
    return reply(_lines([line], request.user)[0], status=201)


@router.post(
    "/jobs/lines/{int:pk}/decide",
    auth=CHANGE,
    response=answers(200, schemas.LineRead, writes=True),
    openapi_extra=_REPEATS,
    operation_id="decide_job_line",
    summary="Say what becomes of a line",
)
@once(JobLine)
def decide_line(request: HttpRequest, pk: Id, body: schemas.Decided) -> HttpResponse:
    line = get_object_or_404(JobLine.objects.select_related("job"), pk=pk)
    line.decide(body.charge, version=line.version, reason=body.reason)
    return reply(_lines([line], request.user)[0])


def _assets(rows: Sequence[JobAsset]) -> list[Json]:
    named = records.briefs(Asset, {row.asset_id for row in rows})
    plain = ("id", "outcome", "found", "left", "note")
    return [{name: getattr(row, name) for name in plain} | {"asset": named[row.asset_id]} for row in rows]


@router.get(
    "/jobs/{int:pk}/assets",
    auth=SEE,
    response=answers(200, schemas.JobAssetList),
    operation_id="list_job_assets",
    summary="List the assets of a job",
)
def list_assets(request: HttpRequest, pk: Id) -> HttpResponse:
    return reply({"items": _assets(list(_job(pk).assets.order_by("place", "pk")[:MOST]))})


@router.post(
    "/jobs/{int:pk}/assets",
    auth=CHANGE,
    response=answers(201, schemas.JobAssetList, writes=True),
    openapi_extra=_REPEATS,
    operation_id="add_job_asset",
    summary="Add an asset to a job",
)
@once(JobAsset)
def add_asset(request: HttpRequest, pk: Id, body: schemas.NewAsset) -> HttpResponse:
    job, asset = _job(pk), records.seen(Asset, body.asset, "/asset")
    assert asset is not None  # noqa: S101 - an id was sent
    add_assets(job, [asset], reason=body.reason)
    return reply({"items": _assets(list(job.assets.order_by("place", "pk")))}, status=201)


@router.post(
    "/jobs/assets/{int:pk}/record",
    auth=WORK,
    response=answers(200, schemas.JobAssetRead, writes=True),
    openapi_extra=_REPEATS,
    operation_id="record_job_asset",
    summary="Say what became of an asset of a job",
)
@once(JobAsset)
def record_asset(request: HttpRequest, pk: Id, body: schemas.Outcome) -> HttpResponse:
    """The condition in which it was left is from then on the asset's own."""
    row = get_object_or_404(JobAsset.objects.select_related("job"), pk=pk)
    row.record_outcome(**body.model_dump())
    return reply(_assets([row])[0])
