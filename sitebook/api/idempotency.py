"""A POST that is sent twice acts once: ``Idempotency-Key``, honoured for a day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial, wraps
from inspect import signature
from typing import Any

from django.db import connection
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.api.models import Repeat
from sitebook.api.problems import Problem, faulty

HEADER = "Idempotency-Key"
LASTS = timedelta(days=1)
KEPT = ("Content-Type", "ETag", "Location")
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "Any text of your own. Sent again within a day, the same answer comes back and nothing is done.",
}
Act = Callable[..., HttpResponse]


def once(about: type[Model]) -> Callable[[Act], Act]:
    """An operation that does its act once for each key of a caller.

    The key is written in the transaction of the act: who sends it at the same time waits for that one's end, and
    where it failed nothing is remembered. ``about``: of what kind the record is that the address names (``pk``), or
    else those of the answer (``id``, or that of each row). The answer is not given again to who does not see them
    any more. Raises Problem 404 (answer_withheld).
    """
    return partial(_once, about)


def _once(about: type[Model], act: Act) -> Act:
    @wraps(act)
    def repeated(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        if not key:
            return act(request, *args, **named)
        if len(key) > 200 or not key.isprintable():
            raise faulty(HEADER, _("The key is longer than 200 letters, or has some that cannot be printed."))
        digest, now = _digest(request), timezone.now()
        earlier = _claim(request.user.pk or 0, key, digest, now=now)
        if earlier is None:
            response = act(request, *args, **named)
            ids = [named["pk"]] if "pk" in named else _ids_in(response)
            _keep(request.user.pk or 0, key, response, seen=_seen(about, ids))
            return response
        if earlier.request != digest:
            raise Problem(422, _("This Idempotency-Key was used for another request today. Choose a new one."))
        if earlier.withheld or _seen(about, earlier.ids) != sorted(earlier.ids):
            text = _("This request was done. Its answer is about something that you do not see any more.")
            raise Problem(404, text, code="answer_withheld")
        response = HttpResponse(earlier.body, status=earlier.status)
        for name, value in earlier.headers.items():
            response[name] = value
        response["Idempotency-Replayed"] = "true"
        return response

    # ninja reads the shapes from the signature, and would look their names up in this module.
    repeated.__signature__ = signature(act, eval_str=True)  # type: ignore[attr-defined]
    return repeated


def purge(*, before: datetime) -> int:
    """Forget what was answered earlier. Returns how many."""
    return Repeat.objects.filter(made_at__lt=before).delete()[0]


def forget(pattern: str) -> None:
    """Whatever an answer or key holds of a person who is erased (a regular expression, in any case)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_forget(%s)", [pattern])


def _digest(request: HttpRequest) -> str:
    asked = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(asked + request.body).hexdigest()


def _claim(user_id: int, key: str, digest: str, *, now: datetime) -> Repeat | None:
    """None where the key is new, and is the caller's from here on; else what was answered."""
    mine = Repeat.objects.filter(user=user_id, key=key)
    mine.filter(made_at__lt=now - LASTS).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO api_repeat (user_id, key, request, status, headers, body) VALUES (%s, %s, %s, 0, '{}', '')
            ON CONFLICT (user_id, key) DO NOTHING
            """,
            [user_id, key, digest],
        )
        return mine.get() if cursor.rowcount == 0 else None


def _keep(user_id: int, key: str, response: HttpResponse, *, seen: list[int]) -> None:
    """``seen``: what the caller sees when the act is done; what the act itself hid is no reason to withhold it."""
    headers = {name: response[name] for name in KEPT if name in response}
    Repeat.objects.filter(user=user_id, key=key).update(
        status=response.status_code, headers=headers, body=response.content.decode(), ids=seen, withheld=False
    )


def _ids_in(response: HttpResponse) -> list[int]:
    told = json.loads(response.content)
    return [row["id"] for row in told.get("results", [told]) if row.get("id")]


def _seen(kind: type[Model], ids: Sequence[int]) -> list[int]:
    """Those of the ids that the caller sees, in order."""
    if not ids:
        return []
    return sorted(kind._default_manager.filter(pk__in=ids).values_list("pk", flat=True))
