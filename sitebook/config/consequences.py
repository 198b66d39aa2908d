"""What hangs on a record: the named seam by which each area adds its lines to the question before archiving.

An area names a function ``(record, *, on: date) -> list[Consequence]`` here. Rows it offers to take along are of
registers (they carry ``archived_with``), and so come back with the rest without further words.
"""

from __future__ import annotations

from datetime import date

from sitebook.contacts.consequences import consequences
from sitebook.registers.consequences import Consequence
from sitebook.registers.models import Record

SOURCES = (consequences,)


def consequences_of(record: Record, *, on: date) -> list[Consequence]:
    """All that hangs on a record, area by area; kinds of which there is nothing are left out."""
    lines = [line for source in SOURCES for line in source(record, on=on)]
    return [line for line in lines if line.count]
