"""Saves a running Sitebook into a backup and brings one back: the database of one moment, files, secret key."""

from __future__ import annotations

import importlib.metadata
import io
import os
import subprocess
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
from psycopg import sql

from sitebook.basics.refused import Refused
from sitebook.config.database import Server
from sitebook.embedded.location import MAJOR
from sitebook.server import archive, staged_restore
from sitebook.server.archive import Manifest
from sitebook.server.unnamed import appearing, sweep, unnamed

# Filled by the migrations themselves, or of no worth without the moment they belong to.
_BOOKKEEPING = ("django_migrations", "django_content_type", "auth_permission", "django_session")
_QUEUE = "procrastinate_"


def save(server: Server, target: Path, *, data_dir: Path, now: datetime) -> Manifest:
    """Write everything into ``target``, while others work. Raises Refused (backup_failed)."""
    if target.exists():
        raise Refused(
            f"{target} exists already. Choose another name; backups are never overwritten.", code="backup_failed"
        )
    if not target.parent.is_dir():
        raise Refused(f"The folder {target.parent} does not exist. Make it first.", code="backup_failed")
    _must_speak_tls(server)
    sweep(data_dir)
    try:
        return _write(server, target, data_dir=data_dir, now=now)
    except OSError as error:
        if isinstance(error, FileExistsError):
            raise Refused(f"{target} exists by now. Nothing was overwritten.", code="backup_failed") from error
        raise Refused(
            f"{target} could not be written: {error.strerror or error}. Nothing of it was kept.", code="backup_failed"
        ) from error


def _write(server: Server, target: Path, *, data_dir: Path, now: datetime) -> Manifest:
    with unnamed(data_dir) as dump, psycopg.connect(server.owner_url) as connection:
        # The dump sees the same moment as the counts, whatever is written meanwhile.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = str(_one(connection, "SELECT pg_export_snapshot()"))
        manifest = {
            "made_at": now.isoformat(timespec="seconds"),
            "sitebook": importlib.metadata.version("sitebook"),
            "postgresql": connection.info.server_version // 10000,
            "database": connection.info.dbname,
            "counts": _counts(connection),
            "migrations": _migrations(connection),
        }
        options = ("--format=custom", "--no-owner", "--no-privileges", "--no-policies", "--no-comments")
        _run(server, "pg_dump", *options, f"--snapshot={snapshot}", into=dump, code="backup_failed")
        connection.rollback()
        with appearing(target, data_dir=data_dir) as out:
            whole = archive.Writer(out)
            whole.add(archive.DATABASE, dump)
            # After the dump: every file the dump names is there by now.
            for path in archive.files_in(files := data_dir / archive.FILES):
                with suppress(FileNotFoundError), path.open("rb") as content:  # erased or swept meanwhile
                    name = f"{archive.FILES}/{path.relative_to(files)}"
                    whole.add(name, content, changed_at=os.fstat(content.fileno()).st_mtime)
            key = data_dir / archive.SECRET_KEY
            if key.exists() and not os.environ.get("SITEBOOK_SECRET_KEY"):
                whole.add(archive.SECRET_KEY, io.BytesIO(key.read_bytes()))
            return whole.finish(manifest)


def settle(server: Server, data_dir: Path) -> str:
    """Finish or forget a restore that was killed. Returns what became of it. Raises Refused (restore_runs)."""
    return staged_restore.settle(data_dir, server.owner_url, _counts)


def bring_back(server: Server, source: Path, *, data_dir: Path) -> Manifest:
    """Restore into an empty database and data folder, whole or not at all, also when it is killed.
    Raises Refused (bad_backup, restore_target_not_empty, restore_failed).

    The caller migrates afterwards: row policies and rights are made anew by the code, for
    whatever the database is called here.
    """
    _must_be_empty(server, data_dir)
    _must_speak_tls(server)
    sweep(data_dir)
    manifest = archive.checked(source)
    _must_be_readable(source, manifest)
    stage = staged_restore.Stage(data_dir)
    try:
        with unnamed(data_dir) as dump:
            archive.dump_of(source, dump)
            stage.fill(source, manifest)
            _restore(server, dump, manifest)
    except BaseException as fault:
        with suppress(psycopg.Error):  # a database that is away: the next start does it
            staged_restore.finish_or_forget(stage, server.owner_url, _counts)
        if isinstance(fault, OSError):
            text = f"{source} could not be restored: {fault.strerror or fault}. Nothing was changed."
            raise Refused(text, code="restore_failed") from fault
        raise
    stage.put_in_place()
    return manifest


def _restore(server: Server, dump: IO[bytes], manifest: Manifest) -> None:
    """Raises Refused (restore_failed); the database is empty then."""
    with psycopg.connect(server.owner_url) as connection:
        _drop_everything(connection)
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-policies")
    _run(server, "pg_restore", *options, "--dbname", _database(server.owner_url), source=dump, code="restore_failed")
    with psycopg.connect(server.owner_url) as connection:
        found = _counts(connection)
        if wrong := [t for t, count in manifest.counts.items() if found.get(t) != count]:
            _drop_everything(connection)
            connection.commit()
            raise Refused(
                f"The table {wrong[0]} has {found.get(wrong[0])} rows instead of {manifest.counts[wrong[0]]}. "
                "The database was emptied again.",
                code="restore_failed",
            )


