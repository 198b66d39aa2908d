"""Sites for programs, and what happens to them as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router

from sitebook.access.permissions import Permission
from sitebook.api.authentication import Token
from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.requests import ALL_OR_NOTHING, Bulk, BulkAnswer, Id, all_of_them, answers, in_bulk
from sitebook.api.responses import Json, Wanted, listed, one, parameters, plain, reply, wanted
from sitebook.custom_fields.records import for_programs
from sitebook.customers import handing_over, outside
from sitebook.customers.api import common
from sitebook.customers.api import customers as theirs
from sitebook.customers.api import shapes as shape
from sitebook.customers.as_of import place_seen, tenures_on
from sitebook.customers.lists import SITES
from sitebook.customers.models import Customer, Site, SiteChange
from sitebook.customers.then_lists import sites_then, with_place
from sitebook.users.models import Scope

router = Router(tags=["Sites"])
READ = Token(Scope.READ, Permission.SEE_CUSTOMERS)
CHANGE = Token(Scope.WRITE, Permission.CHANGE_SITES)
ARCHIVE = Token(Scope.WRITE, Permission.ARCHIVE_SITES)
HAND_OVER = Token(Scope.WRITE, Permission.HAND_OVER)
EXPANDS = ("customer",)
FIELDS = (
    "code", "type", "status", "line1", "line2", "town", "region", "postcode", "country", "latitude", "longitude",
    "time_zone", "access_instructions", "opening_hours", "hazards", "own_stock", "ended_on",
)  # fmt: skip
# What a stand-in of another day keeps of a site beside the fields.
_KEPT = ("reference", "name", "tags", "notes")


@router.get(
    "/sites",
    auth=READ,
    response=answers(200, shape.page_of(shape.SiteRead)),
    openapi_extra=parameters(SITES, expands=EXPANDS, dated=True),
    summary="List sites",
)
def list_sites(request: HttpRequest) -> HttpResponse:
    """The sites you may see, with the filters, sorts and paging of the page; with ``as_of`` those customers had then,
    as their customer last knew them."""
    asked = wanted(request, expands=EXPANDS, dated=True)
    if asked.on is None or asked.on == timezone.localdate():
        return listed(request, SITES.whole(), Site.objects.all(), lambda rows: written(rows, asked), asked=asked)
    rows = with_place(tenures_on(asked.on))
    return listed(request, sites_then(on=asked.on).whole(), rows, lambda found: _then(found, asked), asked=asked)


def written(rows: Sequence[Site], asked: Wanted) -> list[Json]:
    """Sites in JSON."""
    named, own = _customers([row.customer_id for row in rows], asked), common.own_of(Site)
    return [
        {
            **common.stamps(row),
            **plain(row, FIELDS),
            "custom": for_programs(own, row.custom),
            "phones": common.phones(row),
            "emails": common.emails(row),
            "customer": named[row.customer_id],
        }
        for row in rows
    ]


def _then(tenures: Sequence[Any], asked: Wanted) -> list[Json]:
    named, own = _customers([row.customer_id for row in tenures], asked), common.own_of(Site)
    return [
        {
            "id": row.site_id,
            **{name: row.place.get(name) for name in (*_KEPT, *FIELDS)},
            "custom": for_programs(own, row.place.get("custom") or {}),
            "phones": row.place.get("phones") or [],
            "emails": row.place.get("emails") or [],
            "customer": named[row.customer_id],
        }
        for row in tenures
    ]


def _customers(ids: list[int | None], asked: Wanted) -> dict[int | None, Any]:
    short: dict[int | None, Any] = dict(common.briefs(Customer, ids))
    if "customer" not in asked.expand:
        return short
    return short | theirs.whole({pk for pk in ids if pk}, asked)


@router.get(
    "/sites/{int:pk}",
    auth=READ,
    response=answers(200, shape.SiteRead),
    openapi_extra=parameters(expands=EXPANDS, dated=True),
    summary="Read a site",
)
def read_site(request: HttpRequest, pk: Id) -> HttpResponse:
    """One site as it is, or as it was on a day. To the people of a former customer: as it last was while theirs."""
    asked, today = wanted(request, expands=EXPANDS, dated=True), timezone.localdate()
    sees_all = bool(getattr(request.user, "all_customers", False))
    seen = place_seen(pk, on=asked.on, today=today, sees_all=sees_all)
    if seen is None:
        get_object_or_404(Site, pk=pk)
    if seen is not None and seen.then is None:
        return _one(request, seen.site, asked)
    assert seen is not None and seen.then is not None  # noqa: S101, PT018
    record = {
        "id": pk,
        **plain(seen.site, (*_KEPT, *FIELDS)),
        "custom": for_programs(common.own_of(Site), seen.site.custom),
        "phones": common.phones(seen.site),
        "emails": common.emails(seen.site),
        "customer": _customers([seen.site.customer_id], asked)[seen.site.customer_id],
        "as_of": seen.on,
        "said": seen.then.sentence,
    }
    return one(request, asked.of(record))


def _one(request: HttpRequest, row: Site, asked: Wanted | None = None, *, status: int = 200) -> HttpResponse:
    asked = asked or Wanted(frozenset(), frozenset(), None)
    record = written([row], asked)[0] | {"external_ids": outside.ids_of(row)}
    at = common.address(row) if status == 201 else ""
    return one(request, asked.of(record), version=row.version, status=status, at=at)


@router.post(
    "/sites",
    auth=CHANGE,
    response=answers(201, shape.SiteRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Add a site",
)
@once
def add_site(request: HttpRequest, body: shape.NewSite) -> HttpResponse:
    """Add a site to a customer, who has it from ``since`` on."""
    return _one(request, _added(body), status=201)


def _added(body: shape.NewSite) -> Site:
    values = _values(body, None)
    ids, since = values.pop("external_ids", {}), values.pop("since", None)
    values["customer"] = common.seen(Customer, values["customer"], "/customer")
    site = Site.add(since=since, **values)
    common.merge_ids(site, ids, new=True)
    return site


def _values(body: shape.SiteFields, now: Site | None) -> Json:
    values = common.understood(body.given(), country=now.country if now else "")
    values = common.own_changed(values, Site, now)
    for name in ("latitude", "longitude"):
        if values.get(name) is not None:
            values[name] = Decimal(str(round(values[name], 6)))
    return values


@router.patch(
    "/sites/{int:pk}",
    auth=CHANGE,
    response=answers(200, shape.SiteRead, writes=True),
    summary="Change a site",
)
def change_site(request: HttpRequest, pk: Id, body: shape.SiteFields) -> HttpResponse:
    """Change the fields that are sent. Needs If-Match. Its customer changes by a hand-over."""
    found = get_object_or_404(Site, pk=pk)
    _change(found, common.versioned(request, found), body)
    return _one(request, found)


def _change(found: Site, version: int, body: shape.SiteFields) -> None:
    values = _values(body, found)
    ids = values.pop("external_ids", {})
    with common.Stale():
        found.change(version=version, **values)
    common.merge_ids(found, ids)


@router.post(
    "/sites/bulk",
    auth=CHANGE,
    response=answers(200, BulkAnswer, writes=True),
    openapi_extra={"parameters": [PARAMETER, ALL_OR_NOTHING]},
    summary="Add and change many sites",
)
@once
def many_sites(request: HttpRequest, body: Bulk) -> HttpResponse:
    """Up to 1,000 sites, each added, or with its id and version changed; an outcome for each."""
    return in_bulk(body.items, _row, all_or_nothing=all_of_them(request))


def _row(item: Json) -> tuple[int, int, int]:
    if "id" not in item:
        made = _added(shape.NewSite.model_validate(item))
        return 201, made.pk, made.version
    found = common.one_of_bulk(Site, item)
    body = shape.SiteFields.model_validate(common.fields_of(item))
    _change(found, common.of_version(found, item.get("version")), body)
    return 200, found.pk, found.version


@router.get(
    "/sites/{int:pk}/consequences",
    auth=READ,
    response=answers(200, shape.Consequences),
    summary="What archiving a site would touch",
)
def site_consequences(request: HttpRequest, pk: Id) -> HttpResponse:
    """What hangs on a site, and what of it can be archived along."""
    return common.consequences(get_object_or_404(Site, pk=pk))


@router.post(
    "/sites/{int:pk}/archive",
    auth=ARCHIVE,
    response=answers(200, shape.Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Archive a site",
)
@once
def archive_site(request: HttpRequest, pk: Id, body: shape.Archiving) -> HttpResponse:
    """Out of the lists, with what goes along; nothing is lost."""
    return common.archive(request, get_object_or_404(Site, pk=pk), body)


@router.post(
    "/sites/{int:pk}/restore",
    auth=ARCHIVE,
    response=answers(200, shape.Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Restore a site",
)
@once
def restore_site(request: HttpRequest, pk: Id, body: shape.Restoring) -> HttpResponse:
    """Back into the lists, with what went along."""
    return common.restore(get_object_or_404(Site, pk=pk), rest=body.rest)


@router.post(
    "/sites/{int:pk}/hand-over",
    auth=HAND_OVER,
    response=answers(201, shape.Turn, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Hand a site over",
)
@once
def hand_over(request: HttpRequest, pk: Id, body: shape.HandOver) -> HttpResponse:
    """Another customer has the site from a day on, or nobody. What the former one wrote as theirs leaves with them."""
    site = get_object_or_404(Site, pk=pk)
    change = handing_over.hand_over(
        site,
        to=common.seen(Customer, body.to, "/to"),
        day=body.day,
        today=timezone.localdate(),
        by_id=request.user.pk,
        reason=body.reason,
        name=body.name,
        carry=body.carry,
    )
    return reply(_turn(change), status=201)


def _turn(change: SiteChange) -> Json:
    named = common.briefs(Customer, [change.customer_id])
    return {
        "id": change.pk,
        "kind": change.kind,
        "day": change.day,
        "site": change.site_id,
        "customer": named[change.customer_id],
        "reason": change.reason,
    }


@router.post(
    "/sites/hand-overs/{int:pk}/take-back",
    auth=HAND_OVER,
    response=answers(200, shape.Turn, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Take a hand-over back",
)
@once
def take_back(request: HttpRequest, pk: Id) -> HttpResponse:
    """As if it had not been."""
    hands = (SiteChange.Kind.HANDED_OVER, SiteChange.Kind.VACATED)
    change = get_object_or_404(SiteChange, pk=pk, kind__in=hands)
    told = _turn(change)
    handing_over.take_back(change, at=timezone.now())
    return reply(told)
