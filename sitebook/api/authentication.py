"""Who calls: a token in the Authorization header, what it is for, what its owner may do."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.internal.ratelimit import truncate_ip
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from sitebook.access.identity import take_role
from sitebook.access.permissions import Permission, may
from sitebook.api.problems import Problem
from sitebook.api.rate_limits import CALLERS, MOST_WRONG, WRONG_TOKENS
from sitebook.basics.refused import NotAllowed
from sitebook.users import tokens
from sitebook.users.models import Scope


class Token(HttpBearer):
    """The mark of an operation: the scope a token needs and the permission its owner needs.

    From then on the request acts as the owner, under the owner's row policies.
    """

    def __init__(self, scope: Scope, *permissions: Permission) -> None:
        super().__init__()
        self.scope, self.permissions = scope, permissions

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        caller = self._caller(request)
        self._must_be_for_this(caller)
        _must_be_json(request)
        user = request.user = caller.user
        try:
            take_role(user=user, via="api", request_id=request.request_id)  # type: ignore[attr-defined]
        except NotAllowed as refusal:
            raise Problem(401, str(refusal)) from refusal
        zone = user.time_zone or getattr(request.firm, "time_zone", "")  # type: ignore[attr-defined]
        if zone:
            timezone.activate(zone)
        return caller

    def _caller(self, request: HttpRequest) -> tokens.Caller:
        """Who guesses from the same address does not shut out who has a token: that was looked for first."""
        now = time.time()
        caller: tokens.Caller | None = request.caller  # type: ignore[attr-defined]
        if caller is None:
            address = truncate_ip(get_adapter().get_client_ip(request))
            if (left := WRONG_TOKENS.spend(address, limit=MOST_WRONG, now=now)).left < 0:
                text = _("Too many wrong tokens from your address. Wait a minute.")
                raise Problem(429, text, headers=_waits(left.seconds))
            text = _("The token is unknown, revoked or too old, or its owner may not sign in. Make a new one.")
            raise Problem(401, text, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        left = CALLERS.spend(str(caller.token), limit=settings.API_RATE, now=now)
        request.rate = left  # type: ignore[attr-defined]
        if left.left < 0:
            text = _("This token made more than %(limit)s requests in a minute. Wait %(seconds)s seconds.")
            raise Problem(429, text % left._asdict(), headers=_waits(left.seconds))
        return caller

    def _must_be_for_this(self, caller: tokens.Caller) -> None:
        if self.scope not in caller.scopes:
            text = _("This token is not for “%(scope)s”. Make one with this scope.")
            raise Problem(403, text % {"scope": self.scope.value})
        if self.permissions and not any(may(caller.user, permission) for permission in self.permissions):
            text = _("The role %(role)s of %(user)s does not allow this. An administrator can change that.")
            raise Problem(403, text % {"role": caller.user.get_role_display(), "user": caller.user})


def _must_be_json(request: HttpRequest) -> None:
    """Raises Problem 415: a form of another site cannot send JSON, and a slip in the header is told as one."""
    if request.method in ("POST", "PUT", "PATCH") and request.content_type != "application/json" and request.body:
        text = _("Send the body as application/json, not as %(type)s.")
        raise Problem(415, text % {"type": (request.content_type or _("nothing"))[:80]})


def _waits(seconds: int) -> dict[str, str]:
    return {"Retry-After": str(seconds)}


class Nobody(HttpBearer):
    """An operation that does not say who may call it answers nobody."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        raise Problem(403, _("This operation does not say who may call it."))
