"""What is kept for repeats goes after a day."""

from __future__ import annotations

from datetime import datetime

from sitebook.access.identity import acting
from sitebook.api import idempotency


def purge(now: datetime) -> str:
    with acting(via="worker", everything=True):
        count = idempotency.purge(before=now - idempotency.LASTS)
    return f"{count} answers kept for repeats forgotten"
