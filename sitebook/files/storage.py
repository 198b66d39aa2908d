"""The bytes of documents: each content once, under its SHA-256, in the data folder's ``files``."""

from __future__ import annotations

import hashlib
import os
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
    return Path(settings.FILES_DIR) / "previews" / f"{sha256}.webp"


@contextmanager
def draft(chunks: Iterable[bytes]) -> Iterator[Draft]:
    """Write bytes beside the kept ones; what has not been kept at the end goes."""
    number, name = tempfile.mkstemp(suffix=DRAFT, dir=folder())
    path, preview = Path(name), Path(name).with_suffix(f".webp{DRAFT}")
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(number, "wb") as out:
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
    old = [path for path in _all() if _age(path, now) > REST]
    drafts = [path for path in old if path.name.endswith(DRAFT) or path.parent == uploads()]
    for path in drafts:
        path.unlink(missing_ok=True)
    hashes = {path.name.removesuffix(".webp") for path in old if path not in drafts}
    return len(drafts) + let_go(hashes - named(hashes))


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
