"""One place in the main navigation. The list itself is in ``sitebook/config/navigation.py``, the one file that knows every area."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string

SEAM = "sitebook.config.navigation.places"


@dataclass(frozen=True, kw_only=True)
class Place:
    """``starts``: the first part of the addresses that belong here, to mark the current one."""

    label: str
    icon: str
    view: str
    starts: str
    low: bool = False
    in_bar: bool = False

    @property
    def url(self) -> str:
        return reverse(self.view)

    def holds(self, path: str) -> bool:
        return path.startswith(self.starts)


def places(request: HttpRequest) -> list[Place]:
    """What exists and what this user may open, in order."""
    found: list[Place] = import_string(SEAM)(request)
    return found
