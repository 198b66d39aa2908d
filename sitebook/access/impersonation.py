"""An administrator sees Sitebook as another user does. Nothing can be changed meanwhile, and it is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from sitebook.access.identity import put_back, take_role
from sitebook.access.permissions import Permission, may
from sitebook.basics.refused import NotAllowed
from sitebook.users.models import User

LONGEST = 61 * 60.0
"""Seconds it may last, and a minute for clocks that differ."""


@dataclass(frozen=True)
class Kept:
    """What the administrator's session remembers. ``latest``: a timestamp in seconds, when it ends by itself."""

    number: int
    by: int
    user: int
    latest: float


@dataclass(frozen=True)
class SeenAs:
    """What a request under it carries: who really asks, as whom, and until when."""

    by: User
    user: User
    until: datetime


def may_see_as(by: User | None) -> bool:
    """Only administrators who see every customer: anybody else's sight would be widened."""
    return may(by, Permission.MANAGE_USERS) and by is not None and by.all_customers


def begin(*, by: User, whom: User, address: str) -> Kept:
    """Record that it begins. ``address``: where from. Raises NotAllowed."""
    if not may_see_as(by):
        raise NotAllowed(
            _("Only an administrator who sees all customers sees Sitebook as somebody else."),
            code="impersonation_not_allowed",
        )
    if by.pk == whom.pk:
        raise NotAllowed(
            _("You see Sitebook as yourself already. Choose another user."), code="impersonation_not_allowed"
        )
    if not whom.is_active:
        text = _("%(name)s may not sign in, so there is nothing to see as them.")
        raise NotAllowed(text % {"name": whom}, code="impersonation_not_allowed")
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, latest FROM access_begin_seeing(%s, %s)", [whom.pk, address])
        number, latest = cursor.fetchone()
    return Kept(number, by.pk, whom.pk, latest.timestamp())


def end(kept: Kept) -> None:
    """Record that it is over, in a transaction of its own; the hour may be over already, or the administrator gone."""
    with transaction.atomic():
        take_role(user=User(pk=kept.by), via="screen", seeing=False)
        with connection.cursor() as cursor:
            cursor.execute("SELECT access_end_seeing(%s)", [kept.number])
        put_back()


def holds(kept: Kept, *, by: Any, whom: User | None, at: datetime) -> bool:
    """Whether it still lasts: both may still do what they could when it began, and the hour is not over."""
    same = isinstance(by, User) and by.pk == kept.by and may_see_as(by)
    # An end further ahead than the hour was written by a clock that ran ahead.
    lasts = at.timestamp() < kept.latest <= at.timestamp() + LONGEST
    return same and whom is not None and whom.is_active and lasts
