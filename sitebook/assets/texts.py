"""Owner and place of an asset in words; of what the reader does not see only that it is another customer's."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as say

from sitebook.assets.periods import PlaceKind


def owner_text(row: Any) -> str:
    """The owner's name."""
    if row.owner_id is None:
        return say("our own")
    return str(row.owner.name) if row.owner else say("another customer")


def place_text(row: Any) -> str:
    """Site and area, or the place of our own; "" when nobody knows. ``row``: an asset, or a period of one."""
    kind = row.kind if hasattr(row, "kind") else row.place_kind
    if kind == PlaceKind.SITE:
        if not row.site:
            return say("another customer")
        return ", ".join(str(part.name) for part in (row.site, row.area) if part)
    if row.own_place:
        return str(row.own_place.name)
    return str(PlaceKind(kind).label) if kind else ""


def customer_there_text(row: Any) -> str:
    """The customer at the place."""
    if row.place_customer_id is None:
        return ""
    return str(row.place_customer.name) if row.place_customer else say("another customer")
