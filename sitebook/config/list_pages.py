"""The lists that keep views: the named seam between saved views and the areas whose lists they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sitebook.config.registers import DECLARED


@dataclass(frozen=True)
class ListPage:
    """``view``: the name of the list's address."""

    label: str | Promise
    view: str


LIST_PAGES = {each.path: ListPage(each.model.named.many, f"{each.path}:list") for each in DECLARED} | {
    "users": ListPage(_("Users"), "users:list"),
    "changes": ListPage(_("Changes"), "history:register"),
}
