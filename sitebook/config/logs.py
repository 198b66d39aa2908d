"""What the log of the server leaves out."""

from __future__ import annotations

import logging


class Brief(logging.Filter):
    """A refused page is no fault of the program: one line, without the way through the code."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True
