"""What is swept by the clock: bytes that no document names."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from procrastinate.contrib.django import app

from sitebook.files import storage

QUEUE = "files"
log = logging.getLogger("sitebook.files")


@app.periodic(cron="40 2 * * *", periodic_id="files")
@app.task(queue=QUEUE, queueing_lock="files nightly", name="sitebook.files.nightly", pass_context=False)
def nightly(timestamp: int) -> None:
    log.info("%s files without a document swept", storage.sweep(now=datetime.fromtimestamp(timestamp, UTC)))
