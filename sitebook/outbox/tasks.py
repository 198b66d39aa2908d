"""What was told is forgotten after a month."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from procrastinate.contrib.django import app

from sitebook.access.identity import acting
from sitebook.outbox import delivery

log = logging.getLogger("sitebook.outbox")


@app.periodic(cron="50 2 * * *", periodic_id="outbox")
@app.task(queue="outbox", queueing_lock="outbox nightly", name="sitebook.outbox.nightly", pass_context=False)
def nightly(timestamp: int) -> None:
    with acting(everything=True, via="worker"):
        count = delivery.purge(before=datetime.fromtimestamp(timestamp, UTC) - delivery.KEPT)
    log.info("%s old deliveries forgotten", count)
