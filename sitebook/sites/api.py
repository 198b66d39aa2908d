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
from sitebook.api.responses import Json, Wanted, listed, one, parameters, plain, wanted
from sitebook.custom_fields.records import for_programs
from sitebook.customers import api as theirs
from sitebook.customers.models import Customer
from sitebook.registers import api as records
from sitebook.registers import external_ids
from sitebook.registers.schemas import Archiving, Consequences, Done, Restoring, page_of
from sitebook.sites.as_of import place_seen, tenures_on
from sitebook.sites.models import Site
from sitebook.sites.pages.lists import SITES
from sitebook.sites.pages.lists_as_of import sites_then, with_place
from sitebook.sites.schemas import NewSite, SiteFields, SiteRead
from sitebook.users.models import Scope

router = Router(tags=["Sites"])
READ = Token(Scope.READ, Permission.SEE_CUSTOMERS)
CHANGE = Token(Scope.WRITE, Permission.CHANGE_SITES)
ARCHIVE = Token(Scope.WRITE, Permission.ARCHIVE_SITES)
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
    response=answers(200, page_of(SiteRead)),
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
    named, own = _customers([row.customer_id for row in rows], asked), records.own_of(Site)
    return [
        {
            **records.stamps(row),
            **plain(row, FIELDS),
            "custom": for_programs(own, row.custom),
            "phones": records.phones(row),
            "emails": records.emails(row),
            "customer": named[row.customer_id],
        }
        for row in rows
    ]


def _then(tenures: Sequence[Any], asked: Wanted) -> list[Json]:
    named, own = _customers([row.customer_id for row in tenures], asked), records.own_of(Site)
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
    short: dict[int | None, Any] = dict(records.briefs(Customer, ids))
    if "customer" not in asked.expand:
        return short
    return short | theirs.whole({pk for pk in ids if pk}, asked)


@router.get(
    "/sites/{int:pk}",
    auth=READ,
    response=answers(200, SiteRead),
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
        "custom": for_programs(records.own_of(Site), seen.site.custom),
        "phones": records.phones(seen.site),
        "emails": records.emails(seen.site),
        "customer": _customers([seen.site.customer_id], asked)[seen.site.customer_id],
        "as_of": seen.on,
        "said": seen.then.sentence,
    }
    return one(request, asked.of(record))


def _one(request: HttpRequest, row: Site, asked: Wanted | None = None, *, status: int = 200) -> HttpResponse:
    asked = asked or Wanted(frozenset(), frozenset(), None)
    record = written([row], asked)[0] | {"external_ids": external_ids.ids_of(row)}
    at = records.address(row) if status == 201 else ""
    return one(request, asked.of(record), version=row.version, status=status, at=at)


@router.post(
    "/sites",
    auth=CHANGE,
    response=answers(201, SiteRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Add a site",
)
@once
def add_site(request: HttpRequest, body: NewSite) -> HttpResponse:
    """Add a site to a customer, who has it from ``since`` on."""
    return _one(request, _added(body), status=201)


def _added(body: NewSite) -> Site:
    values = _values(body, None)
    ids, since = values.pop("external_ids", {}), values.pop("since", None)
    values["customer"] = records.seen(Customer, values["customer"], "/customer")
    site = Site.add(since=since, **values)
    records.merge_ids(site, ids, new=True)
    return site


def _values(body: SiteFields, now: Site | None) -> Json:
    values = records.understood(body.given(), country=now.country if now else "")
    values = records.own_changed(values, Site, now)
    for name in ("latitude", "longitude"):
        if values.get(name) is not None:
            values[name] = Decimal(str(round(values[name], 6)))
    return values


@router.patch(
    "/sites/{int:pk}",
    auth=CHANGE,
    response=answers(200, SiteRead, writes=True),
    summary="Change a site",
)
def change_site(request: HttpRequest, pk: Id, body: SiteFields) -> HttpResponse:
    """Change the fields that are sent. Needs If-Match. Its customer changes by a hand-over."""
    found = get_object_or_404(Site, pk=pk)
    _change(found, records.versioned(request, found), body)
    return _one(request, found)


def _change(found: Site, version: int, body: SiteFields) -> None:
    values = _values(body, found)
    ids = values.pop("external_ids", {})
    with records.Stale():
        found.change(version=version, **values)
    records.merge_ids(found, ids)


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
        made = _added(NewSite.model_validate(item))
        return 201, made.pk, made.version
    found = records.one_of_bulk(Site, item)
    body = SiteFields.model_validate(records.fields_of(item))
    _change(found, records.of_version(found, item.get("version")), body)
    return 200, found.pk, found.version


@router.get(
    "/sites/{int:pk}/consequences",
    auth=READ,
    response=answers(200, Consequences),
    summary="What archiving a site would touch",
)
def site_consequences(request: HttpRequest, pk: Id) -> HttpResponse:
    """What hangs on a site, and what of it can be archived along."""
    return records.consequences(get_object_or_404(Site, pk=pk))


@router.post(
    "/sites/{int:pk}/archive",
    auth=ARCHIVE,
    response=answers(200, Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Archive a site",
)
@once
def archive_site(request: HttpRequest, pk: Id, body: Archiving) -> HttpResponse:
    """Out of the lists, with what goes along; nothing is lost."""
    return records.archive(request, get_object_or_404(Site, pk=pk), body)


@router.post(
    "/sites/{int:pk}/restore",
    auth=ARCHIVE,
    response=answers(200, Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Restore a site",
)
@once
def restore_site(request: HttpRequest, pk: Id, body: Restoring) -> HttpResponse:
    """Back into the lists, with what went along."""
    return records.restore(get_object_or_404(Site, pk=pk), rest=body.rest)
