"""What is done to assets, for programs."""

# No ``from __future__ import annotations`` here: django-ninja reads the shapes from the functions' annotations.

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router

from sitebook.access.permissions import Permission
from sitebook.api.authentication import Token
from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.problems import faulty
from sitebook.api.requests import Id, answers
from sitebook.api.responses import Json, reply
from sitebook.assets import acts
from sitebook.assets.acts import Doing
from sitebook.assets.materials import InstalledMaterial, tree
from sitebook.assets.meters import Meter, Reading, meters_of, told_of
from sitebook.assets.meters_told import meter_told, reading_told, readings_told
from sitebook.assets.models import Asset
from sitebook.assets.periods import AssetAct
from sitebook.assets.schemas import (
    ActList,
    ActRead,
    Correction,
    Exchange,
    MeterList,
    MeterRead,
    NewMeter,
    NewPart,
    NewReading,
    OtherDay,
    PartList,
    PartRead,
    ReadingList,
    ReadingRead,
    RemovedPart,
)
from sitebook.assets.verbs import NAMES, VERBS, Verb
from sitebook.products.meter_types import MeterType
from sitebook.products.models import Product
from sitebook.products.relationship_values import QUANTITY
from sitebook.records.as_of import day_asked
from sitebook.registers import api as records
from sitebook.users.models import Scope

router = Router(tags=["Assets"])
SEE = Token(Scope.READ, Permission.SEE_ASSETS)
CHANGE = Token(Scope.WRITE, Permission.CHANGE_ASSETS)
DATED = {
    "parameters": [
        {"in": "query", "name": "as_of", "required": False, "schema": {"type": "string", "format": "date"}},
        {"in": "query", "name": "removed", "required": False, "schema": {"type": "string", "enum": ["yes"]}},
    ]
}


def _offer(verb: Verb) -> None:
    @router.post(
        f"/assets/{{int:pk}}/{verb.key}",
        auth=Token(Scope.WRITE, verb.needs),
        response=answers(201, ActRead, writes=True),
        openapi_extra={"parameters": [PARAMETER]},
        operation_id=f"{verb.key.replace('-', '_')}_asset",
        summary=str(verb.label),
        description="From the day on, up to the next change that is written down. It can be taken back whole.",
    )
    @once(Asset)
    def do(request: HttpRequest, pk: Id, body: verb.shape) -> HttpResponse:  # type: ignore[name-defined]
        asset = get_object_or_404(Asset, pk=pk)
        data = body.model_dump()
        data |= {name: records.seen(NAMES[name], data[name], f"/{name}") for name in NAMES if name in data}
        doing = Doing(day=body.day, today=timezone.localdate(), by_id=request.user.pk, reason=body.reason)
        return reply(_written([verb.do(asset, data, doing)])[0], status=201)


for each in VERBS:
    _offer(each)


def _written(found: Sequence[AssetAct]) -> list[Json]:
    named = records.briefs(Asset, {pk for act in found for pk in (act.asset_id, act.other_id)})
    return [
        {
            "id": act.pk,
            "kind": act.kind,
            "day": act.day,
            "asset": named[act.asset_id],
            "other": named[act.other_id],
            "reason": act.reason,
            "taken_back": act.reversed_at is not None,
        }
        for act in found
    ]


@router.get(
    "/assets/{int:pk}/acts",
    auth=SEE,
    response=answers(200, ActList),
    operation_id="list_acts_of_asset",
    summary="What was done to an asset",
)
def list_acts(request: HttpRequest, pk: Id) -> HttpResponse:
    """Newest first, also what was taken back."""
    asset = get_object_or_404(Asset, pk=pk)
    return reply({"items": _written(list(asset.acts.all()[:200]))})


def _act(pk: int) -> Any:
    return get_object_or_404(AssetAct, pk=pk)


