"""Refuses a request that is larger than everything it could carry, before a byte of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sitebook.files.refusals import MB, amount
from sitebook.files.uploads import MOST_AT_ONCE
from sitebook.ui.errors import error_page


class UploadLimit:
    """Stands before whatever looks into a request: the check against forged forms already reads it all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > settings.MAX_UPLOAD_BYTES * MOST_AT_ONCE + MB:
            sentence = _(
                "At most %(count)s files of %(limit)s each can be sent at once. Nothing was kept. "
                "Send fewer, or smaller ones."
            ) % {"count": MOST_AT_ONCE, "limit": amount(settings.MAX_UPLOAD_BYTES)}
            response = error_page(request, 413, _("That is too much at once"), sentence)
            response["Connection"] = "close"
            return response
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    value = request.META.get("CONTENT_LENGTH") or "0"
    return int(value) if value.isascii() and value.isdigit() else 0
