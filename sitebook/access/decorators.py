"""Marks each page with who may open it. A view without a mark answers nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sitebook.access.permissions import Permission

View = Callable[..., Any]
# What takes long is done by few threads of its own (``server/lanes.py``).
UPLOADS, PREVIEWS, EXPORTS = "uploads", "previews", "exports"


@dataclass(frozen=True)
class Who:
    """may: one of these permissions is needed. signed_in: any user. anyone: strangers too.

    login: the page works as the log-in role (sign-in, sessions), which sees no customer.
    lane: for a page that takes long, one of those above; UPLOADS also says that it takes files.
    """

    may: tuple[Permission, ...] = ()
    signed_in: bool = False
    anyone: bool = False
    login: bool = False
    lane: str = ""


def page(
    *,
    may: Permission | tuple[Permission, ...] = (),
    signed_in: bool = False,
    anyone: bool = False,
    login: bool = False,
    lane: str = "",
) -> Callable[[View], View]:
    """Say who may open a page: ``@page(may=Permission.CHANGE_SITES)``."""
    permissions = (may,) if isinstance(may, Permission) else may

    def mark(view: View) -> View:
        view.who = Who(may=permissions, signed_in=signed_in, anyone=anyone, login=login, lane=lane)  # type: ignore[attr-defined]
        return view

    return mark


def who_of(view: View) -> Who | None:
    """The mark of a view, or None. Sign-in pages come from a package and work as the log-in role, as the interface
    for programs does until it knows the token."""
    mark = getattr(view, "who", None)
    if isinstance(mark, Who):
        return mark
    if getattr(view, "__module__", "").startswith(("allauth.", "ninja.")):
        return Who(anyone=True, login=True)
    return None
