"""Users for programs of administrators, and who the caller is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import AfterValidator, Field

from sitebook.access.permissions import ROLES, Permission
from sitebook.api.authentication import Token
from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.problems import faulty
from sitebook.api.requests import Count, Id, Name, Written, answers
from sitebook.api.responses import Json, listed, matched, moved_on, one, parameters, wanted
from sitebook.basics.email_addresses import normal_form
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.firm.choices import zones
from sitebook.users import sessions
from sitebook.users.models import Scope, User
from sitebook.users.views import LIST

router = Router(tags=["Users"])
MANAGE = Token(Scope.MANAGE, Permission.MANAGE_USERS)
MOST_NAME = 120


def _email(value: str) -> str:
    try:
        return normal_form(value)
    except Refused as refusal:
        raise ValueError(str(refusal)) from refusal


class UserFields(Written):
    """What a change may send. Nothing has a published default: a client made from the document would send it."""

    name: Annotated[Name, Field(max_length=MOST_NAME)] = Field(default_factory=str)
    email: Annotated[str, Field(max_length=254), AfterValidator(_email)] = Field(default_factory=str)
    role: Literal["administrator", "office", "dispatcher", "engineer", "viewer"] = Field(
        default_factory=lambda: "viewer"
    )
    all_customers: bool = Field(default_factory=bool, description="All present and future ones.")
    is_active: bool = Field(
        default_factory=lambda: True, description="Whether they may sign in, and their tokens work."
    )
    time_zone: str = Field(default_factory=str, max_length=64)


class NewUser(UserFields):
    name: Annotated[Name, Field(max_length=MOST_NAME)]
    email: Annotated[str, Field(max_length=254), AfterValidator(_email)]
    role: Literal["administrator", "office", "dispatcher", "engineer", "viewer"]


class UserRead(Schema):
    id: int
    name: str = ""
    email: str = ""
    role: str = ""
    all_customers: bool = False
    is_active: bool = False
    time_zone: str = ""
    last_login: datetime | None = None
    created_at: datetime | None = None
    version: int = 0


class UserList(Schema):
    items: list[UserRead]
    count: Count
    next: str | None = None
    previous: str | None = None


class Me(UserRead):
    may: list[str] = Field([], description="What the role allows.")
    scopes: list[str] = Field([], description="What this token is for.")


FIELDS = (
    "id", "name", "email", "role", "all_customers", "is_active", "time_zone", "last_login", "created_at", "version",
)  # fmt: skip


def written(rows: Sequence[User]) -> list[Json]:
    """Users in JSON."""
    return [{name: getattr(row, name) for name in FIELDS} for row in rows]


@router.get("/me", auth=Token(Scope.READ), response=answers(200, Me), summary="Who am I")
def read_me(request: HttpRequest) -> HttpResponse:
    """The user the token acts as, what they may do, and what the token is for."""
    caller: Any = request.auth  # type: ignore[attr-defined]
    user: User = caller.user
    more = {"may": sorted(ROLES.get(user.role, ())), "scopes": sorted(caller.scopes)}
    return one(request, written([user])[0] | more)


@router.get(
    "/users",
    auth=MANAGE,
    response=answers(200, UserList),
    openapi_extra=parameters(LIST),
    summary="List users",
)
def list_users(request: HttpRequest) -> HttpResponse:
    """Everybody who signs in or did."""
    asked = wanted(request)
    return listed(request, LIST, User.objects.all(), written, asked=asked)


@router.get(
    "/users/{int:pk}",
    auth=MANAGE,
    response=answers(200, UserRead),
    openapi_extra=parameters(),
    summary="Read a user",
)
def read_user(request: HttpRequest, pk: Id) -> HttpResponse:
    """One user."""
    found = get_object_or_404(User, pk=pk)
    return one(request, wanted(request).of(written([found])[0]), version=found.version)


@router.post(
    "/users",
    auth=MANAGE,
    response=answers(201, UserRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Add a user",
)
@once(User)
def add_user(request: HttpRequest, body: NewUser) -> HttpResponse:
    """Without a password: they set one by a link, which is made on their page."""
    values = body.given()
    values.setdefault("all_customers", False)
    zone = values.pop("time_zone", "")
    user = User.invite(**values)
    if zone:
        _change(user, user.version, {"time_zone": zone})
    user.refresh_from_db()
    return one(request, written([user])[0], version=user.version, status=201, at=f"/api/v1/users/{user.pk}")


@router.patch(
    "/users/{int:pk}",
    auth=MANAGE,
    response=answers(200, UserRead, writes=True),
    summary="Change a user",
)
def change_user(request: HttpRequest, pk: Id, body: UserFields) -> HttpResponse:
    """Change the fields that are sent. Needs If-Match. Who may not sign in any more is signed out everywhere."""
    found = get_object_or_404(User, pk=pk)
    _change(found, matched(request, found.version), body.given())
    return one(request, written([found])[0], version=found.version)


def _change(user: User, version: int, values: Json) -> None:
    zone = values.get("time_zone", "")
    if zone and zone not in {code for code, _name in zones()}:
        raise faulty("/time_zone", _("“%(value)s” is not a time zone.") % {"value": zone})
    could_sign_in = user.is_active
    try:
        user.change(version=version, **values)
    except StaleEdit as fault:
        raise moved_on() from fault
    if could_sign_in and not user.is_active:
        sessions.end(user)
