"""One PostgreSQL server process: make its data, start it, ask it, stop it. No locking here."""

# ruff: noqa: S603 — only programs of our own choice are run, without a shell
from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from sitebook.basics.refused import Refused
from sitebook.embedded.location import (
    MAJOR,
    SOCKET_NAME,
    Location,
    drop_other_programs,
    package_bin,
    server_programs,
)

SUPERUSER = "postgres"
_START_SECONDS = 300
_STOP_SECONDS = 60
_LOG_BYTES = 5_000_000
# For a small machine that does other things too; kept in postgresql.conf, where they may be changed.
_TUNING = {
    "shared_buffers": "256MB",
    "max_connections": "60",
    "jit": "off",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "fsync": "on",
}


class Died(Exception):
    """The server ended while starting; a further try may succeed."""


def check_version(location: Location) -> None:
    """Refuse programs and data of another major version."""
    programs = package_bin("postgres")
    try:
        said = subprocess.run([programs, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Refused(f"PostgreSQL cannot be run from {programs}: {error}.", code="postgres_unavailable") from error
    found = re.search(r"(\d+)[.\w]*", said.split(")")[-1])
    if not found or int(found[1]) != MAJOR:
        raise Refused(f"{programs} is {said.strip()}; Sitebook needs PostgreSQL {MAJOR}.", code="postgres_unavailable")
    version_file = location.data / "PG_VERSION"
    if version_file.exists() and (kept := version_file.read_text().strip()) != str(MAJOR):
        raise Refused(
            f"The data in {location.data} were made by PostgreSQL {kept}; this Sitebook brings PostgreSQL {MAJOR}. "
            "Nothing was changed. Make a backup with the Sitebook that made them, "
            "and restore it with this one into an empty data folder.",
            code="postgres_unavailable",
        )


def initialised(location: Location) -> bool:
    """Whether the cluster has its data."""
    return (location.data / "PG_VERSION").exists()


def create(location: Location) -> None:
    """Make the data folder. Half a folder of an interrupted run is thrown away."""
    draft = location.base / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    command: list[str | Path] = [server_programs(location) / "initdb", "--pgdata", draft, "--username", SUPERUSER]
    command += ["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    # No passwords: only the owner of the 0700 socket folder (and root) can reach the socket
    # at all, and whoever is that user can read the files of the database anyway.
    command += ["--auth-local", "trust", "--auth-host", "reject", "--data-checksums"]
    for name, value in _TUNING.items():
        command += ["--set", f"{name}={value}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **_as(location))
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise Refused(
            f"PostgreSQL could not make its data in {location.base}: {' '.join(last)}", code="postgres_unavailable"
        )
    draft.rename(location.data)


def start(location: Location) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers, recovery included. Raises Died or Refused (postgres_unavailable)."""
    _drop_stale_pid_files(location)
    programs = server_programs(location)
    drop_other_programs(location, programs)
    if location.log.exists() and location.log.stat().st_size > _LOG_BYTES:
        location.log.replace(location.log.with_suffix(".log.1"))
    command: list[str | Path] = [
        programs / "postgres",
        "-D",
        location.data,
        "-c",
        "listen_addresses=",
        "-c",
        "port=5432",
    ]
    command += ["-c", f"unix_socket_directories={location.socket}", "-c", "unix_socket_permissions=0700"]
    # For the owner only: an error's statement may hold what somebody typed.
    with os.fdopen(os.open(location.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as log:
        # A session of its own: Ctrl-C in the terminal is for the web server, which stops this one in order.
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **_as(location)
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if is_ready(location):
            return process
        if process.poll() is not None:
            raise Died(_last_words(location))
        time.sleep(0.05)
    raise Refused(
        f"PostgreSQL did not get ready in {_START_SECONDS} seconds; its log is {location.log}.",
        code="postgres_unavailable",
    )


def stop(location: Location) -> None:
    """Stop the server if one runs: open transactions are rolled back, then by force after a minute."""
    for how, seconds in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        pid = postmaster(location)
        if pid is None:
            return
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while postmaster(location) == pid and time.monotonic() < deadline:
            time.sleep(0.02)


def is_ready(location: Location) -> bool:
    """Whether the server answers. ``pg_ctl status`` would call a zombie running."""
    command: list[str | Path] = [
        package_bin("pg_isready"),
        "-q",
        "-t",
        "3",
        "-h",
        location.socket,
        "-p",
        "5432",
        "-d",
        "postgres",
    ]
    if not (location.socket / SOCKET_NAME).exists():
        return False
    return subprocess.run(command, check=False, env=_clean_environment()).returncode == 0


def postmaster(location: Location) -> int | None:
    """The process number of the live server of this data folder; zombies and strangers do not count."""
    try:
        lines = (location.data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    # By the folder it was given: a number used again may be another cluster's server.
    return pid if f" -D {location.data} " in _command_of(pid) else None


def _command_of(pid: int) -> str:
    """The program and arguments of a live process; a zombie has none."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except OSError:
            return ""
    command = ["/bin/ps", "-ww", "-o", "stat=,command=", "-p", str(pid)]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return "" if listed.startswith("Z") else listed


def _drop_stale_pid_files(location: Location) -> None:
    """A file that names a dead process, or by now another program's, would keep the server from starting.

    PostgreSQL itself still refuses while orphaned backends hold the old shared memory.
    """
    if postmaster(location) is None:
        (location.data / "postmaster.pid").unlink(missing_ok=True)
        (location.socket / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def _last_words(location: Location) -> str:
    with location.log.open("rb") as log:
        log.seek(max(0, location.log.stat().st_size - 4000))
        lines = log.read().decode(errors="replace").splitlines()
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "could not" in line]
    return (telling or lines or ["no message"])[-1]


def _clean_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _as(location: Location) -> dict[str, Any]:
    settings: dict[str, Any] = {"env": _clean_environment(), "cwd": location.base, "umask": 0o077}
    if location.account is not None:
        settings |= {"user": location.account.uid, "group": location.account.gid, "extra_groups": []}
    return settings
