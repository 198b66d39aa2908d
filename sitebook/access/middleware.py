"""Every request is one transaction under the identity of who asks, or of whom an administrator sees Sitebook as."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.access import identity, impersonation
from sitebook.access.decorators import who_of
from sitebook.access.impersonation import Kept, SeenAs
from sitebook.access.permissions import may
from sitebook.basics.refused import Refused
from sitebook.ui.errors import refused
from sitebook.ui.render import asked_by_htmx, go
from sitebook.users.models import User

KEPT = "seeing"
READING = ("GET", "HEAD", "OPTIONS", "TRACE")
OWN_PAGES = "/account/"


class SeeAs:
    """While an administrator sees Sitebook as somebody else, the request is that user's and can only read.

    Stands outside ``Locale`` and ``RowAccess``, which then take the other's language, zone, role and reach. The
    session is an empty one that nobody saves: what the user worked with last is theirs, and what is looked at
    meanwhile leaves no trace in the administrator's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.seeing = None  # type: ignore[attr-defined]
        if KEPT not in request.session:
            return self.get_response(request)
        kept = Kept(**request.session[KEPT])
        whom = User.objects.filter(pk=kept.user).first()
        leaves = request.method == "POST" and request.path in (
            reverse("account_logout"),
            reverse("access:stop-seeing", args=[kept.user]),
        )
        if not leaves and impersonation.holds(kept, by=request.user, whom=whom, at=timezone.now()) and whom is not None:
            return self._as(request, kept, whom)
        del request.session[KEPT]
        impersonation.end(kept)
        if not leaves:
            request.seeing_ended = str(whom)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _as(self, request: HttpRequest, kept: Kept, whom: User) -> HttpResponse:
        by, session = request.user, request.session
        until = datetime.fromtimestamp(kept.latest, UTC)
        request.seeing = SeenAs(by, whom, until)  # type: ignore[attr-defined, arg-type]
        request.user, request.session = whom, SessionStore()
        # Their look, which would otherwise be that of the administrator's browser, and be kept in it.
        request.COOKIES = {**request.COOKIES, "theme": whom.theme}
        try:
            return self.get_response(request)
        finally:
            request.session = session  # not the user: an answer may still be streaming, and stays theirs to the end

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if ended := getattr(request, "seeing_ended", ""):
            return _over(request, ended)
        now: SeenAs | None = request.seeing  # type: ignore[attr-defined]
        if now is None:
            return None
        if request.method not in READING:
            text = _("You are seeing Sitebook as %(name)s, so nothing can be changed. Stop first, then do it yourself.")
            return refused(request, Refused(text % {"name": now.user}, code="impersonation_reads_only"))
        who = who_of(view)
        if request.path.startswith(OWN_PAGES) or (who is not None and who.login):
            text = _("What %(name)s signs in with is theirs alone. You are seeing Sitebook as %(name)s; stop first.")
            return refused(request, Refused(text % {"name": now.user}, code="impersonation_reads_only"))
        return None


def _over(request: HttpRequest, name: str) -> HttpResponse | None:
    """It ended by itself: nothing that was meant to be seen, or refused, as somebody else is done as oneself."""
    if not request.user.is_authenticated:
        return None
    text = _("You are yourself again: seeing Sitebook as %(name)s has ended.") % {"name": name}
    if request.method not in READING:
        return refused(
            request,
            Refused(
                text + " " + _("Nothing was changed. Do it again if you mean it."), code="impersonation_reads_only"
            ),
        )
    messages.warning(request, text)
    return go(request, reverse("home") if asked_by_htmx(request) else request.get_full_path())


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
            if request.seeing:  # type: ignore[attr-defined]
                identity.only_read()
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
