"""kill -9 during backups, restores and uploads: what is left on the disk, what of it can be read, and when it goes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from drills.house import Failed, House, Session
from sitebook.server import archive

MARKER = b"Plain words of the drill"
ROWS, DOCUMENTS, UPLOAD = 40, 12, 8 * 1024 * 1024
# How the own places of the data folder begin: PostgreSQL's, the key, the documents, what is being received.
OWN = ("postgres", "secret-key", "files", "uploads", "serving", "restored", "restoring")


@dataclass
class Place:
    """A house with marked rows and documents, and folders of its own for what leaves it."""

    house: House
    outside: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="sitebook-drill-out.")))
    saved: Path = field(init=False)
    documents: str = ""  # the address of the tab files are sent to

    def __post_init__(self) -> None:
        self.saved = self.outside / "whole.tar"
        (self.outside / "tmp").mkdir()

    @property
    def environment(self) -> dict[str, str]:
        return self.house.environment | {"TMPDIR": str(self.outside / "tmp")}

    def files(self, folder: Path) -> dict[Path, int]:
        """Every file of a data folder and outside it, PostgreSQL's own left out, with its size."""
        found: dict[Path, int] = {}
        for top in (folder, self.outside):
            for path in top.rglob("*"):
                with suppress(FileNotFoundError):
                    if path.is_file() and "postgres" not in path.relative_to(top).parts:
                        found[path] = path.stat().st_size
        return found


@dataclass
class Left:
    """What one kind of kill left over all its rounds. ``moments``: seconds after the beginning."""

    what: str
    moments: list[float] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    kinds: set[str] = field(default_factory=set)
    after: set[str] = field(default_factory=set)
    ended_before: int = 0

    def saw(self, folder: Path, before: dict[Path, int], now: dict[Path, int]) -> None:
        new = [path for path in now if path not in before]
        self.files += len(new)
        self.bytes += sum(now[path] for path in new)
        self.kinds |= {_kind(path, folder) for path in new}

    def __str__(self) -> str:
        where = ", ".join(sorted(self.kinds)) or "nothing"
        when = ", ".join(sorted(self.after)) or "nothing was left to go"
        span = f"{min(self.moments):.2f} to {max(self.moments):.2f} s"
        return (
            f"{self.what:8} {len(self.moments):3} kills  {span:16} {self.files:4} files {self.bytes:12,} bytes  "
            f"left: {where}; {when}; {self.ended_before} had ended before the kill"
        )


@contextmanager
def marked(house: House) -> Iterator[Place]:
    """Rows and documents that bear a marker, and one whole backup of them. The house is served."""
    place = Place(house)
    try:
        session = house.sign_in()
        session.get("/customers/new/")
        for number in range(ROWS):
            values = {"name": f"{MARKER.decode()} {number}", "kind": "company"}
            status, at = session.post("/customers/new/", values)
            if status not in (302, 303):
                raise Failed(f"adding a customer answered {status}")
        place.documents = f"{at}documents/"
        for number in range(DOCUMENTS):
            _send(place, session, b"%s %d " % (MARKER, number) * 20_000)
        house.command("backup", str(place.saved))
        yield place
    finally:
        shutil.rmtree(place.outside, ignore_errors=True)


def backups_killed(place: Place, rounds: int) -> Left:
    """Nothing is left, whenever it is killed; the next backup is whole."""
    left, house = Left("backup"), place.house
    lasts = _seconds(place, "backup", str(place.outside / "timed.tar"))
    before = place.files(house.folder)
    for number in range(rounds):
        target = place.outside / f"killed {number}.tar"
        moment = _moment(number, rounds, lasts)
        left.moments.append(moment)
        left.ended_before += _killed(place, house.folder, moment, "backup", str(target))
        now = place.files(house.folder)
        if target in now:
            archive.checked(target)
            target.unlink()
            del now[target]
        left.saw(house.folder, before, now)
        _nothing_readable(place, house.folder, before, now)
    if left.files:
        raise Failed(f"killed backups left {sorted(left.kinds)}")
    return left


def restores_killed(place: Place, rounds: int) -> Left:
    """The old data or the new, whole; the next start says which, and takes away the rest."""
    left = Left("restore")
    lasts = _restored(place, None, left)
    for number in range(rounds):
        _restored(place, _moment(number, rounds, lasts), left)
    return left


