"""What is assigned to what, for programs: list, add, remove, for each link; and the activities of a customer."""

# No ``from __future__ import annotations`` here: django-ninja reads the shapes from the functions' annotations, and
# these are made for each link.

from typing import Any

import pydantic
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema

from sitebook.access.permissions import Permission, may
from sitebook.api.authentication import Token
from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.requests import Day, Id, Written, answers
from sitebook.api.responses import Json, reply
from sitebook.catalogue import prices
from sitebook.catalogue.links import LINKS, Link
from sitebook.catalogue.models import Activity, CustomerActivity
from sitebook.catalogue.register import AMOUNT
from sitebook.customers.models import Customer
from sitebook.registers import api as records
from sitebook.registers.schemas import Done, not_published
from sitebook.users.models import Scope
from sitebook.values.codes import CURRENCY

router = Router(tags=["Catalogue"])
SEE = Token(Scope.READ, Permission.SEE_CATALOGUE)
CHANGE = Token(Scope.WRITE, Permission.CHANGE_CATALOGUE)
MOST = 1_000


class Assigned(Schema):
    """What is assigned, with what its row says besides."""

    model_config = {"extra": "allow"}

    id: int
    reference: str
    name: str


class AssignedList(Schema):
    items: list[Assigned]


class Removed(Written):
    id: Id = pydantic.Field(description="What is no longer assigned.")


def _written(link: Link, row: Any) -> Json:
    other = getattr(row, link.to)
    said = {each.name: each.reads.told(getattr(row, each.name)) for each in link.bound}
    return {"id": other.pk, "reference": other.reference, "name": str(other)} | said


def _operations(link: Link) -> None:
    path, many = f"/{link.register.path}/{{int:pk}}/{link.key}", link.key.replace("-", "_")
    one, noun = link.register.one, str(link.register.model.named.one)
    fields: dict[str, Any] = {each.name: not_published(each.reads.schema) for each in link.bound}
    fields["id"] = (Id, ...)
    shape: Any = pydantic.create_model(f"{link.row.__name__}New", __base__=Written, __module__=__name__, **fields)

    @router.get(
        path,
        auth=SEE,
        response=answers(200, AssignedList),
        operation_id=f"list_{one}_{many}",
        summary=f"List {link.key.replace('-', ' ')} of the {noun}",
        description=f"Those you may see, by name; at most {MOST}.",
    )
    def list_assigned(request: HttpRequest, pk: Id) -> HttpResponse:
        record = get_object_or_404(link.register.model, pk=pk)
        rows = link.rows(record).order_by(f"{link.to}__name_key", "pk")[:MOST]
        return reply({"items": [_written(link, row) for row in rows]})

    @router.post(
        path,
        auth=CHANGE,
        response=answers(201, Assigned, writes=True),
        openapi_extra={"parameters": [PARAMETER]},
        operation_id=f"assign_{one}_{many}",
        summary=f"Assign {link.key.replace('-', ' ')} to the {noun}",
        description="What is assigned already takes the further values that are sent.",
    )
    @once(link.row)
    def assign(request: HttpRequest, pk: Id, body: shape) -> HttpResponse:
        record = get_object_or_404(link.register.model, pk=pk)
        given = body.given()
        other = records.seen(link.other.model, given.pop("id"), "/id")
        assert other is not None  # noqa: S101 - an id was sent
        values = {each.name: each.reads.read(given[each.name]) for each in link.bound if each.name in given}
        row, _new = link.add(record, other, values)
        return reply(_written(link, link.rows(record).get(pk=row.pk)), status=201)

    @router.post(
        f"{path}/remove",
        auth=CHANGE,
        response=answers(200, Done, writes=True),
        openapi_extra={"parameters": [PARAMETER]},
        operation_id=f"remove_{one}_{many}",
        summary=f"Remove {link.key.replace('-', ' ')} from the {noun}",
    )
    @once(link.row)
    def remove(request: HttpRequest, pk: Id, body: Removed) -> HttpResponse:
        """Not assigned any more."""
        record = get_object_or_404(link.register.model, pk=pk)
        other = records.seen(link.other.model, body.id, "/id")
        assert other is not None  # noqa: S101 - an id was sent
        link.remove(record, other)
        return reply({"done": 1})


