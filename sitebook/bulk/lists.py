"""The lists whose rows can be chosen for one act. Areas declare theirs, ``sitebook.config.bulk`` names them, and they
are registered when the program starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet

from sitebook.bulk.acts import Act
from sitebook.ui.filters import Words
from sitebook.ui.listing import Listing


@dataclass(frozen=True, kw_only=True)
class BulkList:
    """``of``: whether it stands on the page of a record. ``listed``: the list and its rows as its page has them, by
    the id of that record, if any, and the day; raises ObjectDoesNotExist. ``count``: a number with the rows' noun.
    ``acts``: functions that give the acts."""

    key: str
    label: Words
    icon: str
    kind: type[Model]
    count: Callable[[int], str]
    view: str
    listed: Callable[[int | None, date], tuple[Listing, QuerySet[Any]]]
    acts: Sequence[Callable[[], Sequence[Act]]]
    of: bool = False

    def every_act(self) -> list[Act]:
        return [act for acts in self.acts for act in acts()]

    def act(self, key: str) -> Act | None:
        return next((act for act in self.every_act() if act.key == key), None)


_registered: dict[str, BulkList] = {}


def register(lists: Sequence[BulkList]) -> None:
    """Make these lists known, once at start. Raises ValueError for a key that another list has."""
    for each in lists:
        if _registered.setdefault(each.key, each) is not each:
            raise ValueError(f"two bulk lists are called {each.key}")


def list_called(key: str) -> BulkList | None:
    return _registered.get(key)


def act_called(listed: str, key: str) -> Act | None:
    """The act of a list, or None when there is no such list or act any more."""
    found = _registered.get(listed)
    return found.act(key) if found else None
