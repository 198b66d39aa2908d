"""What is kept for repeats goes after a day."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from sitebook.access.identity import acting
from sitebook.api import idempotency


@app.periodic(cron="25 * * * *", periodic_id="api repeats")
@app.task(queue="history", queueing_lock="api repeats", name="sitebook.api.forget", pass_context=False)
def forget(timestamp: int) -> None:
    with acting(via="worker", everything=True):
        idempotency.purge(before=datetime.fromtimestamp(timestamp, UTC) - idempotency.LASTS)
