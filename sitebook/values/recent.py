"""Which records somebody worked with last: pickers offer them first.

They stand in a cookie, so that opening a page writes nothing into the database. What a browser sends is ids and no
more: the row policies decide which of them are shown. The cookie counts for the session it was written in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

COOKIE = "recent"
EACH, KINDS = 6, 12
"""Records of a kind, and kinds, that are kept."""
_PART = re.compile(r"([a-z]{1,40}):(\d{1,18}(?:\.\d{1,18})*)", re.ASCII)


class Recent:
    """Writes down what the request worked with."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        found: dict[str, list[int]] | None = getattr(request, "recent", None)
        if found is not None and response.status_code < 400:
            parts = [f"{kind}:{'.'.join(map(str, ids))}" for kind, ids in found.items()]
            response.set_cookie(
                COOKIE,
                "~".join([_mark(request), *parts]),
                max_age=settings.SESSION_COOKIE_AGE,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response


def used(request: HttpRequest, kind: str, pk: int) -> None:
    """Remember that this record was worked with. ``kind``: its model's name."""
    before = recently_used(request, kind)
    if before[:1] == [pk] or not _mark(request):
        return
    others = {other: ids for other, ids in _all(request).items() if other != kind}
    kept = {kind: [pk, *(each for each in before if each != pk)][:EACH], **others}
    request.recent = dict(list(kept.items())[:KINDS])  # type: ignore[attr-defined]


def recently_used(request: HttpRequest, kind: str) -> list[int]:
    """Ids, the last one first."""
    return _all(request).get(kind, [])


def _all(request: HttpRequest) -> dict[str, list[int]]:
    found: dict[str, list[int]] | None = getattr(request, "recent", None)
    if found is not None:
        return found
    mark, *parts = request.COOKIES.get(COOKIE, "").split("~")
    if not mark or mark != _mark(request):
        return {}
    read = [match for part in parts[:KINDS] if (match := _PART.fullmatch(part))]
    return {match[1]: [int(each) for each in match[2].split(".")][:EACH] for match in read}


def _mark(request: HttpRequest) -> str:
    """Tells one session from another, without its secret. "" where there is none, or while an administrator sees
    Sitebook as somebody else."""
    key = request.session.session_key
    return hashlib.sha256(f"recent {key}".encode()).hexdigest()[:16] if key else ""
