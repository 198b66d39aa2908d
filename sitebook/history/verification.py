"""Whether the register still is what was sealed. What ``sitebook verify-history`` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was sealed; ``change`` is None when the whole seal is meant."""

    seal: int
    change: int | None
    fault: str

    def __str__(self) -> str:
        if self.change is None:
            return _("Seal %(seal)s: %(fault)s") % {"seal": self.seal, "fault": self.fault}
        return _("Seal %(seal)s, change %(change)s: %(fault)s") % vars(self)


def faults(connection: Any) -> list[Fault]:
    """Every fault found, none when the chain holds. ``connection``: Django's, of the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seal, change, fault FROM history_faults() ORDER BY seal, change NULLS FIRST")
        return [Fault(*row) for row in cursor.fetchall()]


def sealed(connection: Any) -> tuple[int, int]:
    """How many seals there are and how many changes they hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(sum(changes), 0) FROM history_seal")
        seals, changes = cursor.fetchone()
    return int(seals), int(changes)
