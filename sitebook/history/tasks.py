"""What the history needs done regularly: months ahead, and a seal."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from sitebook.history import heads


def seal_now(now: datetime) -> str:
    """Seal what is not sealed yet, and keep the head. Raises Refused (history_altered)."""
    count = seal(now)
    heads.keep()
    return f"{count} changes sealed" if count else ""


def prepare(now: datetime) -> str:
    """Without a month's own partition its rows go to the default one."""
    made = check_and_prepare()
    return f"{made} months prepared" if made else ""


def check_and_prepare() -> int:
    """Make the partitions of this month, the next three and of what fell between. Returns how many were missing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT history_make_partitions()")
        return int(cursor.fetchone()[0])


def seal(at: datetime | None = None) -> int:
    """Seal all that is not sealed yet; ``at``: the time of the seal, now unless given. Returns how many changes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT history_make_seal(coalesce(%s, clock_timestamp()))", [at])
        return int(cursor.fetchone()[0])


def mail_head(now: datetime) -> str:
    return heads.mail()
