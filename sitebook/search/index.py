"""Makes the database keep the entries: a function a kind that says what is searched, and triggers that follow it.

A model says in one line what it is found by (``found_by = FoundBy(...)``), as it says who sees its rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models, transaction

from sitebook.basics.row_access import FoundBy


def declared() -> dict[type[models.Model], FoundBy]:
    """Every model that is searched."""
    return {model: model.found_by for model in apps.get_models() if hasattr(model, "found_by")}


def apply_all(connection: Any) -> None:
    """Bring functions, triggers and entries to what the models say. ``connection``: Django's, of the owner."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for model, found_by in declared().items():
            changed = _source(cursor, model, found_by)
            kind = model._meta.db_table
            _index(cursor, kind)
            columns = (*found_by.words, *found_by.spaced, *found_by.phones, *found_by.emails, *found_by.own[:1])
            searched = (
                found_by.title,
                *columns,
                *(column for _table, column, *_rest in (*found_by.of, *found_by.spelled)),
            )
            _follow(cursor, kind, kind, "id", filter(None, (found_by.customer, found_by.guest, *searched)))
            for table, column, value in found_by.children:
                _follow(cursor, table, kind, column, (column, value))
            for table, column, value in found_by.of:
                _follow_named(cursor, table, kind, (column, "id", value), ("UPDATE",))
            for table, column, key, value in found_by.spelled:
                _follow_named(cursor, table, kind, (column, key, value), ("INSERT", "UPDATE", "DELETE"))
            if changed:
                _write_all(cursor, model._meta.db_table)


def write_all(connection: Any) -> None:
    """Write every entry anew, for rows that came in while triggers were off."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for model in declared():
            _write_all(cursor, model._meta.db_table)


def _index(cursor: Any, kind: str) -> None:
    """Parts of words, for each kind apart: in one index for all, a word of many sites would slow the contacts down."""
    kept = f"ON search_entry USING gin (body gin_trgm_ops) WHERE kind = '{kind}'"
    cursor.execute(f'CREATE INDEX IF NOT EXISTS "search_part_{kind}" {kept}')


def _source(cursor: Any, model: type[models.Model], found_by: FoundBy) -> bool:
    """The function that tells what is searched. Returns whether the entries must be written anew.

    Not a view: the next migration could not change a column that a view reads.
    """
    table = model._meta.db_table
    customer = found_by.customer
    parts = [f"r.{column}" for column in (found_by.title, *found_by.words)]
    parts += [f"regexp_replace(r.{column}, '[^[:alnum:]]', '', 'g')" for column in found_by.spaced]
    number = "x ->> 'number' || ' ' || search_digits(x ->> 'number')"
    for columns, value in ((found_by.phones, number), (found_by.emails, "x ->> 'address'")):
        parts += [f"(SELECT string_agg({value}, ' ') FROM jsonb_array_elements(r.{column}) x)" for column in columns]
    for child, column, value in found_by.children:
        parts.append(f"(SELECT string_agg(x.{value}, ' ') FROM {child} x WHERE x.{column} = r.id)")
    for other, column, value in found_by.of:
        parts.append(f"(SELECT x.{value} FROM {other} x WHERE x.id = r.{column})")
    for other, column, key, value in found_by.spelled:
        parts.append(f"(SELECT x.{value} FROM {other} x WHERE x.{key} = r.{column})")
    if found_by.own:
        column, texts = found_by.own
        parts.append(f"{texts}('{table}', r.{column})")
    holder = f"nullif(r.{customer}, 0)" if customer else "NULL::bigint"
    guest = f"r.{found_by.guest}" if found_by.guest else "NULL::bigint"
    everybodys = f"{holder} IS NULL" if found_by.nobodys or not customer else "false"
    text = (
        f"SELECT r.id, {holder} AS customer_id, {guest} AS guest_id, {everybodys} AS everybodys, "
        f"r.{found_by.title}::text AS title, concat_ws(' ', {', '.join(parts)}) AS body FROM {table} r"
    )
    name = f"search_source_{table}"
    cursor.execute("SELECT prosrc FROM pg_proc WHERE oid = to_regproc(%s)", [name])
    before = cursor.fetchone()
    cursor.execute("SELECT EXISTS (SELECT 1 FROM search_entry WHERE kind = %s)", [table])
    written = cursor.fetchone()[0] and before is not None and before[0].strip() == text
    row = "id bigint, customer_id bigint, guest_id bigint, everybodys boolean, title text, body text"
    cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"()')
    head = f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS TABLE ({row}) LANGUAGE sql STABLE'
    cursor.execute(f"{head} AS $source$ {text} $source$")
    cursor.execute(f'REVOKE ALL ON FUNCTION "{name}"() FROM PUBLIC')
    return not written


def _follow(cursor: Any, table: str, kind: str, column: str, searched: Iterable[str]) -> None:
    columns = ",".join(dict.fromkeys(searched))
    new, old = "NEW TABLE AS new_rows", "OLD TABLE AS old_rows"
    for event, rows in (("INSERT", new), ("UPDATE", f"{old} {new}"), ("DELETE", old)):
        cursor.execute(
            f'CREATE OR REPLACE TRIGGER search_{event.lower()} AFTER {event} ON "{table}" REFERENCING {rows} '
            f"FOR EACH STATEMENT EXECUTE FUNCTION search_follow('{kind}', '{column}', '{columns}')"
        )


def _follow_named(cursor: Any, table: str, kind: str, columns: tuple[str, str, str], events: Iterable[str]) -> None:
    """When what others name is called otherwise, comes or goes, the entries of those others follow. ``columns``: that
    of the others, the one there that equals it, the text."""
    new, old = "NEW TABLE AS new_rows", "OLD TABLE AS old_rows"
    rows = {"INSERT": new, "UPDATE": f"{old} {new}", "DELETE": old}
    cursor.execute(f'DROP TRIGGER IF EXISTS "search_named_{kind}" ON "{table}"')
    for event in events:
        cursor.execute(
            f'CREATE OR REPLACE TRIGGER "search_{event.lower()}_for_{kind}" AFTER {event} ON "{table}" '
            f"REFERENCING {rows[event]} FOR EACH STATEMENT EXECUTE FUNCTION "
            f"search_follow_named('{kind}', '{"', '".join(columns)}')"
        )


def _write_all(cursor: Any, kind: str) -> None:
    every = f"SELECT id FROM {kind} UNION SELECT record_id FROM search_entry WHERE kind = %s"
    cursor.execute(f"SELECT search_write(%s, ARRAY({every}))", [kind, kind])
