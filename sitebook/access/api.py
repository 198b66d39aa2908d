"""Who sees which customer, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from sitebook.access import models as access
from sitebook.access.models import Grant
from sitebook.access.permissions import Permission
from sitebook.access.views import GRANTED, granted
from sitebook.api.authentication import Token
from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.problems import faulty
from sitebook.api.requests import Count, Id, Written, answers
from sitebook.api.responses import Json, listed, parameters, reply, wanted
from sitebook.customers.models import Customer
from sitebook.users.models import Scope, User

router = Router(tags=["Access"])
GRANT = Token(Scope.MANAGE, Permission.GRANT)
USERS = Token(Scope.MANAGE, Permission.MANAGE_USERS)


class Given(Schema):
    """A customer a user sees."""

    id: int
    reference: str = ""
    name: str = ""
    granted_at: Any = None


class GivenList(Schema):
    items: list[Given]
    count: Count
    next: str | None = None
    previous: str | None = None


class Seeing(Schema):
    """Somebody who sees a customer: by a grant, or because they see every customer."""

    id: int
    name: str
    email: str
    all_customers: bool


class SeeingList(Schema):
    items: list[Seeing]


class Customers(Written):
    customers: Annotated[list[Id], Field(min_length=1, max_length=1000)]


class Changed(Schema):
    changed: int


def _written(rows: Sequence[Any]) -> list[Json]:
    return [{"id": row.pk, "reference": row.reference, "name": row.name, "granted_at": row.granted_at} for row in rows]


@router.get(
    "/users/{int:pk}/customers",
    auth=USERS,
    response=answers(200, GivenList),
    openapi_extra=parameters(GRANTED),
    summary="List the customers granted to a user",
)
def list_customers_of_user(request: HttpRequest, pk: Id) -> HttpResponse:
    """Only those you see yourself."""
    someone = get_object_or_404(User, pk=pk)
    return listed(request, GRANTED, granted(someone), _written, asked=wanted(request))


@router.get(
    "/customers/{int:pk}/users",
    auth=GRANT,
    response=answers(200, SeeingList),
    summary="List who sees a customer",
)
def list_users_of_customer(request: HttpRequest, pk: Id) -> HttpResponse:
    """Those it is granted to, and those who see every customer."""
    found = get_object_or_404(Customer, pk=pk)
    ids = Grant.objects.filter(customer_id=found.pk).values("user_id")
    rows = User.objects.filter(is_active=True, all_customers=True) | User.objects.filter(pk__in=ids)
    fields = ("id", "name", "email", "all_customers")
    return reply({"items": [{name: getattr(row, name) for name in fields} for row in rows.order_by("name", "pk")]})


@router.post(
    "/users/{int:pk}/customers",
    auth=GRANT,
    response=answers(200, Changed, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Grant customers to a user",
)
@once(User)
def grant_customers(request: HttpRequest, pk: Id, body: Customers) -> HttpResponse:
    """At once, all or none. ``changed``: how many they did not see before."""
    someone = get_object_or_404(User, pk=pk)
    _must_be_seen(body.customers)
    return reply({"changed": access.give(user_id=someone.pk, customers=body.customers)})


@router.post(
    "/users/{int:pk}/customers/take",
    auth=GRANT,
    response=answers(200, Changed, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Take customers from a user",
)
@once(User)
def revoke_customers(request: HttpRequest, pk: Id, body: Customers) -> HttpResponse:
    """At once, all or none. ``changed``: how many they saw until now."""
    someone = get_object_or_404(User, pk=pk)
    _must_be_seen(body.customers)
    return reply({"changed": access.take(user_id=someone.pk, customers=body.customers)})


def _must_be_seen(ids: Sequence[int]) -> None:
    seen = set(Customer.objects.filter(pk__in=ids).values_list("pk", flat=True))
    if missing := next((pk for pk in ids if pk not in seen), None):
        text = _("There is no customer of the id %(id)s, or it is not among what you may see.")
        raise faulty(f"/customers/{list(ids).index(missing)}", text % {"id": missing})
