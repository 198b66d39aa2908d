"""While there is no firm every address leads to the first-run page; afterwards it is gone."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sitebook.firm.models import Firm

OPEN = ("/static/", "/help/")


class FirstRun:
    """Puts the firm on the request, read as the log-in role: with the session when there is one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.firm = firm = getattr(request.session, "firm", None) or Firm.ours()  # type: ignore[attr-defined]
        welcome = reverse("firm:welcome")
        if firm is None and request.path != welcome and not request.path.startswith(OPEN):
            return HttpResponseRedirect(welcome)
        return self.get_response(request)
