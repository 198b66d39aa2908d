"""Whether the register still is what was sealed. What ``sitebook verify-history`` prints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

_HEAD = re.compile(
    r"history head: seal (\d{1,18}), (\d{1,18}) changes, "
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?)Z, sha256 ([0-9a-f]{64})\b"
)


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was sealed. ``seal`` is None for what is not sealed; ``change`` is None when the
    whole seal is meant."""

    seal: int | None
    change: int | None
    fault: str

    def __str__(self) -> str:
        if self.seal is None:
            return _("Change %(change)s, not sealed: %(fault)s") % vars(self)
        if self.change is None:
            return _("Seal %(seal)s: %(fault)s") % vars(self)
        return _("Seal %(seal)s, change %(change)s: %(fault)s") % vars(self)


@dataclass(frozen=True)
class Head:
    """The last link of the chain at some time. Who keeps it elsewhere can tell later that nothing before it was
    altered or taken away. ``changes``: how many it and all seals before it hold."""

    seal: int
    changes: int
    at: datetime
    digest: str

    def __str__(self) -> str:
        """One line, for a file, a mail or a sheet of paper; ``heads_in`` reads it again."""
        at = self.at.astimezone(UTC).replace(tzinfo=None).isoformat()
        return f"history head: seal {self.seal}, {self.changes} changes, {at}Z, sha256 {self.digest}"


def faults(connection: Any) -> list[Fault]:
    """Every fault found, none when the chain holds. ``connection``: Django's, of the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seal, change, fault FROM history_faults() ORDER BY seal NULLS LAST, change NULLS FIRST")
        return [Fault(*row) for row in cursor.fetchall()]


def sealed(connection: Any) -> tuple[int, int]:
    """How many seals there are and how many changes they hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(sum(changes), 0) FROM history_seal")
        seals, changes = cursor.fetchone()
    return int(seals), int(changes)


def erased(connection: Any) -> int:
    """How many changes have erased values."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT change_id) FROM history_erasure")
        return int(cursor.fetchone()[0])


def head(connection: Any) -> Head | None:
    """The last seal; None when nothing was sealed yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, total, made_at, encode(digest, 'hex') FROM history_seal ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return Head(*row) if row else None


def heads_in(text: str) -> list[Head]:
    """Every head that stands in a text, in their order; a mail program may have broken its lines."""
    flat = re.sub(r"[\s>]+", " ", text)
    return [Head(int(n), int(count), _time(at), digest) for n, count, at, digest in _HEAD.findall(flat)]


def faults_against(connection: Any, kept: list[Head]) -> list[Fault]:
    """What does not agree with heads that were kept elsewhere: taken off the end, or made anew since."""
    found = []
    with connection.cursor() as cursor:
        for each in kept:
            cursor.execute("SELECT total, made_at, encode(digest, 'hex') FROM history_seal WHERE id = %s", [each.seal])
            row = cursor.fetchone()
            if row is None:
                found.append(Fault(each.seal, None, _("it was kept elsewhere and is not there any more")))
            elif Head(each.seal, *row) != each:
                found.append(Fault(each.seal, None, _("it is another one than was kept elsewhere")))
    return found


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
