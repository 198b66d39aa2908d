"""What the history needs done by the clock: months ahead, and a seal each night."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time

from django.db import connection, transaction
from procrastinate.contrib.django import app

QUEUE = "history"
log = logging.getLogger("sitebook.history")


@app.periodic(cron="10 0 * * *", periodic_id="history")
@app.task(queue=QUEUE, queueing_lock="history nightly", name="sitebook.history.nightly", pass_context=False)
def nightly(timestamp: int) -> None:
    """Partitions first: without a month's own partition its rows go to the default one."""
    check_and_prepare()
    midnight = datetime.combine(datetime.fromtimestamp(timestamp, UTC).date(), time(), UTC)
    log.info("%s changes sealed", seal(until=midnight))


def check_and_prepare() -> int:
    """Make the partitions of this month and the next three. Called when serving starts and nightly.

    Returns how many were missing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT history_make_partitions()")
        return int(cursor.fetchone()[0])


def seal(*, until: datetime) -> int:
    """Seal what is older than ``until`` and not sealed yet. Returns how many changes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT history_make_seal(%s)", [until])
        return int(cursor.fetchone()[0])
