"""The life of an asset and its condition: two fields, each with fixed states."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Lifecycle(models.TextChoices):
    """Where an asset is in its life. A board of assets has a column for each."""

    PLANNED = "planned", _("Planned")
    IN_STOCK = "in stock", _("In stock")
    IN_TRANSIT = "in transit", _("In transit")
    IN_SERVICE = "in service", _("In service")
    IN_WORKSHOP = "in workshop", _("In workshop")
    ON_LOAN = "on loan", _("On loan")
    REMOVED = "removed", _("Removed")
    RETIRED = "retired", _("Retired")
    SCRAPPED = "scrapped", _("Scrapped")
    LOST = "lost", _("Lost")


class Condition(models.TextChoices):
    """How well it works."""

    WORKING = "working", _("Working")
    LIMITED = "limited", _("Limited")
    DOWN = "down", _("Down")
    UNSAFE = "unsafe", _("Unsafe (prohibited)")
    UNKNOWN = "unknown", _("Unknown")


class Criticality(models.TextChoices):
    """How much depends on it."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    CRITICAL = "critical", _("Critical")


_L = Lifecycle
_USABLE = {_L.IN_STOCK, _L.IN_TRANSIT, _L.IN_SERVICE, _L.IN_WORKSHOP, _L.ON_LOAN, _L.REMOVED}
NEXT: dict[str, frozenset[str]] = {
    _L.PLANNED: frozenset({_L.IN_STOCK, _L.IN_TRANSIT, _L.IN_SERVICE, _L.LOST}),
    **{state: frozenset(_USABLE - {state} | {_L.RETIRED, _L.LOST}) for state in _USABLE},
    _L.RETIRED: frozenset({_L.IN_STOCK, _L.IN_SERVICE, _L.SCRAPPED, _L.LOST}),
    _L.SCRAPPED: frozenset(),
    _L.LOST: frozenset({_L.IN_STOCK, _L.IN_SERVICE, _L.SCRAPPED}),
}
"""From each state those it can pass to. Scrapped is the end; taking that back is an act of its own."""

LAST = frozenset({_L.RETIRED, _L.SCRAPPED, _L.LOST})
"""The states in which an asset is out of use."""