def _must_be_empty(server: Server, data_dir: Path) -> None:
    with psycopg.connect(server.owner_url) as connection:
        counts = _counts(connection)
    filled = [t for t, n in counts.items() if n and t not in _BOOKKEEPING and not t.startswith(_QUEUE)]
    if filled:
        raise Refused(
            f"The database is not empty: {filled[0]} has {counts[filled[0]]:,} rows. Restore into an empty one "
            "(set SITEBOOK_DATA_DIR to a new folder, or DATABASE_URL to a new database). Nothing was changed.",
            code="restore_target_not_empty",
        )
    files = data_dir / "files"
    if files.is_dir() and any(files.iterdir()):
        raise Refused(f"The folder {files} is not empty. Nothing was changed.", code="restore_target_not_empty")


def _must_be_readable(source: Path, manifest: Manifest) -> None:
    if manifest.postgresql > MAJOR:
        raise Refused(
            f"{source} was made with PostgreSQL {manifest.postgresql}; this Sitebook has {MAJOR}. Nothing was changed.",
            code="bad_backup",
        )
    from django.db.migrations.loader import MigrationLoader

    from sitebook.server.schema import FROM_0_1_0, OF_0_1_0

    if ".".join(OF_0_1_0) in manifest.migrations:
        raise Refused(f"{source} {FROM_0_1_0}", code="bad_backup")

    loader = MigrationLoader(None)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    ours = {app for app, _ in loader.disk_migrations}
    if ahead := [m for m in manifest.migrations if m not in known and m.partition(".")[0] in ours]:
        raise Refused(
            f"{source} was made by a newer Sitebook ({manifest.sitebook}; {ahead[0]} is not known here). "
            "Restore it with that version. Nothing was changed.",
            code="bad_backup",
        )


def _counts(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows by table, partitions counted in their parent."""
    tables = connection.execute(
        "SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace "
        "AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname"
    ).fetchall()
    count = sql.SQL("SELECT count(*) FROM {}")
    return {t: int(_one(connection, count.format(sql.Identifier(t)))) for (t,) in tables}


def _migrations(connection: psycopg.Connection[Any]) -> list[str]:
    if _one(connection, "SELECT to_regclass('django_migrations')") is None:
        raise Refused("The database is empty; there is nothing to save.", code="backup_failed")
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id").fetchall()
    return [row[0] for row in rows]


def _drop_everything(connection: psycopg.Connection[Any]) -> None:
    """Take away the empty tables of an earlier migrate; the dump brings its own."""
    connection.execute("DROP SCHEMA public CASCADE")
    connection.execute("CREATE SCHEMA public")


def _one(connection: psycopg.Connection[Any], statement: Any) -> Any:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None


def _must_speak_tls(server: Server) -> None:
    """The package's pg_dump is built without TLS. Raises Refused (backup_failed) where the address demands it."""
    mode = parse_qs(urlsplit(server.owner_url).query).get("sslmode", [""])[0]
    if mode in {"require", "verify-ca", "verify-full"} and not os.environ.get("SITEBOOK_POSTGRES_BIN"):
        raise Refused(
            f"The database demands TLS (sslmode={mode}), which the pg_dump that comes with Sitebook does not speak. "
            "Install the client programs of PostgreSQL 18 (Debian: postgresql-client-18) and set "
            "SITEBOOK_POSTGRES_BIN to their folder, such as /usr/lib/postgresql/18/bin.",
            code="backup_failed",
        )


def _run(
    server: Server,
    program: str,
    *arguments: str,
    code: str,
    source: IO[bytes] | None = None,
    into: IO[bytes] | None = None,
) -> None:
    """``source``, ``into``: open files it reads from and writes to. Raises Refused (``code``)."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    # In the environment, not among the arguments, which every user of the machine can list.
    if password := urlsplit(server.owner_url).password:
        env["PGPASSWORD"] = unquote(password)
    target = () if program == "pg_restore" else ("--dbname", _database(server.owner_url))
    command = [str(server.bin(program)), *arguments, *target]
    done = subprocess.run(  # noqa: S603 — our own programs
        command,
        stdin=source or subprocess.DEVNULL,
        stdout=into or subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
        check=False,
    )
    if done.returncode:
        last = " ".join((done.stderr.strip() or f"ended with {done.returncode}").splitlines()[-3:])
        if "SSL" in last:
            last += " (the programs that come with Sitebook have no TLS: set SITEBOOK_POSTGRES_BIN)"
        raise Refused(f"{program} failed: {last}", code=code)


def _database(url: str) -> str:
    """The address without its password."""
    password = urlsplit(url).password
    return url.replace(f":{password}@", "@", 1) if password else url
