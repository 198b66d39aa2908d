"""Makes the database keep the history: triggers on every table whose model says that its changes are told.

Runs after the row policies (``sitebook.access.policies``), as the owner.
"""

from __future__ import annotations

from typing import Any

from django.db import models, transaction

from sitebook.access.policies import declared
from sitebook.basics.named import customer_column
from sitebook.basics.row_access import SeenBy

_QUIET = {"id", "version", "created_at", "created_by_id", "updated_at", "updated_by_id"}


def apply_all(connection: Any) -> None:
    """Bring the triggers to what the models say. ``connection``: Django's, of the owner."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for model, seen_by in declared().items():
            if seen_by.tracked:
                _track(cursor, model, seen_by)


def quiet_columns(model: type[models.Model], seen_by: SeenBy) -> set[str]:
    """Columns whose change says nothing by itself: stamps and what the database derives."""
    columns = {str(field.column) for field in model._meta.concrete_fields}
    derived = {str(f.column) for f in model._meta.concrete_fields if isinstance(f, models.GeneratedField)}
    return (columns & _QUIET) | derived | set(seen_by.quiet)


def _track(cursor: Any, model: type[models.Model], seen_by: SeenBy) -> None:
    table = model._meta.db_table
    parent, parent_column = seen_by.parent or ("", "")
    arguments = (
        table,
        seen_by.customer,
        parent,
        parent_column,
        ",".join((*seen_by.secret, *seen_by.unsaid)),
        ",".join(sorted(quiet_columns(model, seen_by))),
        customer_column(parent),
    )
    quoted = ", ".join(f"'{argument}'" for argument in arguments)
    for event, rows in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        name = f"history_{event.lower()}"
        cursor.execute(f'DROP TRIGGER IF EXISTS {name} ON "{table}"')
        cursor.execute(
            f'CREATE TRIGGER {name} AFTER {event} ON "{table}" REFERENCING {rows} '
            f"FOR EACH STATEMENT EXECUTE FUNCTION history_record({quoted})"
        )
