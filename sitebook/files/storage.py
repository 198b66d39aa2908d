"""The bytes of documents: each content once, under its SHA-256, in the data folder's ``files``."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

# What is being written; a backup leaves these out.
DRAFT = ".part"
PREVIEW = ".webp"
_CONTENT = re.compile(rf"[0-9a-f]{{64}}({re.escape(PREVIEW)})?")
REST = timedelta(days=1)
"""How long bytes that no document names are left alone: the request that wrote them may still be running."""


@dataclass(frozen=True)
class Draft:
    """Bytes on the disk of the data, not yet kept, and the place where a preview of them may be written."""

    path: Path
    preview: Path
    sha256: str
    size: int


def folder() -> Path:
    return _made(Path(settings.FILES_DIR))


def uploads() -> Path:
    """Where requests put what they receive."""
    return _made(Path(settings.FILE_UPLOAD_TEMP_DIR))


def path_of(sha256: str) -> Path:
    return Path(settings.FILES_DIR) / sha256[:2] / sha256


def preview_of(sha256: str) -> Path:
    """Not in backups: previews are made again when they are asked for."""
    return Path(settings.FILES_DIR) / "previews" / f"{sha256}{PREVIEW}"


@contextmanager
def draft(chunks: Iterable[bytes]) -> Iterator[Draft]:
    """Write bytes beside the kept ones; what has not been kept at the end goes.

    The file is locked for as long, which tells it from one whose process was killed.
    """
    number, name = tempfile.mkstemp(suffix=DRAFT, dir=folder())
    path, preview = Path(name), Path(name).with_suffix(f"{PREVIEW}{DRAFT}")
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(number, "wb") as out:
            fcntl.flock(out, fcntl.LOCK_SH)
            for chunk in chunks:
                digest.update(chunk)
                size += out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
            yield Draft(path, preview, digest.hexdigest(), size)
    finally:
        path.unlink(missing_ok=True)
        preview.unlink(missing_ok=True)


def keep(made: Draft) -> None:
    """Put a draft into its place for good. Until the transaction ends, nobody takes these bytes away."""
    _lock(made.sha256, shared=True)
    place = path_of(made.sha256)
    if place.exists():
        os.utime(place)
    else:
        _move(made.path, place)
    keep_preview(made.preview, made.sha256)


def keep_preview(made: Path, sha256: str) -> None:
    """Put a preview into its place, if there is one."""
    if made.exists():
        _move(made, preview_of(sha256))


def let_go(hashes: Iterable[str]) -> int:
    """Delete the bytes and previews that no document names any more. Returns how many contents went.

    Runs as Sitebook itself, each in a transaction of its own: an upload of the same bytes either
    came first and is seen, or waits and then finds them gone.
    """
    gone = 0
    for sha256 in sorted(set(hashes)):
        with transaction.atomic():
            _lock(sha256, shared=False)
            if not named([sha256]):
                gone += path_of(sha256).exists()
                path_of(sha256).unlink(missing_ok=True)
                preview_of(sha256).unlink(missing_ok=True)
    return gone


def sweep(*, now: datetime) -> int:
    """Delete what no document names, a day after it was written: rolled-back uploads, drafts of a process
    that died. Returns how many files went."""
    left = [path for path in _left() if _age(path, now) > REST]
    return _let_go_of(left, _contents(left))


def sweep_after_a_kill() -> int:
    """Delete what no document names, however new. Returns how many files went.

    For who is about to serve this folder alone: requests that wrote here are gone with the server before. What
    another command writes meanwhile is locked; a content whose transaction is still open is waited for.
    """
    left = list(_left())
    return _let_go_of(left, _contents(left))


@dataclass(frozen=True)
class Unnamed:
    """Files that no document names, and their bytes."""

    files: int
    bytes: int


def without_document() -> Unnamed:
    """What is kept and no document names: of uploads that are under way, and of those that were broken off."""
    left = list(_left())
    contents = _contents(left)
    wanted = named(contents)
    idle = [path for path in left if path.name.removesuffix(PREVIEW) not in wanted]
    return Unnamed(len(idle), sum(_size(path) for path in idle))


def _let_go_of(left: Iterable[Path], contents: set[str]) -> int:
    drafts = [path for path in left if _is_draft(path)]
    for path in drafts:
        path.unlink(missing_ok=True)
    return len(drafts) + let_go(contents - named(contents))


def _contents(left: Iterable[Path]) -> set[str]:
    return {path.name.removesuffix(PREVIEW) for path in left if not _is_draft(path)}


def _left() -> Iterator[Path]:
    """Contents, previews, and the drafts that nobody is writing; what somebody else put there is let alone."""
    for path in _all():
        if _is_draft(path):
            if not _is_being_written(path):
                yield path
        elif _CONTENT.fullmatch(path.name):
            yield path


def _is_draft(path: Path) -> bool:
    return path.name.endswith(DRAFT) or path.parent == uploads()


def _is_being_written(path: Path) -> bool:
    """Whether the process that writes this draft, or the draft of this preview, is alive."""
    own = path.with_name(path.name.removesuffix(DRAFT).removesuffix(PREVIEW) + DRAFT)
    try:
        with own.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def named(hashes: Iterable[str]) -> set[str]:
    """Which of these any document names. Only without a person acting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM files_named(%s)", [sorted(hashes)])
        return {row[0] for row in cursor.fetchall()}


def _all() -> Iterator[Path]:
    for place in (folder(), uploads()):
        yield from (path for path in place.rglob("*") if path.is_file())


def _age(path: Path, now: datetime) -> timedelta:
    try:
        return now - datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)
    except FileNotFoundError:
        return timedelta()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _move(source: Path, place: Path) -> None:
    """Appears whole or not at all, also when the power fails."""
    _made(place.parent)
    source.replace(place)
    handle = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _made(place: Path) -> Path:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _lock(sha256: str, *, shared: bool) -> None:
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended('files ' || %s, 0))", [sha256])
