"""What was done, in words: each with the record (in the register) and without (on the record's own page)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

Pair = tuple[Any, Any]

WHOLE: dict[str, Pair] = {
    "made": (lazy("made the %(kind)s %(record)s"), lazy("made this %(kind)s")),
    "deleted": (lazy("deleted the %(kind)s %(record)s"), lazy("deleted this %(kind)s")),
    "archived": (lazy("archived the %(kind)s %(record)s"), lazy("archived this %(kind)s")),
    "erased": (lazy("erased the personal data of %(record)s"), lazy("erased the personal data")),
    "restored": (lazy("took the archive mark off the %(kind)s %(record)s"), lazy("took the archive mark off")),
}
CHILD: dict[str, Pair] = {
    "made": (lazy("added to %(record)s: %(kind)s"), lazy("added: %(kind)s")),
    "changed": (lazy("changed at %(record)s: %(kind)s"), lazy("changed: %(kind)s")),
    "deleted": (lazy("removed from %(record)s: %(kind)s"), lazy("removed: %(kind)s")),
    "back": (lazy("brought back to %(record)s: %(kind)s"), lazy("brought back: %(kind)s")),
}
SEEING: dict[str, Pair] = {
    "made": (lazy("began to see Sitebook as %(record)s"), lazy("began to see Sitebook as this user")),
    "changed": (lazy("saw Sitebook as %(record)s, %(part)s"), lazy("saw Sitebook as this user, %(part)s")),
}


def child(kind: str, action: str, changes: dict[str, Any]) -> Pair:
    """What became of a part of a record, or was done with one. What is only hidden was removed to who reads it."""
    if kind == "access_seeing":
        return SEEING[action]
    if action == "changed" and "removed_at" in changes:
        return CHILD["deleted" if changes["removed_at"][1] else "back"]
    return CHILD[action]


def fields(more: int, *, own: bool) -> str:
    """``changed the name and 4 more fields``, for one field and ``more`` others."""
    if own:
        return (
            ngettext(
                "changed the %(field)s and %(count)s more field",
                "changed the %(field)s and %(count)s more fields",
                more,
            )
            if more
            else _("changed the %(field)s")
        )
    return (
        ngettext(
            "changed the %(field)s and %(count)s more field of %(record)s",
            "changed the %(field)s and %(count)s more fields of %(record)s",
            more,
        )
        if more
        else _("changed the %(field)s of %(record)s")
    )


def grants(action: str, count: int, *, own: bool) -> str:
    """Access given and taken, for one customer or many at once."""
    if action == "made":
        return (
            ngettext("gave access to one customer", "gave access to %(count)s customers", count)
            if own
            else ngettext(
                "gave %(record)s access to one customer", "gave %(record)s access to %(count)s customers", count
            )
        )
    return (
        ngettext("took back access to one customer", "took back access to %(count)s customers", count)
        if own
        else ngettext(
            "took access to one customer from %(record)s", "took access to %(count)s customers from %(record)s", count
        )
    )