@router.post(
    "/assets/acts/{int:pk}/take-back",
    auth=CHANGE,
    response=answers(200, ActRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="take_back_act",
    summary="Take back what was done to an asset",
)
@once(AssetAct)
def take_back(request: HttpRequest, pk: Id) -> HttpResponse:
    """As if it had not been, while nothing was done to its assets since."""
    act = _act(pk)
    told = _written([act])[0]
    acts.take_back(act, at=timezone.now())
    return reply(told | {"taken_back": True})


@router.post(
    "/assets/acts/{int:pk}/correct",
    auth=CHANGE,
    response=answers(200, ActRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="correct_act",
    summary="Say that something was done to an asset on another day",
)
@once(AssetAct)
def correct(request: HttpRequest, pk: Id, body: OtherDay) -> HttpResponse:
    """What began or ended with it does so on that day."""
    return reply(_written([acts.correct(_act(pk), day=body.day, today=timezone.localdate())])[0])


@router.get(
    "/assets/{int:pk}/materials",
    auth=SEE,
    response=answers(200, PartList),
    operation_id="list_installed_parts",
    summary="The parts in an asset and in what is mounted on it",
    openapi_extra=DATED,
)
def list_parts(request: HttpRequest, pk: Id) -> HttpResponse:
    """As of a day, today without one; ``removed=yes`` gives also what had been removed by then."""
    asset = get_object_or_404(Asset, pk=pk)
    asked, fault = day_asked(request.GET.get("as_of", ""))
    if fault:
        raise faulty("as_of", fault)
    lines = tree(asset, on=asked or timezone.localdate(), removed=request.GET.get("removed") == "yes")
    return reply({"items": _parts([line.part for line in lines if line.part])})


@router.post(
    "/assets/{int:pk}/materials",
    auth=CHANGE,
    response=answers(201, PartRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="fit_part",
    summary="Fit a part in an asset",
)
@once(Asset)
def fit_part(request: HttpRequest, pk: Id, body: NewPart) -> HttpResponse:
    """A unit with a serial number of its own is mounted as an asset instead."""
    asset = get_object_or_404(Asset, pk=pk)
    values = body.model_dump() | {"product": records.seen(Product, body.product, "/product")}
    values["quantity"] = QUANTITY.read(values["quantity"])
    part = InstalledMaterial.fit(asset, today=timezone.localdate(), **values)
    return reply(_parts([part])[0], status=201)


@router.post(
    "/installed-parts/{int:pk}/remove",
    auth=CHANGE,
    response=answers(200, PartRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="remove_part",
    summary="Remove a part from its asset",
)
@once(InstalledMaterial)
def remove_part(request: HttpRequest, pk: Id, body: RemovedPart) -> HttpResponse:
    """It stays known, with both days."""
    part = get_object_or_404(InstalledMaterial, pk=pk)
    part.remove(on=body.day, today=timezone.localdate(), using=body.removed_with)
    return reply(_parts([part])[0])


@router.post(
    "/installed-parts/{int:pk}/put-back",
    auth=CHANGE,
    response=answers(200, PartRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="put_part_back",
    summary="Say that a part was not removed after all",
)
@once(InstalledMaterial)
def put_part_back(request: HttpRequest, pk: Id) -> HttpResponse:
    """As if it had not been removed."""
    part = get_object_or_404(InstalledMaterial, pk=pk)
    part.put_back()
    return reply(_parts([part])[0])


def _parts(found: Sequence[InstalledMaterial]) -> list[Json]:
    assets = records.briefs(Asset, {part.asset_id for part in found})
    products = records.briefs(Product, {part.product_id for part in found})
    names = ("id", "quantity", "lot", "fitted_on", "fitted_with", "removed_on", "removed_with", "version")
    return [
        {name: getattr(part, name) for name in names}
        | {"asset": assets[part.asset_id], "product": products[part.product_id]}
        for part in found
    ]


@router.get(
    "/assets/{int:pk}/meters",
    auth=SEE,
    response=answers(200, MeterList),
    operation_id="list_meters",
    summary="The meters of an asset",
)
def list_meters(request: HttpRequest, pk: Id) -> HttpResponse:
    """Each with what all its counters counted together, and its last reading."""
    get_object_or_404(Asset, pk=pk)
    return reply({"items": [meter_told(told) for told in told_of(meters_of(pk))]})


@router.post(
    "/assets/{int:pk}/meters",
    auth=CHANGE,
    response=answers(201, MeterRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="add_meter",
    summary="Add a meter to an asset",
)
@once(Asset)
def add_meter(request: HttpRequest, pk: Id, body: NewMeter) -> HttpResponse:
    """With its first counter, and what that showed."""
    asset = get_object_or_404(Asset, pk=pk)
    values = body.model_dump() | {"type": records.seen(MeterType, body.type, "/type")}
    meter = Meter.add(asset, now=timezone.now(), **values)
    return reply(meter_told(told_of([meter])[0]), status=201)


@router.get(
    "/meters/{int:pk}/readings",
    auth=SEE,
    response=answers(200, ReadingList),
    operation_id="list_readings",
    summary="The readings of a meter",
)
def list_readings(request: HttpRequest, pk: Id) -> HttpResponse:
    """The latest 1,000, newest first, also those that were replaced."""
    meter = get_object_or_404(Meter, pk=pk)
    return reply({"items": readings_told(meter.readings.order_by("-at", "-pk")[:1000])})


@router.post(
    "/meters/{int:pk}/readings",
    auth=CHANGE,
    response=answers(201, ReadingRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="add_reading",
    summary="Write a reading",
)
@once(Meter)
def add_reading(request: HttpRequest, pk: Id, body: NewReading) -> HttpResponse:
    """Late ones too. One that tells of much more than usual is kept and marked."""
    reading = _meter(pk).take_reading(now=timezone.now(), **body.model_dump())
    return reply(reading_told(reading), status=201)


@router.post(
    "/meters/{int:pk}/exchange",
    auth=CHANGE,
    response=answers(200, MeterRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="exchange_counter",
    summary="Exchange the counter of a meter",
)
@once(Meter)
def exchange_counter(request: HttpRequest, pk: Id, body: Exchange) -> HttpResponse:
    """What was counted before stays counted."""
    meter = _meter(pk)
    meter.exchange(now=timezone.now(), **body.model_dump())
    return reply(meter_told(told_of([meter])[0]))


@router.post(
    "/readings/{int:pk}/correct",
    auth=CHANGE,
    response=answers(200, ReadingRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="correct_reading",
    summary="Correct a reading",
)
@once(Reading)
def correct_reading(request: HttpRequest, pk: Id, body: Correction) -> HttpResponse:
    """Another one takes its place; it stays known."""
    reading = get_object_or_404(Reading.objects.select_related("meter__type", "span"), pk=pk)
    return reply(reading_told(reading.correct(now=timezone.now(), **body.model_dump())))


@router.post(
    "/readings/{int:pk}/approve",
    auth=CHANGE,
    response=answers(200, ReadingRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="approve_reading",
    summary="Say that a reading is right although it looks odd",
)
@once(Reading)
def approve_reading(request: HttpRequest, pk: Id) -> HttpResponse:
    """It is no longer marked."""
    reading = get_object_or_404(Reading, pk=pk)
    reading.approve()
    return reply(reading_told(reading))


def _meter(pk: int) -> Meter:
    return get_object_or_404(Meter.objects.select_related("type"), pk=pk)
