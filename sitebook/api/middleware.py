"""Which program asks, and what every answer to it carries: its limits, and a refusal in the one form programs read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from sitebook.api.problems import MEDIA_TYPE, Problem
from sitebook.users import tokens

PLACE = "/api/v1/"
SAID = {
    400: _("The request could not be read. Send JSON in UTF-8, not larger than 2 MB."),
    404: _("There is nothing at this address, or it is not among what you may see."),
    # The only refusal that is made before an operation is reached.
    409: _("In this browser an administrator sees Sitebook as another user, which is for pages. Stop that first."),
    405: _("This address does not know that method. Look at /api/docs."),
}
FAILED = _("Something broke on our side. Nothing was saved. Try again in a moment.")


class Callers:
    """Reads whose token a program shows, with its owner and the firm, in one statement: before the firm is needed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        asks = request.path.startswith(PLACE) and kind.lower() == "bearer"
        request.caller = caller = tokens.caller(secret) if asks else None  # type: ignore[attr-defined]
        if caller is not None:
            request.session.firm = caller.firm  # type: ignore[attr-defined]
        return self.get_response(request)


class Programs:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith(PLACE):
            return response
        if response.status_code >= 400 and response.headers.get("Content-Type") != MEDIA_TYPE:
            kept = {name: response.headers[name] for name in ("Allow", "X-Request-Id") if name in response.headers}
            response = Problem(response.status_code, SAID.get(response.status_code, FAILED), headers=kept).answer()
        for name, value in (rate.headers if (rate := getattr(request, "rate", None)) else {}).items():
            response.headers[name] = value
        return response
