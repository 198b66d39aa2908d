"""Turns each model's ``seen_by`` line into row policies, grants and history triggers.

Runs after every migration, as the owner, in one transaction: what stands beside the
model is what holds in the database.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models, transaction

from sitebook.basics.database_roles import Roles, role_names
from sitebook.basics.row_access import SeenBy

# Tables without customers' data that the log-in role uses before it takes a see-role.
LOGIN_TABLES = (
    "django_session",
    "django_content_type",
    "account_emailaddress",
    "account_emailconfirmation",
    "usersessions_usersession",
)
# Tables of packages that stay empty: no role has a right to them.
CLOSED_TABLES = ("socialaccount_socialapp", "socialaccount_socialtoken")
QUEUE_PREFIX = "procrastinate_"
CALLABLE = (
    "acting_user()",
    "allowed_customers()",
    "allowed_customer_rows()",
    "access_reach(bigint)",
    "access_must_be(text[])",
    "access_new_customer()",
    "access_visible(bigint[])",
    "access_given(bigint, bigint[])",
    "access_taken(bigint, bigint[])",
    "access_begin_seeing(bigint, text)",
    "api_forget(text)",
    "access_end_seeing(bigint)",
    "customers_above(bigint, date)",
    "customers_below(bigint, date)",
    "customers_in_one_group(bigint, bigint, date)",
    "custom_fields_in_use(bigint, text)",
    "files_named(text[])",
    "history_erase(text, bigint[], text[], text, bigint)",
    "users_second_factors(bigint)",
    "users_remove_second_factors(bigint)",
    "search_find(text, text[], int)",
    "search_ids(text, text)",
    "search_resembling(text, text, text[], bigint, text[], jsonb)",
    "users_by_token(text)",
    "users_is_administrator()",
    "history_make_partitions(int, date)",
    "history_make_seal(timestamptz)",
    "lists_joined(jsonb, jsonb, text)",
    "lists_all_views()",
    "lists_forget(bigint[])",
)
_QUIET = {"id", "version", "created_at", "created_by_id", "updated_at", "updated_by_id"}


def declared() -> dict[type[models.Model], SeenBy]:
    """Every model that says who sees its rows."""
    return {model: model.seen_by for model in apps.get_models() if hasattr(model, "seen_by")}


def apply_all(connection: Any) -> None:
    """Make the database hold what the models declare. ``connection``: Django's, of the owner."""
    roles = role_names(connection.settings_dict["NAME"])
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET LOCAL check_function_bodies = off")
        for app in apps.get_app_configs():
            if (file := Path(app.path) / "sql" / "functions.sql").exists():
                cursor.execute(file.read_text())
        _base_rights(cursor, roles)
        for model, seen_by in declared().items():
            _protect(cursor, model, seen_by, roles)
            _guard_references(cursor, model, seen_by)
            if seen_by.tracked:
                _track(cursor, model, seen_by)
        cursor.execute(
            """
            CREATE OR REPLACE TRIGGER users_are_changed_by_administrators BEFORE INSERT OR UPDATE ON users_user
              FOR EACH ROW EXECUTE FUNCTION users_are_changed_by_administrators()
            """
        )
        cursor.execute("SELECT history_make_partitions()")


def make_way(connection: Any) -> None:
    """Drop the triggers that name columns, before migrations that may change these; ``apply_all`` makes them anew.

    History triggers name none and stay, so that what a migration does to data is recorded.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tgname, tgrelid::regclass::text FROM pg_trigger
            WHERE NOT tgisinternal AND tgattr::text <> '' AND tgrelid::regclass::text !~ '^procrastinate_'
            """
        )
        for trigger, table in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{trigger}" ON {table}')


def _list(roles: Roles) -> str:
    return ", ".join(f'"{name}"' for name in (*roles.seeing, roles.app))


def _base_rights(cursor: Any, roles: Roles) -> None:
    everyone = _list(roles)
    cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everyone}, PUBLIC")
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {everyone}")
    cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {everyone}")
    # Functions of extensions belong to whoever made the database and stay open to all.
    cursor.execute(
        """
        SELECT p.oid::regprocedure::text, p.prorettype = 'trigger'::regtype
               OR p.proname ~ '^(plain_text|sort_key|reference_number|procrastinate_)'
               OR p.proname ~ '^search_(slips|words|digits|escaped)$'
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole
        """
    )
    ours = cursor.fetchall()
    if ours:
        cursor.execute(f"REVOKE EXECUTE ON FUNCTION {', '.join(name for name, _open in ours)} FROM PUBLIC")
    for function in [name for name, is_open in ours if is_open] + list(CALLABLE):
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {everyone}")
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    tables = [row[0] for row in cursor.fetchall()]
    for table in tables:
        if table in LOGIN_TABLES or table.startswith(QUEUE_PREFIX):
            cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {everyone}')
    cursor.execute(f'GRANT SELECT ON django_migrations TO "{roles.app}"')