for each in LINKS:
    _operations(each)


class PriceRead(Schema):
    """An activity of a customer, in a period. Amounts are of one unit."""

    id: int
    activity: Any = None
    sale: float | None = None
    cost: float | None = pydantic.Field(None, description="Empty where you may not see costs.")
    currency: str = ""
    since: Any = None
    until: Any = pydantic.Field(None, description="The first day on which it is over.")


class PriceList(Schema):
    items: list[PriceRead]


_AMOUNT = not_published(AMOUNT.schema, "As the activity says where it is left out.")
NewPrice: Any = pydantic.create_model(
    "NewPrice",
    __base__=Written,
    __module__=__name__,
    activity=(Id, ...),
    since=not_published(Day | None, "Today where it is left out."),
    until=not_published(Day | None, "The first day on which it is over."),
    sale=_AMOUNT,
    cost=_AMOUNT,
    currency=not_published(CURRENCY.schema),
)


class PriceEnd(Written):
    activity: Id
    on: Day | None = not_published(Day | None, "The first day without it; today where it is left out.")[1]


def _prices(rows: list[CustomerActivity], user: Any) -> list[Json]:
    named = records.briefs(Activity, [row.activity_id for row in rows])
    costs = may(user, Permission.SEE_COSTS)
    return [
        {
            "id": row.pk,
            "activity": named[row.activity_id],
            "sale": row.sells_for(row.activity),
            "cost": row.costs(row.activity) if costs else None,
            "currency": row.paid_in(row.activity),
            "since": row.during.lower,
            "until": row.during.upper,
        }
        for row in rows
    ]


@router.get(
    "/customers/{int:pk}/activities",
    auth=SEE,
    response=answers(200, PriceList),
    operation_id="list_customer_activities",
    summary="List the activities of a customer",
)
def list_prices(request: HttpRequest, pk: Id) -> HttpResponse:
    """With the prices that count; former and later ones too, at most 1,000."""
    customer = get_object_or_404(Customer, pk=pk)
    rows = CustomerActivity.objects.filter(customer=customer).select_related("activity")
    ordered = list(rows.order_by("activity__name_key", "during")[:MOST])
    return reply({"items": _prices(ordered, request.user)})


@router.post(
    "/customers/{int:pk}/activities",
    auth=CHANGE,
    response=answers(201, PriceRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="give_customer_activity",
    summary="Give a customer an activity",
)
@once(Customer)
def give_activity(request: HttpRequest, pk: Id, body: NewPrice) -> HttpResponse:
    """From a day up to the next change, at a price of its own or at the activity's."""
    customer, given = get_object_or_404(Customer, pk=pk), body.given()
    activity = records.seen(Activity, given["activity"], "/activity")
    assert activity is not None  # noqa: S101 - an id was sent
    row = prices.agree(
        activity,
        customer=customer,
        since=given.get("since") or timezone.localdate(),
        until=given.get("until"),
        sale=AMOUNT.read(given.get("sale")),
        cost=AMOUNT.read(given.get("cost")),
        currency=CURRENCY.read(given.get("currency")) or "",
    )
    return reply(_prices([row], request.user)[0], status=201)


@router.post(
    "/customers/{int:pk}/activities/end",
    auth=CHANGE,
    response=answers(200, Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="end_customer_activity",
    summary="End an activity of a customer",
)
@once(Customer)
def end_activity(request: HttpRequest, pk: Id, body: PriceEnd) -> HttpResponse:
    """From a day on the customer does not have it."""
    customer = get_object_or_404(Customer, pk=pk)
    activity = records.seen(Activity, body.activity, "/activity")
    assert activity is not None  # noqa: S101 - an id was sent
    prices.withdraw(activity, customer=customer, on=body.on or timezone.localdate())
    return reply({"done": 1})
