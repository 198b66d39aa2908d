"""What a process that was killed left on the disk, in words, and when it goes."""

from __future__ import annotations

from pathlib import Path

from sitebook.server.unnamed import left_behind

_GOES = "It goes at the next start of serve"


def told(data_dir: Path) -> list[str]:
    """A line for each thing a backup left, or one that is running writes."""
    return [f"{path} is of a backup that runs, or was killed. {_GOES}." for path in left_behind(data_dir)]


def documents_told() -> list[str]:
    """A line when the disk holds files that no document names."""
    from sitebook.files.storage import without_document

    found = without_document()
    if not found.files:
        return []
    amount = f"{found.files:,} file{'s' if found.files > 1 else ''} ({found.bytes:,} bytes)"
    what = "belong to no document: of uploads under way, broken off or killed"
    return [f"{amount} {what}. {_GOES}, or in the night after a day."]