def uploads_killed(place: Place, rounds: int) -> Left:
    """What is acknowledged is there; all else goes at the next start."""
    left, house = Left("upload"), place.house
    for number in range(rounds):
        session, before = house.sign_in(), place.files(house.folder)
        body = f"{MARKER.decode()} {uuid.uuid4()} ".encode() * (UPLOAD // 64)
        began = time.monotonic()
        thread = threading.Thread(target=_sent_if_possible, args=(place, session, body), daemon=True)
        thread.start()
        time.sleep(_moment(number, rounds, 1.2))
        house.kill_server()
        left.moments.append(time.monotonic() - began)
        thread.join(timeout=60)
        left.ended_before += not _unnamed(house, now := place.files(house.folder), before)
        left.saw(house.folder, before, now)
        _nothing_readable(place, house.folder, before, now)
        house.start()
        if stayed := _unnamed(house, place.files(house.folder), before):
            raise Failed(f"still there after the next start: {stayed}")
        left.after.add("all of it gone at the next start")
    return left


def _restored(place: Place, moment: float | None, left: Left) -> float:
    """Restore into an empty house, killed after some seconds, or not at all. Returns how long that took."""
    house = House()
    try:
        house.command("migrate")
        before = place.files(house.folder)
        if moment is None:
            began = time.monotonic()
            house.command("restore", str(place.saved))
            return time.monotonic() - began
        left.moments.append(moment)
        left.ended_before += _killed(place, house.folder, moment, "restore", str(place.saved))
        now = place.files(house.folder)
        left.saw(house.folder, before, now)
        _nothing_readable(place, house.folder, before, now)
        told = house.told("migrate")
        with house.cluster.running():
            (rows,) = house.rows("SELECT count(*) FROM customers_customer WHERE name LIKE %s", f"{MARKER.decode()} %")[
                0
            ]
        documents = sum(1 for path in (house.folder / "files").rglob("*") if path.is_file())
        key = (house.folder / "secret-key").read_bytes() == (place.house.folder / "secret-key").read_bytes()
        if (rows, documents, key) not in ((0, 0, False), (ROWS, DOCUMENTS, True)):
            raise Failed(f"a restore killed after {moment:.2f} s is half there: {rows}, {documents}, {key}")
        if (new := set(place.files(house.folder)) - set(before)) and not rows:
            raise Failed(f"a restore killed after {moment:.2f} s left {sorted(new)}")
        if (house.folder / "restoring").exists() or (house.folder / "restored").exists():
            raise Failed("a killed restore is still under way")
        said = "said to be finished" if "finished now" in told else "said to be forgotten" if told else "nothing said"
        left.after.add(f"{'new' if rows else 'old'} data whole, {said} at the next start")
        return moment
    finally:
        house.take_down()


def _killed(place: Place, folder: Path, moment: float, *words: str) -> bool:
    """Kill a command with all its children. Returns whether it had ended before."""
    environment = place.environment | {"SITEBOOK_DATA_DIR": str(folder)}
    process = subprocess.Popen(
        place.house.line(*words),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=moment)
    ended = process.poll() is not None
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return ended


def _seconds(place: Place, *words: str) -> float:
    began = time.monotonic()
    place.house.command(*words)
    return time.monotonic() - began


def _moment(number: int, rounds: int, lasts: float) -> float:
    """Spread over the whole time it takes, a little beside the step so that no two runs are alike."""
    return lasts * (number + random.uniform(0.2, 0.8)) / rounds


def _nothing_readable(place: Place, folder: Path, before: dict[Path, int], now: dict[Path, int]) -> None:
    """Raises Failed for a dump, a row, a document or a key outside the own places of the data folder."""
    key = (place.house.folder / "secret-key").read_bytes().strip()
    for path in now:
        if path in before:
            continue
        content = path.read_bytes()
        if path.stat().st_mode & 0o077:
            raise Failed(f"{path} can be read by others")
        own = path.is_relative_to(folder) and path.relative_to(folder).parts[0].startswith(OWN)
        found = [word for word in (MARKER, key, b"PGDMP") if word in content]
        if found and (not own or b"PGDMP" in found):
            raise Failed(f"{path} holds {found} and is no place of its own")


def _unnamed(house: House, now: dict[Path, int], before: dict[Path, int]) -> list[Path]:
    """New files that no document names."""
    new = [path for path in now if path not in before and path.is_relative_to(house.folder)]
    with house.cluster.running():
        named = {row[0] for row in house.rows("SELECT sha256 FROM files_document")}
    return [path for path in new if path.name.removesuffix(".webp") not in named and path.name != "serving"]


def _send(place: Place, session: Session, content: bytes) -> None:
    """Add a document to the marked customer. Raises Failed."""
    session.get(place.documents)
    status = session.send(place.documents, "marked.txt", content)
    if status not in (200, 302, 303):
        raise Failed(f"an upload answered {status}")


def _sent_if_possible(place: Place, session: Session, content: bytes) -> None:
    with suppress(OSError, HTTPException, Failed):
        _send(place, session, content)


def _kind(path: Path, folder: Path) -> str:
    if not path.is_relative_to(folder):
        return f"outside: {path.name}"
    top = path.relative_to(folder).parts[0]
    return f"{top}/{'*' + path.suffix if path.suffix else 'content'}" if top != path.name else top
