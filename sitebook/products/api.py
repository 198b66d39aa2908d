"""Related products for programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.problems import faulty
from sitebook.api.requests import Id, Name, Written, answers
from sitebook.api.responses import Json, matched, one, reply
from sitebook.basics.refused import Refused
from sitebook.products.makers import Maker, MakerSpelling, spellings_told
from sitebook.products.meter_types import MeterType
from sitebook.products.models import Product
from sitebook.products.register import MAKERS, PRODUCTS
from sitebook.products.related_files import product_of
from sitebook.products.relationship_values import QUANTITY, YIELD
from sitebook.products.relationships import ProductRelationship
from sitebook.registers import api as records
from sitebook.registers.schemas import Brief, Done, not_published

Kind = Literal["supply", "part", "accessory", "successor"]
Coded = Annotated[Id | Name, Field(description="The id of a product, or its code as text.")]
MeterNamed = Annotated[Id | Name | None, Field(description="The id of a meter type, or its name.")]
Yield = Annotated[float | None, Field(gt=0, description="What one is good for, in the unit of the meter type.")]
Amount = Annotated[float, Field(gt=0, description="How many of them the product takes.")]


class NewRelated(Written):
    """``product``: what is related, such as the supply."""

    kind: Kind
    product: Coded
    meter_type: MeterNamed = None
    expected_yield: Yield = None
    quantity: Amount = 1.0


class RelatedFields(Written):
    kind: Kind = not_published(Kind)[1]
    product: Coded = not_published(Coded)[1]
    meter_type: MeterNamed = not_published(MeterNamed)[1]
    expected_yield: Yield = not_published(Yield)[1]
    quantity: Amount = not_published(Amount)[1]


class RelatedRead(Schema):
    """``of``: the product whose supply, part, accessory or successor ``product`` is."""

    id: int
    kind: Kind
    of: Brief
    product: Brief
    meter_type: Brief | None
    expected_yield: float | None
    quantity: float
    version: int


class RelatedList(Schema):
    """``items``: what the product has. ``used_in``: the products it is a supply, part, accessory or successor of."""

    items: list[RelatedRead]
    used_in: list[RelatedRead]


router = Router(tags=["Related products"])
OPERATIONS = PRODUCTS.operations


@router.get(
    "/products/{int:pk}/related",
    auth=OPERATIONS.see,
    response=answers(200, RelatedList),
    operation_id="list_related_products",
    summary="What a product is related to",
)
def list_related(request: HttpRequest, pk: Id) -> HttpResponse:
    """Its supplies, parts, accessories and successor, and where it is used itself."""
    product = get_object_or_404(Product, pk=pk)
    found, using = list(ProductRelationship.objects.of(product)), list(ProductRelationship.objects.where_used(product))
    for each in found:
        each.product = product
    for each in using:
        each.related = product
    return reply({"items": [_told(each) for each in found], "used_in": [_told(each) for each in using]})


@router.post(
    "/products/{int:pk}/related",
    auth=OPERATIONS.change,
    response=answers(201, RelatedRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="add_related_product",
    summary="Add a related product",
)
@once(ProductRelationship)
def add_related(request: HttpRequest, pk: Id, body: NewRelated) -> HttpResponse:
    """A supply (a product of kind supply), part, accessory or successor of the product."""
    product = get_object_or_404(Product, pk=pk)
    values = _values({"meter_type": None, "expected_yield": None, "quantity": body.quantity} | body.given())
    made = ProductRelationship.add(product=product, **values)
    return one(request, _told(_one(made.pk)), version=made.version, status=201)


@router.get(
    "/related-products/{int:pk}",
    auth=OPERATIONS.see,
    response=answers(200, RelatedRead),
    operation_id="read_related_product",
    summary="Read a related product",
)
def read_related(request: HttpRequest, pk: Id) -> HttpResponse:
    """One of them, and the ETag a change needs."""
    found = _one(pk)
    return one(request, _told(found), version=found.version)


@router.patch(
    "/related-products/{int:pk}",
    auth=OPERATIONS.change,
    response=answers(200, RelatedRead, writes=True),
    operation_id="change_related_product",
    summary="Change a related product",
)
def change_related(request: HttpRequest, pk: Id, body: RelatedFields) -> HttpResponse:
    """Change the fields that are sent. Needs If-Match."""
    found = _one(pk)
    version = matched(request, found.version)
    with records.Stale():
        found.change(version=version, **_values(body.given()))
    return one(request, _told(_one(pk)), version=found.version)


@router.post(
    "/related-products/{int:pk}/remove",
    auth=OPERATIONS.change,
    response=answers(200, Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="remove_related_product",
    summary="Remove a related product",
)
@once(ProductRelationship)
def remove_related(request: HttpRequest, pk: Id) -> HttpResponse:
    """The products stay; the history keeps what was."""
    _one(pk).remove()
    return reply({"done": 1})


def _one(pk: int) -> ProductRelationship:
    return get_object_or_404(ProductRelationship.objects.select_related("product", "related", "meter_type"), pk=pk)


def _values(given: Json) -> Json:
    """What the verbs take of what was sent. Raises Problem, which says where."""
    values = dict(given)
    if "product" in values:
        values["related"] = _named(Product, values.pop("product"), product_of, "/product")
    if values.get("meter_type") is not None:
        values["meter_type"] = _named(MeterType, values["meter_type"], MeterType.called, "/meter_type")
    for name, kind in (("expected_yield", YIELD), ("quantity", QUANTITY)):
        if name in values:
            values[name] = _said(partial(kind.read, values[name]), f"/{name}")
    return values


def _named(model: Any, given: int | str, called: Any, pointer: str) -> Any:
    return records.seen(model, given, pointer) if isinstance(given, int) else _said(partial(called, given), pointer)


def _said(read: Callable[[], Any], pointer: str) -> Any:
    """What is read. Raises Problem, which says where it stood."""
    try:
        return read()
    except Refused as fault:
        raise faulty(pointer, str(fault)) from fault


def _told(row: ProductRelationship) -> Json:
    def brief(record: Any) -> Json | None:
        return {"id": record.pk, "reference": record.reference, "name": str(record)} if record else None

    return {
        "id": row.pk,
        "kind": row.kind,
        "of": brief(row.product),
        "product": brief(row.related),
        "meter_type": brief(row.meter_type),
        "expected_yield": row.expected_yield,
        "quantity": row.quantity,
        "version": row.version,
    }


class Spellings(Written):
    written: list[Name] = Field(min_length=1, max_length=500, description="Brands as they are written.")


class Spelling(Schema):
    id: int
    written: str


class SpellingList(Schema):
    spellings: list[Spelling]


@router.post(
    "/makers/{int:pk}/spellings",
    auth=MAKERS.operations.change,
    response=answers(200, SpellingList, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="join_spellings",
    summary="Join spellings to a maker",
)
@once(Maker)
def join_spellings(request: HttpRequest, pk: Id, body: Spellings) -> HttpResponse:
    """Brands that are written so are of this maker from now on. Answers with all its spellings."""
    found = get_object_or_404(Maker, pk=pk)
    found.join(body.written)
    return reply({"spellings": spellings_told(found)})


@router.post(
    "/maker-spellings/{int:pk}/take-apart",
    auth=MAKERS.operations.change,
    response=answers(200, Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="take_spelling_apart",
    summary="Take a spelling apart from its maker",
)
@once(MakerSpelling)
def take_apart(request: HttpRequest, pk: Id) -> HttpResponse:
    """The brand stands for itself again."""
    get_object_or_404(MakerSpelling, pk=pk).take_apart()
    return reply({"done": 1})
