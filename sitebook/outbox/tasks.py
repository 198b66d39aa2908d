"""What was told is forgotten after a month."""

from __future__ import annotations

from datetime import datetime

from sitebook.access.identity import acting
from sitebook.outbox import delivery


def purge(now: datetime) -> str:
    with acting(everything=True, via="worker"):
        count = delivery.purge(before=now - delivery.KEPT)
    return f"{count} old deliveries forgotten"
