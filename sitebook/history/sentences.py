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
    "restored": (lazy("took the archive mark off the %(kind)s %(record)s"), lazy("took the archive mark off")),
}
CHILD: dict[str, Pair] = {
    "made": (lazy("added to %(record)s: %(kind)s"), lazy("added: %(kind)s")),
    "changed": (lazy("changed at %(record)s: %(kind)s"), lazy("changed: %(kind)s")),
    "deleted": (lazy("removed from %(record)s: %(kind)s"), lazy("removed: %(kind)s")),
}


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
