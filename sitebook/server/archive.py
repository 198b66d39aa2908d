"""A backup: one tar file with the database, the files, the secret key, and a manifest that can be checked.

While it is being written it has no name: a process that is killed leaves nothing of it on the disk.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from sitebook.basics.refused import Refused

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.dump"
SECRET_KEY = "secret-key"  # noqa: S105 — the name of the file
FILES = "files"
_CHUNK = 1024 * 1024


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


class Writer:
    """Writes one backup, part by part; what is added is read once and never copied elsewhere."""

    def __init__(self, out: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=out, mode="w")  # noqa: SIM115 — closed in finish
        self._checksums: dict[str, str] = {}

    def add(self, name: str, content: IO[bytes], *, changed_at: float = 0) -> None:
        """``content``: an open file, read from its beginning. ``changed_at``: seconds since 1970."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = content.seek(0, io.SEEK_END), 0o600, int(changed_at)
        content.seek(0)
        read = _Digesting(content)
        self._tar.addfile(info, read)
        self._checksums[name] = read.digest.hexdigest()

    def finish(self, manifest: dict[str, Any]) -> Manifest:
        whole = Manifest(**manifest, checksums=dict(sorted(self._checksums.items())))
        self.add(MANIFEST, io.BytesIO(json.dumps(asdict(whole), indent=1).encode()))
        self._tar.close()
        return whole


class _Digesting:
    """A file that computes the SHA-256 of what is read from it."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content, self.digest = content, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._content.read(size)
        self.digest.update(data)
        return data


def checked(source: Path) -> Manifest:
    """The manifest of a backup, every checksum compared; nothing is unpacked. Raises Refused (bad_backup)."""
    try:
        with tarfile.open(source) as tar:
            said, found = b"", {}
            for member in tar:
                content = tar.extractfile(member) if member.isreg() else None
                if content is None:
                    raise Refused(
                        f"{source} holds {member.name}, which is no file. Nothing was changed.", code="bad_backup"
                    )
                if member.name == MANIFEST:
                    said = content.read()
                else:
                    found[member.name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    except (tarfile.TarError, EOFError) as error:
        raise Refused(f"{source} is not a whole backup of Sitebook: {error}.", code="bad_backup") from error
    return _agreeing(source, _read(source, said), found)


def dump_of(source: Path, into: IO[bytes]) -> None:
    """Copy the dump of the database out of a backup that is ``checked``."""
    with tarfile.open(source) as tar:
        content = tar.extractfile(DATABASE)
        while content and (data := content.read(_CHUNK)):
            into.write(data)
    into.flush()
    into.seek(0)


def unpack_rest(source: Path, into: Path) -> None:
    """Unpack files and secret key, not the dump, of a backup that is ``checked``."""
    with tarfile.open(source) as tar:
        members = [member for member in tar.getmembers() if member.name not in (DATABASE, MANIFEST)]
        tar.extractall(into, members=members, filter="data")
    if (key := into / SECRET_KEY).exists():
        key.chmod(0o600)


def _read(source: Path, text: bytes) -> Manifest:
    try:
        said = json.loads(text)
        return Manifest(**said)
    except (ValueError, TypeError) as error:
        if isinstance(error, TypeError) and isinstance(said, dict) and said.get("format", FORMAT) > FORMAT:
            raise Refused(
                f"{source} was made by a newer Sitebook ({said.get('sitebook')}). Restore it with that.",
                code="bad_backup",
            ) from error
        raise Refused(
            f"{source} is not a backup of Sitebook: its {MANIFEST} is missing or damaged.", code="bad_backup"
        ) from error


def _agreeing(source: Path, manifest: Manifest, found: dict[str, str]) -> Manifest:
    damaged = sorted(part for part, expected in manifest.checksums.items() if found.get(part) != expected)
    if damaged or DATABASE not in manifest.checksums:
        raise Refused(
            f"{source} is damaged: {', '.join(damaged) or DATABASE} is not what was saved. Nothing was changed.",
            code="bad_backup",
        )
    if strangers := sorted(part for part in found if part not in manifest.checksums or not _expected(part)):
        raise Refused(
            f"{source} holds {strangers[0]}, which its manifest does not know. Nothing was changed.", code="bad_backup"
        )
    return manifest


def _expected(part: str) -> bool:
    return part in (DATABASE, SECRET_KEY) or part.startswith(f"{FILES}/")


def files_in(folder: Path) -> Iterator[Path]:
    """The documents' bytes: not what is being written, nor previews, which are drawn again when they are asked for."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if "previews" not in inner.parts and not inner.name.endswith(".part") and path.is_file():
            yield path
