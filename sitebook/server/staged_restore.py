"""A restore in steps, each of which may be the last: what a killed one left is finished or forgotten at the next start.

The database is brought back in one transaction. Files and secret key wait in a folder until that is committed, and
are moved into place afterwards. A mark on the disk says that a restore is under way, and of which backup.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from sitebook.basics.refused import Refused
from sitebook.server import archive
from sitebook.server.archive import Manifest
from sitebook.server.lock import serving_process
from sitebook.server.unnamed import on_disk

Counts = Callable[[psycopg.Connection[Any]], dict[str, int]]
_PATIENCE = 60  # seconds for what a killed pg_restore still does in the database


@dataclass(frozen=True)
class Stage:
    """Where a restore keeps what is not in its place yet."""

    data_dir: Path

    @property
    def folder(self) -> Path:
        return self.data_dir / "restored"

    @property
    def mark(self) -> Path:
        return self.data_dir / "restoring"

    @property
    def is_there(self) -> bool:
        return self.folder.exists() or self.mark.exists()

    @property
    def said(self) -> dict[str, Any]:
        """The mark: ``source``, the backup, and ``counts``, its rows by table. Empty before all is unpacked."""
        return dict(json.loads(self.mark.read_text())) if self.mark.exists() else {}

    def fill(self, source: Path, manifest: Manifest) -> None:
        """Unpack files and key, and say so on the disk."""
        self.folder.mkdir(mode=0o700)
        archive.unpack_rest(source, self.folder)
        for path in (*self.folder.rglob("*"), self.folder):
            on_disk(path)
        draft = self.folder / "mark"
        draft.touch(mode=0o600)
        with draft.open("w") as out:
            json.dump({"source": str(source), "counts": manifest.counts}, out)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(self.mark)
        on_disk(self.data_dir)

    def put_in_place(self) -> None:
        """The database holds the restored data: files and key join it. May be repeated after a kill."""
        files, key = self.folder / archive.FILES, self.folder / archive.SECRET_KEY
        if files.is_dir():
            files.replace(self.data_dir / archive.FILES)  # in place of an empty folder only, the system sees to that
        if key.exists():
            key.replace(self.data_dir / archive.SECRET_KEY)
        on_disk(self.data_dir)
        self.forget()

    def forget(self) -> None:
        """Nothing of this restore stays. The mark goes last: without it nobody would look again."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.mark.unlink(missing_ok=True)


def settle(data_dir: Path, owner_url: str, counts: Counts) -> str:
    """Finish or forget a restore that was killed. Returns what became of it, or "" when there was none.

    Raises Refused (restore_runs) while one is running.
    """
    stage = Stage(data_dir)
    if not stage.is_there:
        return ""
    if (process := serving_process(data_dir)) is not None:
        if not stage.is_there:  # it came to its end while we looked
            return ""
        raise Refused(
            f"A restore into {data_dir} is running (process {process}). Wait until it has ended.", code="restore_runs"
        )
    of = f" of {source}" if (source := stage.said.get("source")) else ""
    if finish_or_forget(stage, owner_url, counts):
        return (
            f"A restore{of} was killed when its database was in place already. "
            "It has been finished now: this Sitebook holds the restored data, whole."
        )
    return (
        f"A restore{of} was killed before its data were in place. "
        "Nothing of it is here: this Sitebook is as empty as before. Restore again."
    )


def finish_or_forget(stage: Stage, owner_url: str, counts: Counts) -> bool:
    """Whether the database holds the restored data; files and key then join it, else they go."""
    wanted = stage.said.get("counts", {})
    if done := bool(wanted) and _is_in(owner_url, wanted, counts):
        stage.put_in_place()
    else:
        stage.forget()
    return done


def _is_in(owner_url: str, wanted: dict[str, int], counts: Counts) -> bool:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        _end_the_killed_one(connection)
        found = counts(connection)
    return all(found.get(table) == count for table, count in wanted.items())


def _end_the_killed_one(connection: psycopg.Connection[Any]) -> None:
    """Its session may go on in the server for a while; whether it commits must be known before we look."""
    theirs = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pg_restore'"
    deadline = time.monotonic() + _PATIENCE
    while connection.execute(f"SELECT pg_terminate_backend(pid) {theirs}").fetchall():
        if time.monotonic() > deadline:
            raise Refused("A killed restore is still at work in the database. Try again.", code="restore_runs")
        time.sleep(0.1)
