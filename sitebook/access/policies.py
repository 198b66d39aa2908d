"""Turns each model's ``seen_by`` line into row policies, grants and the triggers that hold a row together.

Runs after every migration, as the owner, in one transaction: what stands beside the
model is what holds in the database.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models, transaction

from sitebook.basics.database_roles import Roles, role_names
from sitebook.basics.named import customers
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
# What people sign in with, by their user_id, and the acts that only they and who sees as much may do.
SIGN_IN_TABLES = {
    "account_emailaddress": "INSERT OR UPDATE OR DELETE",
    "mfa_authenticator": "INSERT OR UPDATE OR DELETE",
    "socialaccount_socialaccount": "INSERT OR UPDATE OR DELETE",
    "users_passwordlink": "UPDATE OR DELETE",
    "users_token": "INSERT OR UPDATE OF user_id, revoked_at OR DELETE",
    "usersessions_usersession": "DELETE",
}
# A line in a room's SQL file: these functions may be called by everybody's requests, all others by the database only.
_CALLABLE = re.compile(r"^-- Callable: (.+)$", re.MULTILINE)


def declared() -> dict[type[models.Model], SeenBy]:
    """Every model that says who sees its rows."""
    return {model: model.seen_by for model in apps.get_models() if hasattr(model, "seen_by")}


def apply_all(connection: Any) -> None:
    """Make the database hold what the models declare. ``connection``: Django's, of the owner."""
    roles = role_names(connection.settings_dict["NAME"])
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET LOCAL check_function_bodies = off")
        files = [Path(app.path) / "sql" / "functions.sql" for app in apps.get_app_configs()]
        written = [file.read_text() for file in files if file.exists()]
        for text in written:
            cursor.execute(text)
        cursor.execute(_visible())
        _base_rights(cursor, roles, [function for text in written for function in _CALLABLE.findall(text)])
        for model, seen_by in declared().items():
            _protect(cursor, model, seen_by, roles)
            _guard_references(cursor, model, seen_by)
            if seen_by.tracked:
                _stamp(cursor, model, seen_by)
        # Policies of earlier versions asked it.
        cursor.execute("DROP FUNCTION IF EXISTS allowed_customer_rows()")
        cursor.execute(
            """
            CREATE OR REPLACE TRIGGER users_are_changed_by_administrators BEFORE INSERT OR UPDATE ON users_user
              FOR EACH ROW EXECUTE FUNCTION users_are_changed_by_administrators()
            """
        )
        for table, acts in SIGN_IN_TABLES.items():
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER a_sign_in_is_managed_by_who_sees_as_much BEFORE {acts} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION a_sign_in_is_managed_by_who_sees_as_much()"
            )


def _visible() -> str:
    """The function that leaves of some customers' ids those the asker sees: it names the customers' own table."""
    table = customers()._meta.db_table
    return f"""
        -- Nobody gives or takes what they do not see themselves.
        CREATE OR REPLACE FUNCTION access_visible(ids bigint[]) RETURNS bigint[]
          LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT coalesce(array_agg(c.id), '{{}}') FROM {table} c WHERE c.id = ANY (ids)
            AND (acting_user() IS NULL OR access_reach(acting_user()) = 'all' OR c.id = ANY (allowed_customers()))
        $$;
        """


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


def _base_rights(cursor: Any, roles: Roles, called: list[str]) -> None:
    everyone = _list(roles)
    cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everyone}, PUBLIC")
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {everyone}")
    cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {everyone}")
    # Functions of extensions belong to whoever made the database and stay open to all.
    cursor.execute(
        """
        SELECT p.oid::regprocedure::text, p.prorettype = 'trigger'::regtype
               OR p.proname ~ '^(plain_text|sort_key|procrastinate_)'
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole
        """
    )
    ours = cursor.fetchall()
    if ours:
        cursor.execute(f"REVOKE EXECUTE ON FUNCTION {', '.join(name for name, _open in ours)} FROM PUBLIC")
    for function in [name for name, is_open in ours if is_open] + called:
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {everyone}")
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    tables = [row[0] for row in cursor.fetchall()]
    for table in tables:
        if table in LOGIN_TABLES or table.startswith(QUEUE_PREFIX):
            cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {everyone}')
    cursor.execute(f'GRANT SELECT ON django_migrations TO "{roles.app}"')
    cursor.execute(f'GRANT SELECT ON access_own TO "{roles.few}", "{roles.many}"')


def _protect(cursor: Any, model: type[models.Model], seen_by: SeenBy, roles: Roles) -> None:
    table = model._meta.db_table
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    cursor.execute("SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND tablename = %s", [table])
    for (policy,) in cursor.fetchall():
        cursor.execute(f'DROP POLICY "{policy}" ON "{table}"')
    also = f" OR {seen_by.also()}" if seen_by.also else ""
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


def _guard_references(cursor: Any, model: type[models.Model], seen_by: SeenBy) -> None:
    """Foreign keys look past the policies: a trigger refuses one to a row the writer does not see, in the words of
    one to nothing. The columns the row's own policy reads need no trigger."""
    held = {seen_by.customer, seen_by.parent[1] if seen_by.parent and not seen_by.customer else ""}
    if seen_by.guest:  # either of the two is enough for the policy: the other one is looked at here
        held = set()
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


def _stamp(cursor: Any, model: type[models.Model], seen_by: SeenBy) -> None:
    table = model._meta.db_table
    columns = {field.column for field in model._meta.concrete_fields}
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
