"""Sitebook's own PostgreSQL: the stock programs on a Unix socket, shared by all processes of a data folder.

Whoever uses the server holds a shared lock on one file, which the kernel lets go however the process
ends: there is no list of process numbers to go stale. The last to leave stops the server; a small watcher
process does so when the last was killed.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from sitebook.basics.database_roles import ensure_roles, role_names
from sitebook.basics.refused import Refused
from sitebook.embedded import locks, process
from sitebook.embedded.location import SOCKET_NAME, Location, location_of, package_bin, prepare

_ATTEMPTS = 8


class Cluster:
    """The embedded server of one data folder. ``join`` before use, ``leave`` after; both may nest."""

    def __init__(self, data_dir: Path, database: str) -> None:
        self.database = database
        self.data_dir = data_dir
        self.location: Location = location_of(data_dir)
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
        return f"postgresql://{role}@{quote(str(self.location.socket), safe='')}/{database}"

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
                self._held = locks.hold(self.location)
            self._joined += 1
            locks.have_watched(self.location, self.data_dir)

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
            if not locks.is_used(self.location):
                self._stop()

    def stop(self) -> bool:
        """Stop the server unless somebody uses it. Returns whether it is stopped."""
        with self._mine, self._alone():
            if locks.is_used(self.location):
                return False
            self._stop()
            return True

    @property
    def described(self) -> str:
        return self.location.described

    def answers(self) -> bool:
        """Whether something listens on the socket; cheap enough to ask every second."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            try:
                probe.connect(str(self.location.socket / SOCKET_NAME))
            except OSError:
                return False
            return True

    def revive(self) -> None:
        """Start the server again if it is down, for those who use it."""
        if not self.answers():
            self.ensure()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.location = prepare(self.location, self.data_dir)
        with locks.alone(self.location):
            yield

    def _ensure(self) -> None:
        if process.postmaster(self.location) is not None and self._settled():
            return
        process.check_version(self.location)
        if not process.initialised(self.location):
            process.create(self.location)
            if self.location.account is not None:
                print(self.location.described, file=sys.stderr)  # noqa: T201
        self._start()

    def _settled(self) -> bool:
        """Whether a server that runs answers; one that is starting gets time, a deaf one is stopped."""
        deadline = time.monotonic() + 30
        while process.postmaster(self.location) is not None:
            if process.is_ready(self.location):
                return True
            if time.monotonic() > deadline:
                process.stop(self.location)
            time.sleep(0.1)
        return False

    def _start(self) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            if self._server is not None:
                self._server.poll()  # takes a killed server out of the process table
            try:
                self._server = process.start(self.location)
                return
            except process.Died as last_words:
                # After kill -9 the dead server's children may hold its shared memory for a moment.
                if attempt == _ATTEMPTS:
                    raise Refused(
                        f"PostgreSQL does not start: {last_words}. Its log is {self.location.log}.",
                        code="postgres_unavailable",
                    ) from last_words
                time.sleep(0.25 * attempt)

    def _stop(self) -> None:
        process.stop(self.location)
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


def embedded(data_dir: Path, database: str = "") -> Cluster:
    """The cluster of this data folder, one object a process; SITEBOOK_DATABASE may name another database in it."""
    return _cluster(data_dir.resolve(), database or os.environ.get("SITEBOOK_DATABASE") or "sitebook")


@cache
def _cluster(data_dir: Path, database: str) -> Cluster:
    return Cluster(data_dir, database)
