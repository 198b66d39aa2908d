"""The tests' databases: a template migrated once for each state of the schema, and a copy of it for each process.

A copy is named after its template and this process. Whoever uses one keeps a connection with that application name.
What nobody names is left over from a run that was killed, or holds an older schema: the next run drops it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql

from sitebook.basics.database_roles import ensure_roles, role_names
from sitebook.embedded.cluster import Cluster, embedded
from sitebook.server.schema import migrate
from tests.server import DATABASE, SERVER, TEMPLATE

# Nothing here outlives a crash of the machine; who has had one removes the server's folder.
_QUICK = ("fsync", "synchronous_commit", "full_page_writes")
_LOCK = 7_391_402


@contextmanager
def own_copy() -> Iterator[Cluster]:
    """This process's database, on a running server; dropped afterwards."""
    server = embedded(SERVER, TEMPLATE)
    with (
        server.running(),
        psycopg.connect(server.superuser_url, autocommit=True, application_name=DATABASE) as keeper,
    ):
        with _one_at_a_time(keeper):
            _be_quick(keeper)
            _drop_what_is_left(keeper)
            if not _is_ready(keeper):
                _make_template(keeper, server)
            _copy(keeper)
        try:
            yield embedded(SERVER, DATABASE)
        finally:
            _close_connections()
            _drop(keeper, DATABASE)


@contextmanager
def _one_at_a_time(keeper: Any) -> Iterator[None]:
    keeper.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        keeper.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _be_quick(keeper: Any) -> None:
    for name in _QUICK:
        keeper.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
    keeper.execute("SELECT pg_reload_conf()")


def _drop_what_is_left(keeper: Any) -> None:
    """Copies of runs that are over, then templates of which no copy is in use."""
    used = {name for (name,) in keeper.execute("SELECT application_name FROM pg_stat_activity").fetchall()}
    used |= {name.partition("--")[0] for name in used} | {TEMPLATE}
    there = keeper.execute(r"SELECT datname FROM pg_database WHERE datname ~ '^test_' ORDER BY datname DESC").fetchall()
    for (name,) in there:
        if name not in used:
            _drop(keeper, name)


def _drop(keeper: Any, database: str) -> None:
    named = sql.Identifier(database)
    if "--" not in database:
        keeper.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(named))
    keeper.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))
    if "--" not in database:
        roles = role_names(database)
        for role in (roles.app, *roles.seeing, roles.owner):
            keeper.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def _is_ready(keeper: Any) -> bool:
    """Half a template of a run that was killed is not marked as one."""
    asked = "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate"
    return keeper.execute(asked, [TEMPLATE]).fetchone() is not None


def _make_template(keeper: Any, server: Cluster) -> None:
    named = sql.Identifier(TEMPLATE)
    keeper.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))
    owner = ensure_roles(keeper, TEMPLATE).owner
    keeper.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(named, sql.Identifier(owner)))
    with _connected_to(TEMPLATE):
        migrate()
    with psycopg.connect(server.url("postgres", TEMPLATE), autocommit=True) as superuser:
        superuser.execute(Path(__file__).with_suffix(".sql").read_text())
    keeper.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true ALLOW_CONNECTIONS false").format(named))


@contextmanager
def _connected_to(database: str) -> Iterator[None]:
    own = connections["owner"].settings_dict["NAME"]
    connections["owner"].settings_dict["NAME"] = database
    try:
        yield
    finally:
        connections["owner"].close()
        connections["owner"].settings_dict["NAME"] = own


def _copy(keeper: Any) -> None:
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY WAL_LOG")
    names = (DATABASE, role_names(TEMPLATE).owner, TEMPLATE)
    keeper.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
    keeper.execute(statement.format(*map(sql.Identifier, names)))


def _close_connections() -> None:
    for connection in connections.all():
        connection.close()
    connections["default"].close_pool()  # type: ignore[attr-defined]
