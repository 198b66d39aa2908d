"""Each request speaks the firm's language and shows times in the user's zone, else the firm's."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from sitebook.firm.models import Firm
from sitebook.ui import current


class Locale:
    """Works as the log-in role, before the request's transaction: reads the firm and who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        firm: Firm | None = getattr(request, "firm", None)
        user = request.user if request.user.is_authenticated else None
        current.use_country(firm.country if firm else "")
        zone = zone_of((user.time_zone if user else "") or (firm.time_zone if firm else ""))
        language = firm.language if firm else translation.get_language_from_request(request)
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            theme = user.theme if user else ""
        if theme and "theme" not in request.COOKIES and "theme" not in response.cookies:
            remember_look(response, theme)
        return response


def remember_look(response: HttpResponse, theme: str) -> None:
    """Light or dark on this device; an empty choice follows the device."""
    if theme:
        response.set_cookie("theme", theme, max_age=365 * 24 * 3600, samesite="Lax")
    else:
        response.delete_cookie("theme", samesite="Lax")


def zone_of(name: str) -> zoneinfo.ZoneInfo:
    """A zone this machine does not know (written in the database by hand) reads as UTC."""
    try:
        return zoneinfo.ZoneInfo(name or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")
