"""The database roles: one owner, three that see, one that logs in and by itself sees nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import sql


@dataclass(frozen=True)
class Roles:
    """Role names; roles belong to the whole cluster, so they carry the database's name."""

    owner: str
    all: str
    few: str
    many: str
    app: str

    @property
    def seeing(self) -> tuple[str, str, str]:
        return self.all, self.few, self.many


def role_names(database: str) -> Roles:
    """A copy of a database on the same server, named ``<database>--<what for>``, shares its roles."""
    original = database.partition("--")[0]
    return Roles(*(f"{original}_{part}" for part in ("owner", "all", "few", "many", "app")))


def ensure_roles(connection: Any, database: str) -> Roles:
    """Make what is missing. ``connection``: a psycopg connection of a role that may CREATE ROLE.

    The log-in role holds the seeing ones without inheriting them: a request that forgets
    to take one sees nothing.
    """
    roles = role_names(database)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles")
        there = {row[0] for row in cursor.fetchall()}
        for name, kind in [(roles.owner, "LOGIN"), (roles.app, "LOGIN")] + [(r, "NOLOGIN") for r in roles.seeing]:
            if name not in there:
                cursor.execute(sql.SQL("CREATE ROLE {} " + kind + " NOINHERIT").format(sql.Identifier(name)))
        for name in roles.seeing:
            cursor.execute(
                sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
                    sql.Identifier(name), sql.Identifier(roles.app)
                )
            )
    return roles


def faults_of_login(connection: Any) -> list[str]:
    """Why this log-in role must not serve pages; an empty list when it may.

    ``connection``: a Django connection of the log-in role.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.rolname, r.rolsuper, r.rolbypassrls,
              EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')),
              EXISTS (SELECT 1 FROM pg_roles s WHERE s.rolname = ANY (%s) AND pg_has_role(r.oid, s.oid, 'USAGE'))
            FROM pg_roles r WHERE r.rolname = session_user
            """,
            [list(role_names(connection.settings_dict["NAME"]).seeing)],
        )
        name, superuser, bypass, owns, inherits = cursor.fetchone()
    faults = {
        "is a superuser": superuser,
        "may bypass row security": bypass,
        "owns a table": owns,
        "inherits a role that sees customers": inherits,
    }
    return [f"the log-in role {name} {what}" for what, is_so in faults.items() if is_so]
