"""The lists whose rows can be chosen for an action. Areas declare theirs, ``sitebook.config.bulk`` names them, and they
are registered when the program starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet

from sitebook.bulk.actions import BulkAction
from sitebook.ui.filters import Words
from sitebook.ui.listing import Listing


@dataclass(frozen=True, kw_only=True)
class BulkList:
    """``of``: whether it stands on the page of a record. ``listed``: the list and its rows as its page has them, by
    the id of that record, if any, and the day; raises ObjectDoesNotExist. ``count``: a number with the rows' noun.
    ``actions``: functions that give the actions."""

    key: str
    label: Words
    icon: str
    kind: type[Model]
    count: Callable[[int], str]
    view: str
    listed: Callable[[int | None, date], tuple[Listing, QuerySet[Any]]]
    actions: Sequence[Callable[[], Sequence[BulkAction]]]
    of: bool = False

    def every_action(self) -> list[BulkAction]:
        return [action for actions in self.actions for action in actions()]

    def action(self, key: str) -> BulkAction | None:
        return next((action for action in self.every_action() if action.key == key), None)


_registered: dict[str, BulkList] = {}


def register(lists: Sequence[BulkList]) -> None:
    """Make these lists known, once at start. Raises ValueError for a key that another list has."""
    for each in lists:
        if _registered.setdefault(each.key, each) is not each:
            raise ValueError(f"two bulk lists are called {each.key}")


def list_called(key: str) -> BulkList | None:
    return _registered.get(key)


def action_called(listed: str, key: str) -> BulkAction | None:
    """The action of a list, or None when there is no such list or act any more."""
    found = _registered.get(listed)
    return found.action(key) if found else None
