"""One place in the main navigation. The list itself is in ``sitebook/config/navigation.py``, the one file that knows every area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string

from sitebook.ui.filters import Words

SEAM = "sitebook.config.navigation.places"


@dataclass(frozen=True, kw_only=True)
class Place:
    """``starts``: how the addresses that belong here begin, to mark the current one. ``where``: the main list,
    low in the rail, or the menu under the user's initials. ``in_bar``: kept in the bar of a phone."""

    label: Words
    icon: str
    view: str
    starts: str = ""
    where: Literal["main", "low", "account"] = "main"
    in_bar: bool = False

    @property
    def url(self) -> str:
        return reverse(self.view)

    def holds(self, path: str) -> bool:
        return bool(self.starts) and path.startswith(self.starts)


def places(request: HttpRequest) -> list[Place]:
    """What exists and what this user may open, in order."""
    found: list[Place] = import_string(SEAM)(request)
    return found
