"""What is swept regularly: bytes that no document names."""

from __future__ import annotations

from datetime import datetime

from sitebook.files import storage


def sweep(now: datetime) -> str:
    return f"{storage.sweep(now=now)} files without a document swept"
