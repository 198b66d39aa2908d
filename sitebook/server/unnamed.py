"""Files that have no name until they are whole, so that a process that is killed leaves nothing of them.

Where a disk knows no such files (network shares, macOS), what will be the backup has a name while it is written, and
a note in the data folder tells of it. The note is locked for as long as its process lives; the kernel lets go of
the lock however that ends, and ``sweep`` then takes away both.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

NOTE = "unfinished-backup."
# What backups of earlier versions put together in the data folder; this one makes none.
_FOLDERS_BEFORE = "backup.*"
_KNOWS_NONE = {errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL, errno.ENOTSUP}


def unnamed(folder: Path) -> IO[bytes]:
    """A file on the disk of the folder which only this process and its children can open."""
    return tempfile.TemporaryFile(dir=folder)


@contextmanager
def appearing(target: Path, *, data_dir: Path) -> Iterator[IO[bytes]]:
    """A file that has the name ``target`` once it is whole and on the disk, and before that none.

    For its owner only. Raises FileExistsError: nothing is overwritten, whoever made it meanwhile.
    """
    number = _without_name(target.parent)
    if number is None:
        with _noted(target, data_dir) as draft:
            number = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "w+b") as out:
                yield out
                _written(out)
            os.link(draft, target)
    else:
        with os.fdopen(number, "w+b") as out:
            yield out
            _written(out)
            _name(number, target)
    on_disk(target.parent)


def sweep(data_dir: Path) -> int:
    """Take away what backups that were killed left. Returns how many there were; one that runs keeps its own."""
    notes = [note for note in data_dir.glob(f"{NOTE}*") if _abandoned(note)]
    folders = [folder for folder in data_dir.glob(_FOLDERS_BEFORE) if folder.is_dir()]
    for folder in folders:
        shutil.rmtree(folder)
    keys = [draft for draft in data_dir.glob("secret-key.*") if _is_of_the_dead(draft)]
    for draft in keys:
        draft.unlink(missing_ok=True)
    return len(notes) + len(folders) + len(keys)


def left_behind(data_dir: Path) -> list[Path]:
    """What ``sweep`` would look at, only to be told of."""
    return sorted([*data_dir.glob(f"{NOTE}*"), *data_dir.glob(_FOLDERS_BEFORE)])


def _without_name(folder: Path) -> int | None:
    if not hasattr(os, "O_TMPFILE") or not Path("/proc/self/fd").is_dir():
        return None
    try:
        return os.open(folder, os.O_RDWR | os.O_TMPFILE, 0o600)
    except OSError as error:
        if error.errno in _KNOWS_NONE and folder.is_dir():
            return None
        raise


def _name(number: int, target: Path) -> None:
    folder = os.open(target.parent, os.O_RDONLY)
    try:  # with dst_dir_fd, for only then is the link in /proc followed
        os.link(f"/proc/self/fd/{number}", target.name, dst_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


@contextmanager
def _noted(target: Path, data_dir: Path) -> Iterator[Path]:
    token = secrets.token_hex(8)
    draft, note = target.with_name(f"{target.name}.{token}.part"), data_dir / f"{NOTE}{token}"
    held = _held(note)
    try:
        os.write(held, os.fsencode(draft))
        os.fsync(held)
        yield draft
    finally:
        draft.unlink(missing_ok=True)
        note.unlink(missing_ok=True)
        os.close(held)


def _held(note: Path) -> int:
    while True:
        held = os.open(note, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(held, fcntl.LOCK_EX)
        if note.exists() and os.stat(note).st_ino == os.fstat(held).st_ino:
            return held
        os.close(held)  # swept between the two


def _is_of_the_dead(draft: Path) -> bool:
    """Whether the process that drew this secret key, named in its ending, is gone."""
    ending = draft.suffix[1:]
    if not (ending.isascii() and ending.isdigit()):
        return False
    try:
        os.kill(int(ending), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


def _abandoned(note: Path) -> bool:
    """Whether the process of this note is gone; then its draft and the note go."""
    try:
        held = os.open(note, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        if draft := os.read(held, 65536):
            Path(os.fsdecode(draft)).unlink(missing_ok=True)
        note.unlink(missing_ok=True)
        return True
    finally:
        os.close(held)


def _written(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def on_disk(path: Path) -> None:
    """Wait until a file or a folder's list of names is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
