"""Customers for programs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
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
from sitebook.customers.group_filters import filters_on, with_parents
from sitebook.customers.groups import change_customer
from sitebook.customers.models import Customer
from sitebook.customers.pages.lists import CUSTOMERS, with_site_counts, with_site_counts_on
from sitebook.customers.schemas import CustomerFields, CustomerRead, NewCustomer
from sitebook.registers import api as records
from sitebook.registers import external_ids
from sitebook.registers.schemas import Archiving, Consequences, Done, Restoring, page_of
from sitebook.users.models import Scope

router = Router(tags=["Customers"])
READ = Token(Scope.READ, Permission.SEE_CUSTOMERS)
CHANGE = Token(Scope.WRITE, Permission.CHANGE_CUSTOMERS)
ARCHIVE = Token(Scope.WRITE, Permission.ARCHIVE_CUSTOMERS)
EXPANDS = ("bill_to", "distributor", "parent")
FIELDS = (
    "kind", "is_distributor", "website", "vat_number", "account", "payment_days", "currency", "send_by", "language",
    "bill_outside", "head_line1", "head_line2", "head_town", "head_region", "head_postcode", "head_country",
    "bill_line1", "bill_line2", "bill_town", "bill_region", "bill_postcode", "bill_country",
)  # fmt: skip


@router.get(
    "/customers",
    auth=READ,
    response=answers(200, page_of(CustomerRead)),
    openapi_extra=parameters(CUSTOMERS, expands=EXPANDS, dated=True),
    summary="List customers",
)
def list_customers(request: HttpRequest) -> HttpResponse:
    """The customers you may see, with the filters, sorts and paging of the page; groups as of a day."""
    asked = wanted(request, expands=EXPANDS, dated=True)
    listing = replace(CUSTOMERS, filters=filters_on(CUSTOMERS.filters, asked.on)) if asked.on else CUSTOMERS
    return listed(request, listing.whole(), _rows(asked), lambda rows: written(rows, asked), asked=asked)


def _rows(asked: Wanted) -> Any:
    day = asked.on or timezone.localdate()
    rows = with_parents(Customer.objects.all(), on=day)
    return with_site_counts_on(rows, on=day) if asked.on else with_site_counts(rows)


def written(rows: Sequence[Any], asked: Wanted) -> list[Json]:
    """Customers in JSON; whom they name by id, reference and name, or whole where that is asked."""
    named, own = _named(rows, asked), records.own_of(Customer)
    return [
        {
            **records.stamps(row),
            **plain(row, FIELDS),
            "custom": for_programs(own, row.custom),
            "phones": records.phones(row),
            "emails": records.emails(row),
            "bill_to": named["bill_to"][row.bill_to_id],
            "distributor": named["distributor"][row.distributor_id],
            "parent": named["parent"][row.parent_pk],
            "site_count": row.site_count,
        }
        for row in rows
    ]


def whole(ids: Collection[int], asked: Wanted) -> dict[int | None, Json]:
    """Customers the caller sees, by id, as they are read alone."""
    plainly = Wanted(frozenset(), frozenset(), asked.on)
    return {each["id"]: each for each in written(list(_rows(asked).filter(pk__in=ids)), plainly)} if ids else {}


def _named(rows: Sequence[Any], asked: Wanted) -> dict[str, Any]:
    ids = {
        "bill_to": [row.bill_to_id for row in rows],
        "distributor": [row.distributor_id for row in rows],
        "parent": [row.parent_pk for row in rows],
    }
    short = records.briefs(Customer, [pk for each in ids.values() for pk in each])
    more = whole({pk for name in asked.expand for pk in ids[name] if pk}, asked)
    return {name: {**short, **more} if name in asked.expand else short for name in EXPANDS}


@router.get(
    "/customers/{int:pk}",
    auth=READ,
    response=answers(200, CustomerRead),
    openapi_extra=parameters(expands=EXPANDS, dated=True),
    summary="Read a customer",
)
def read_customer(request: HttpRequest, pk: Id) -> HttpResponse:
    """One customer with its ids in other systems; its group as of a day."""
    asked = wanted(request, expands=EXPANDS, dated=True)
    return _one(request, get_object_or_404(_rows(asked), pk=pk), asked)


def _one(request: HttpRequest, row: Any, asked: Wanted | None = None, *, status: int = 200) -> HttpResponse:
    asked = asked or Wanted(frozenset(), frozenset(), None)
    if not hasattr(row, "site_count"):
        row = _rows(asked).get(pk=row.pk)
    record = written([row], asked)[0] | {"external_ids": external_ids.ids_of(row)}
    at = records.address(row) if status == 201 else ""
    return one(request, asked.of(record), version=row.version, status=status, at=at)


@router.post(
    "/customers",
    auth=CHANGE,
    response=answers(201, CustomerRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Add a customer",
)
@once
def add_customer(request: HttpRequest, body: NewCustomer) -> HttpResponse:
    """Add a customer; a name is enough. You see it at once."""
    return _one(request, _added(body), status=201)


def _added(body: NewCustomer) -> Customer:
    values = _values(body, None)
    ids = values.pop("external_ids", {})
    payer, through = values.pop("bill_to_id", None), values.pop("distributor_id", None)
    customer = Customer.add(**values)
    pointing = {name: pk for name, pk in (("bill_to_id", payer), ("distributor_id", through)) if pk}
    if pointing:
        change_customer(customer, version=customer.version, on=timezone.localdate(), **pointing)
    records.merge_ids(customer, ids, new=True)
    return customer


def _values(body: CustomerFields, now: Customer | None) -> Json:
    values = records.understood(body.given(), country=now.head_country if now else "")
    values = records.own_changed(values, Customer, now)
    for name in ("bill_to", "distributor"):
        if name in values:
            pk = values.pop(name)
            records.seen(Customer, pk, f"/{name}")
            values[f"{name}_id"] = pk
    return values


@router.patch(
    "/customers/{int:pk}",
    auth=CHANGE,
    response=answers(200, CustomerRead, writes=True),
    summary="Change a customer",
)
def change_a_customer(request: HttpRequest, pk: Id, body: CustomerFields) -> HttpResponse:
    """Change the fields that are sent. Needs If-Match."""
    found = get_object_or_404(Customer, pk=pk)
    _change(found, records.versioned(request, found), body)
    return _one(request, found)


def _change(found: Customer, version: int, body: CustomerFields) -> None:
    values = _values(body, found)
    ids = values.pop("external_ids", {})
    with records.Stale():
        change_customer(found, version=version, on=timezone.localdate(), **values)
    records.merge_ids(found, ids)


@router.post(
    "/customers/bulk",
    auth=CHANGE,
    response=answers(200, BulkAnswer, writes=True),
    openapi_extra={"parameters": [PARAMETER, ALL_OR_NOTHING]},
    summary="Add and change many customers",
)
@once
def many_customers(request: HttpRequest, body: Bulk) -> HttpResponse:
    """Up to 1,000 customers, each added, or with its id and version changed; an outcome for each."""
    return in_bulk(body.items, _row, all_or_nothing=all_of_them(request))


def _row(item: Json) -> tuple[int, int, int]:
    if "id" not in item:
        made = _added(NewCustomer.model_validate(item))
        return 201, made.pk, made.version
    found = records.one_of_bulk(Customer, item)
    body = CustomerFields.model_validate(records.fields_of(item))
    _change(found, records.of_version(found, item.get("version")), body)
    return 200, found.pk, found.version


@router.get(
    "/customers/{int:pk}/consequences",
    auth=READ,
    response=answers(200, Consequences),
    summary="What archiving a customer would touch",
)
def customer_consequences(request: HttpRequest, pk: Id) -> HttpResponse:
    """What hangs on a customer, and what of it can be archived along."""
    return records.consequences(get_object_or_404(Customer, pk=pk))


@router.post(
    "/customers/{int:pk}/archive",
    auth=ARCHIVE,
    response=answers(200, Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Archive a customer",
)
@once
def archive_customer(request: HttpRequest, pk: Id, body: Archiving) -> HttpResponse:
    """Out of the lists, with what goes along; nothing is lost."""
    return records.archive(request, get_object_or_404(Customer, pk=pk), body)


@router.post(
    "/customers/{int:pk}/restore",
    auth=ARCHIVE,
    response=answers(200, Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Restore a customer",
)
@once
def restore_customer(request: HttpRequest, pk: Id, body: Restoring) -> HttpResponse:
    """Back into the lists, with what went along."""
    return records.restore(get_object_or_404(Customer, pk=pk), rest=body.rest)