def _protect(cursor: Any, model: type[models.Model], seen_by: SeenBy, roles: Roles) -> None:
    table = model._meta.db_table
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    cursor.execute("SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND tablename = %s", [table])
    for (policy,) in cursor.fetchall():
        cursor.execute(f'DROP POLICY "{policy}" ON "{table}"')
    also = _also_shown(model)
    conditions = zip(
        ("all", "few", "many"), roles.seeing, (seen_by.all, seen_by.few + also, seen_by.many + also), strict=True
    )
    for kind, role, condition in conditions:
        cursor.execute(
            f'CREATE POLICY seen_by_{kind} ON "{table}" TO "{role}" USING ({condition}) WITH CHECK ({condition})'
        )
        rights = ", ".join(filter(None, ["SELECT", seen_by.write]))
        cursor.execute(f'GRANT {rights} ON "{table}" TO "{role}"')
    if seen_by.app:
        rows = seen_by.app_rows
        cursor.execute(f'CREATE POLICY seen_by_app ON "{table}" TO "{roles.app}" USING ({rows}) WITH CHECK ({rows})')
        cursor.execute(f'GRANT {seen_by.app} ON "{table}" TO "{roles.app}"')


def _also_shown(model: type[models.Model]) -> str:
    """History is filed under a customer. Beyond that, whoever sees a place sees all that was done to its parts, and
    whoever sees a record of nobody's sees what was done to it while it was nobody's."""
    if model._meta.db_table != "history_change":
        return ""
    also = ""
    for each, seen_by in declared().items():
        if seen_by.of_place and seen_by.parent:
            shown = f"EXISTS (SELECT 1 FROM {seen_by.parent[0]} place WHERE place.id = subject_id)"
            also += f" OR (kind = '{each._meta.db_table}' AND {shown})"
        if seen_by.nobodys:
            shown = f"EXISTS (SELECT 1 FROM {each._meta.db_table} record WHERE record.id = subject_id)"
            also += f" OR (customer_id IS NULL AND subject_kind = '{each._meta.db_table}' AND {shown})"
    return also


def _guard_references(cursor: Any, model: type[models.Model], seen_by: SeenBy) -> None:
    """Foreign keys look past the policies: a trigger refuses one to a row the writer does not see, in the words of
    one to nothing. The columns the row's own policy reads need no trigger."""
    held = {seen_by.customer, seen_by.parent[1] if seen_by.parent and not seen_by.customer else ""}
    pairs = [
        (str(field.column), field.related_model._meta.db_table)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.column not in held and _may_hide(field.related_model)
    ]
    table = model._meta.db_table
    if not pairs:
        cursor.execute(f'DROP TRIGGER IF EXISTS c_references_are_visible ON "{table}"')
        return
    columns = ", ".join(column for column, _table in pairs)
    arguments = ", ".join(f"'{word}'" for pair in pairs for word in pair)
    cursor.execute(
        f'CREATE OR REPLACE TRIGGER c_references_are_visible BEFORE INSERT OR UPDATE OF {columns} ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION references_are_visible({arguments})"
    )


def _may_hide(model: Any) -> bool:
    seen_by = getattr(model, "seen_by", None)
    return seen_by is not None and seen_by.few != "true"


def quiet_columns(model: type[models.Model], seen_by: SeenBy) -> set[str]:
    """Columns whose change says nothing by itself: stamps and what the database derives."""
    columns = {str(field.column) for field in model._meta.concrete_fields}
    derived = {str(f.column) for f in model._meta.concrete_fields if isinstance(f, models.GeneratedField)}
    return (columns & _QUIET) | derived | set(seen_by.quiet)


def _track(cursor: Any, model: type[models.Model], seen_by: SeenBy) -> None:
    table = model._meta.db_table
    columns = {field.column for field in model._meta.concrete_fields}
    parent, parent_column = seen_by.parent or ("", "")
    arguments = (
        table,
        seen_by.customer,
        parent,
        parent_column,
        ",".join(seen_by.secret),
        ",".join(sorted(quiet_columns(model, seen_by))),
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
    cursor.execute(
        f'CREATE OR REPLACE TRIGGER a_row_keeps_its_id BEFORE UPDATE ON "{table}" '
        "FOR EACH ROW EXECUTE FUNCTION row_keeps_its_id()"
    )
    if "version" in columns:
        stamp = "row_is_stamped_with_people" if "updated_by_id" in columns else "row_is_stamped"
        cursor.execute(
            f'CREATE OR REPLACE TRIGGER b_row_is_stamped BEFORE INSERT OR UPDATE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION {stamp}('{','.join(seen_by.quiet)}')"
        )
