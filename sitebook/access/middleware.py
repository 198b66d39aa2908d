"""Every request is one transaction under the identity of who asks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from sitebook.access import identity
from sitebook.access.pages import who_of
from sitebook.access.permissions import may
from sitebook.basics.refused import Refused
from sitebook.ui.errors import refused


class RowAccess:
    """Opens the transaction, takes the role once the view is known, rolls back what was refused.

    An answer of 400 or more never commits: whatever turned an exception into an answer,
    nothing half-done stays.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        with transaction.atomic():
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            else:
                identity.put_back()
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        who = who_of(view)
        if who is None:
            raise PermissionDenied("This page does not say who may open it.")
        user = request.user if request.user.is_authenticated else None
        if user is None and not who.anyone:
            return redirect_to_login(request.get_full_path())
        if who.may and not any(may(user, permission) for permission in who.may):
            raise PermissionDenied
        identity.take_role(
            user=user,
            via="screen",
            request_id=request.request_id,  # type: ignore[attr-defined]
            seeing=user is not None and not who.login,
        )
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return refused(request, exception)
        return None
