"""A backup: one tar file with the database, the files, the secret key, and a manifest that can be checked."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sitebook.basics.refused import Refused

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.dump"
SECRET_KEY = "secret-key"  # noqa: S105 — the name of the file
FILES = "files"


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. ``counts``: rows by table; ``checksums``: SHA-256 by path in the archive."""

    made_at: str
    sitebook: str
    postgresql: int
    database: str
    counts: dict[str, int]
    migrations: list[str]
    checksums: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


def write(target: Path, *, folder: Path, manifest: dict[str, Any]) -> Manifest:
    """Pack ``folder`` into ``target``, which appears whole or not at all, readable by its owner only."""
    parts = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    whole = Manifest(**manifest, checksums={str(part): checksum(folder / part) for part in parts})
    (folder / MANIFEST).write_text(json.dumps(asdict(whole), indent=1))
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                for part in (Path(MANIFEST), *parts):
                    tar.add(folder / part, arcname=str(part))
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return whole


@contextmanager
def opened(source: Path, *, near: Path) -> Iterator[tuple[Path, Manifest]]:
    """The unpacked backup in a folder that goes away afterwards, every checksum compared.

    Raises Refused (bad_backup).
    """
    with unpacking_folder(near) as folder:
        try:
            with tarfile.open(source) as tar:
                tar.extractall(folder, filter="data")
        except (tarfile.TarError, EOFError) as error:
            raise Refused(f"{source} is not a whole backup of Sitebook: {error}.", code="bad_backup") from error
        yield folder, _checked(source, folder)


@contextmanager
def unpacking_folder(near: Path) -> Iterator[Path]:
    """A folder for the owner only, on the disk of the data and not in the system's small /tmp."""
    folder = Path(tempfile.mkdtemp(prefix="backup.", dir=near))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def checksum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _checked(source: Path, folder: Path) -> Manifest:
    try:
        said = json.loads((folder / MANIFEST).read_text())
        manifest = Manifest(**said)
    except (OSError, ValueError, TypeError) as error:
        if isinstance(error, TypeError) and said.get("format", FORMAT) > FORMAT:
            raise Refused(
                f"{source} was made by a newer Sitebook ({said.get('sitebook')}). Restore it with that.",
                code="bad_backup",
            ) from error
        raise Refused(
            f"{source} is not a backup of Sitebook: its {MANIFEST} is missing or damaged.", code="bad_backup"
        ) from error
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    damaged = sorted(
        part
        for part, expected in manifest.checksums.items()
        if part not in found or checksum(folder / part) != expected
    )
    if damaged or DATABASE not in manifest.checksums:
        raise Refused(
            f"{source} is damaged: {', '.join(damaged) or DATABASE} is not what was saved. Nothing was changed.",
            code="bad_backup",
        )
    if strangers := sorted(found - set(manifest.checksums)):
        raise Refused(
            f"{source} holds {strangers[0]}, which its manifest does not know. Nothing was changed.", code="bad_backup"
        )
    return manifest
