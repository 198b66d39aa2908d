"""Sitebook's own PostgreSQL: the stock programs on a Unix socket, shared by all processes of a data folder.

Whoever uses the server holds a shared lock on one file, which the kernel lets go when the process ends,
however it ends: no list of process numbers can go stale. The last to leave stops the server; a
small watcher process does so when the last was killed.
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
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from sitebook.access.roles import ensure_roles, role_names
from sitebook.config import postgres_process as process
from sitebook.config.postgres_place import Place, PostgresUnavailable, package_bin, place_of, prepare

_ATTEMPTS = 8


class Cluster:
    """The embedded server of one data folder. ``join`` before use, ``leave`` after; both may nest."""

    def __init__(self, data_dir: Path, database: str) -> None:
        self.database = database
        self.data_dir = data_dir
        self.place: Place = place_of(data_dir)
        self._mine = threading.RLock()
        self._joined = 0
        self._held: int | None = None
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def app_url(self) -> str:
        return self.url(role_names(self.database).app, self.database)

    @property
    def owner_url(self) -> str:
        return self.url(role_names(self.database).owner, self.database)

    @property
    def superuser_url(self) -> str:
        return self.url(process.SUPERUSER, "postgres")

    def url(self, role: str, database: str) -> str:
        """The address of any database of this server for any role."""
        return f"postgresql://{role}@{quote(str(self.place.socket), safe='')}/{database}"

    def bin(self, name: str) -> Path:
        """A client program of the same version, such as pg_dump."""
        return package_bin(name)

    @contextmanager
    def running(self) -> Iterator[Cluster]:
        self.join()
        try:
            yield self
        finally:
            self.leave()

    def join(self) -> None:
        """Have the server running until ``leave``; made and started when it is not."""
        with self._mine, self._alone():
            self._ensure()
            if self._joined == 0:
                self._make_database()
                self._held = _open(self._users)
                fcntl.flock(self._held, fcntl.LOCK_SH)
            self._joined += 1
            self._watch()

    def ensure(self) -> None:
        """Start the server again when it was killed under those who use it."""
        with self._mine, self._alone():
            self._ensure()

    def leave(self) -> None:
        """Give the server back; the last one stops it."""
        with self._mine, self._alone():
            self._joined = max(0, self._joined - 1)
            if self._joined or self._held is None:
                return
            os.close(self._held)
            self._held = None
            if not self._used():
                self._stop()

    def stop(self) -> bool:
        """Stop the server unless somebody uses it. Returns whether it is stopped."""
        with self._mine, self._alone():
            if self._used():
                return False
            self._stop()
            return True

    def answers(self) -> bool:
        return process.is_ready(self.place)

    @property
    def _users(self) -> Path:
        return self.place.control / "users"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time looks at the server's state and changes it."""
        self.place = prepare(self.place, self.data_dir)
        held = _open(self.place.control / "lock")
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)

    def _used(self) -> bool:
        # The watcher takes this lock for a moment when the last user goes, hence more than one try.
        for _ in range(10):
            held = _open(self._users)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return False
            except BlockingIOError:
                time.sleep(0.02)
            finally:
                os.close(held)
        return True

    def _ensure(self) -> None:
        if self._server is not None:
            self._server.poll()  # takes a killed server out of the process table
        if process.postmaster(self.place) is not None and self._settled():
            return
        process.check_version(self.place)
        if not process.initialised(self.place):
            process.create(self.place)
            if self.place.account is not None:
                print(self.place.described, file=sys.stderr)  # noqa: T201
        self._start()

    def _settled(self) -> bool:
        """Whether a server that runs answers; one that is starting gets time, a deaf one is stopped."""
        deadline = time.monotonic() + 30
        while process.postmaster(self.place) is not None:
            if process.is_ready(self.place):
                return True
            if time.monotonic() > deadline:
                process.stop(self.place)
            time.sleep(0.1)
        return False

    def _start(self) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._server = process.start(self.place)
                return
            except process.Died as last_words:
                # After kill -9 the dead server's children may hold its shared memory for a moment.
                if attempt == _ATTEMPTS:
                    raise PostgresUnavailable(
                        f"PostgreSQL does not start: {last_words}. Its log is {self.place.log}."
                    ) from last_words
                time.sleep(0.25 * attempt)

    def _stop(self) -> None:
        process.stop(self.place)
        if self._server is not None:
            self._server.wait(timeout=10)
            self._server = None

    def _make_database(self) -> None:
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            roles = ensure_roles(connection, self.database)
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.database]).fetchone()
            if not there:
                statement = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(statement.format(sql.Identifier(self.database), sql.Identifier(roles.owner)))

    def _watch(self) -> None:
        """Have a watcher, so that a server whose users were all killed does not run for ever."""
        if _taken(self.place.control / "watcher"):
            return
        # Its only argument is the folder; it must not keep the caller's terminal or pipes open.
        quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        watcher = subprocess.Popen(
            [sys.executable, "-m", "sitebook.config.postgres", str(self.data_dir)],
            cwd=Path(__file__).resolve().parents[2],
            start_new_session=True,
            **quiet,
        )
        threading.Thread(target=watcher.wait, daemon=True).start()

    def watch(self) -> None:
        """The watcher's work: wait until nobody holds the users' file, then stop the server."""
        own = _open(self.place.control / "watcher")
        try:
            fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        while True:
            held = _open(self._users)
            fcntl.flock(held, fcntl.LOCK_EX)
            # Let go at once: whoever joins holds the main lock while waiting for this one.
            os.close(held)
            with self._alone():
                if not self._used():
                    self._stop()
                    os.close(own)
                    return


def embedded(data_dir: Path, database: str = "") -> Cluster:
    """The cluster of this data folder, one object a process; SITEBOOK_DATABASE may name another database in it."""
    return _cluster(data_dir.resolve(), database or os.environ.get("SITEBOOK_DATABASE") or "sitebook")


@cache
def _cluster(data_dir: Path, database: str) -> Cluster:
    return Cluster(data_dir, database)


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
    embedded(Path(sys.argv[1])).watch()
