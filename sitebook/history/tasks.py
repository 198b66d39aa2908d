"""What the history needs done regularly: months ahead, and a seal."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction


def seal_now(now: datetime) -> str:
    """Seal what is not sealed yet."""
    count = seal(until=now)
    return f"{count} changes sealed" if count else ""


def prepare(now: datetime) -> str:
    """Without a month's own partition its rows go to the default one."""
    made = check_and_prepare()
    return f"{made} months prepared" if made else ""


def check_and_prepare() -> int:
    """Make the partitions of this month and the next three. Returns how many were missing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT history_make_partitions()")
        return int(cursor.fetchone()[0])


def seal(*, until: datetime) -> int:
    """Seal what is older than ``until`` and not sealed yet. Returns how many changes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT history_make_seal(%s)", [until])
        return int(cursor.fetchone()[0])
