"""Who uses a cluster: locks on files, which the kernel lets go however a process ends.

Run as a program it is the watcher, which stops a server whose users were all killed. It imports
little, since it stays as long as the server does.
"""

# ruff: noqa: S603 — only programs of our own choice are run, without a shell
from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sitebook.embedded import process
from sitebook.embedded.location import Location, location_of


@contextmanager
def alone(location: Location) -> Iterator[None]:
    """One process at a time looks at the server's state and changes it."""
    held = _open(location.control / "lock")
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def hold(location: Location) -> int:
    """Be a user of the server until the returned descriptor is closed. Call it ``alone``."""
    held = _open(location.control / "users")
    fcntl.flock(held, fcntl.LOCK_SH)
    return held


def is_used(location: Location) -> bool:
    """Whether any process is a user. Call it ``alone``."""
    # The watcher takes this lock for a moment when the last user goes, hence more than one try.
    for _ in range(10):
        if not _taken(location.control / "users"):
            return False
        time.sleep(0.02)
    return True


def have_watched(location: Location, data_dir: Path) -> None:
    """Have a watcher, so that a server whose users were all killed does not run for ever. Call it ``alone``."""
    if _taken(location.control / "watcher"):
        return
    # Its only argument is the folder; it must not keep the caller's terminal or pipes open.
    watcher = subprocess.Popen(
        [sys.executable, "-m", "sitebook.embedded.locks", str(data_dir)],
        cwd=Path(__file__).resolve().parents[2],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # Somebody must take note of its end, or it would stay in the process table.
    threading.Thread(target=watcher.wait, daemon=True, name="watcher").start()


def watch(data_dir: Path) -> None:
    """Wait until nobody uses the server, then stop it. Ends at once where another watcher is at work."""
    location = location_of(data_dir)
    if not location.control.is_dir():
        return  # all is gone already
    own = _open(location.control / "watcher")
    try:
        fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    while True:
        waiting = _open(location.control / "users")
        fcntl.flock(waiting, fcntl.LOCK_EX)
        # Let go at once: whoever joins holds the main lock while waiting for this one.
        os.close(waiting)
        with alone(location):
            if not is_used(location):
                process.stop(location)
                os.close(own)
                return


def _open(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)


def _taken(file: Path) -> bool:
    held = _open(file)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(held)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
