"""While there is no firm every address leads to the first-run page; afterwards it is gone."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sitebook.firm.models import Firm

OPEN = ("/healthz", "/static/", "/help/")


class FirstRun:
    """Puts the firm on the request, read as the log-in role: the one query every request spends on it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN):
            return self.get_response(request)
        request.firm = Firm.ours()  # type: ignore[attr-defined]
        welcome = reverse("firm:welcome")
        if request.firm is None and request.path != welcome:  # type: ignore[attr-defined]
            return HttpResponseRedirect(welcome)
        return self.get_response(request)
