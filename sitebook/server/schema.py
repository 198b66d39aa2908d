"""Brings the database to the code's schema: migrations, then what stands beside the models."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from sitebook.access import policies
from sitebook.access.policies import make_way
from sitebook.basics.database_roles import role_names
from sitebook.basics.refused import Refused
from sitebook.custom_fields import triggers as custom_fields
from sitebook.files import references
from sitebook.history import triggers
from sitebook.notes import references as notes
from sitebook.outbox import events
from sitebook.search import index

# What only Sitebook 0.1.0 applied. Its tables bore other names, and its history told of those.
OF_0_1_0 = ("customers", "0001_customers_and_sites")
FROM_0_1_0 = (
    "was made by Sitebook 0.1.0, whose tables this version does not read. Nothing was changed. "
    "Export its lists there, and import them into a new database here (docs/operator.md, Upgrade)."
)

# What turns declarations beside the models into policies, triggers and functions of the database, in this order.
DECLARED = (policies, triggers, events, references, notes, custom_fields, index)


def migrate(*, verbosity: int = 0) -> None:
    """Apply missing migrations and the declared policies, as the owner. Safe to repeat."""
    _roles_must_exist()
    must_not_be_ahead()
    if missing_migrations():
        make_way(connections["owner"])
    call_command("migrate", database="owner", verbosity=verbosity, interactive=False)
    with transaction.atomic(using="owner"):
        for each in DECLARED:
            each.apply_all(connections["owner"])


def missing_migrations() -> list[str]:
    """Migrations of the code that the database has not got, as ``app.name``. Raises Refused (schema_mismatch)."""
    executor = _executor()
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def must_be_current() -> None:
    """Raises Refused (schema_mismatch) when a migration is missing."""
    if missing := missing_migrations():
        raise Refused(
            f"The database lacks {len(missing)} migrations (first: {missing[0]}). Run: sitebook migrate",
            code="schema_mismatch",
        )


def must_not_be_ahead() -> None:
    """Raises Refused (schema_mismatch) when a newer Sitebook has migrated this database already."""
    executor = _executor()
    known = set(executor.loader.graph.nodes) | set(executor.loader.replacements)
    labels = {app for app, _ in known}
    ahead = [
        f"{app}.{name}"
        for app, name in executor.loader.applied_migrations
        if app in labels and (app, name) not in known
    ]
    if ahead:
        raise Refused(
            f"The database was migrated by a newer Sitebook ({ahead[0]} is not known here). "
            "Run that version, or restore a backup made before.",
            code="schema_mismatch",
        )


def _executor() -> MigrationExecutor:
    """Raises Refused (schema_mismatch) for a database of 0.1.0."""
    executor = MigrationExecutor(connections["owner"])
    if OF_0_1_0 in executor.loader.applied_migrations:
        raise Refused(f"The database {FROM_0_1_0}", code="schema_mismatch")
    return executor


def close_connections() -> None:
    """Close every connection and the pools: short commands would warn about their threads."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def _roles_must_exist() -> None:
    """With a database of one's own the roles are made by hand, once: say how. Raises Refused (schema_mismatch)."""
    connection = connections["owner"]
    names = role_names(connection.settings_dict["NAME"])
    wanted = {names.owner, names.app, *names.seeing}
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [list(wanted)])
        missing = sorted(wanted - {row[0] for row in cursor.fetchall()})
    if missing:
        raise Refused(
            f"The database's roles {', '.join(missing)} are missing. docs/settings.md has the statements for them.",
            code="schema_mismatch",
        )
