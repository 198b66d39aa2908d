"""Which process serves a data folder: a file it holds locked for as long as it lives."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sitebook.basics.refused import Refused


def serving_process(data_dir: Path) -> int | None:
    """The process number of the serve of this folder, or None. A number left by a dead one does not count."""
    file = data_dir / "serving"
    if not file.exists():
        return None
    with file.open("r+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(handle.read().split()[0] or 0)
    return None


@contextmanager
def serving_alone(data_dir: Path, address: str) -> Iterator[None]:
    """Be the one serve of this folder. Raises Refused (already_served)."""
    handle = os.fdopen(os.open(data_dir / "serving", os.O_RDWR | os.O_CREAT, 0o600), "r+")
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            words = handle.read().split()
            raise Refused(
                f"Sitebook serves {data_dir} already (process {words[0]}, {words[-1]}). Stop it with: sitebook stop",
                code="already_served",
            ) from None
        handle.seek(0)
        handle.truncate()
        handle.write(f"{os.getpid()} {address}\n")
        handle.flush()
        yield
