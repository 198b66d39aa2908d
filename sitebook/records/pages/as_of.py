"""The day a list's page tells of, and the names of lists as files."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from sitebook.access.permissions import Permission
from sitebook.records.as_of import as_it_was, day_asked
from sitebook.ui.listing import Page

SEE = Permission.SEE_CUSTOMERS


def day_of(request: HttpRequest) -> date | None:
    """The day the address asks for, or None for today. A bad one is said by the list's own filter."""
    on, _fault = day_asked(request.GET.get("on", ""))
    return None if on == timezone.localdate() else on


def of_day(listed: Page, on: date) -> dict[str, Any]:
    listed.notices.append(as_it_was(on, future=on > timezone.localdate()))
    return {"page": listed, "then": on}


def file_name(what: str, on: date | None) -> str:
    return f"sitebook-{what}-{(on or timezone.localdate()).isoformat()}"
