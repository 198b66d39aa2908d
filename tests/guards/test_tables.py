"""Every business table has row policies and history; what the models declare holds in the database."""

from __future__ import annotations

import json

import pytest
from django.db import connection, connections, transaction
from django.db.utils import Error

from sitebook.access.identity import acting, take_role
from sitebook.access.policies import CLOSED_TABLES, LOGIN_TABLES, QUEUE_PREFIX, declared
from sitebook.basics.database_roles import role_names
from sitebook.custom_fields.triggers import keeping_values
from tests.cast import Cast, make_user, see_all
from tests.guards.planted import ADMINISTRATORS_ALONE, plain_registers, plant

# Tables without business data, each with the reason why nobody needs to see less of it.
EXEMPT = {
    "django_migrations": "the schema's own bookkeeping",
    "django_content_type": "names of models",
    "auth_group": "unused, brought by the framework",
    "auth_group_permissions": "unused, brought by the framework",
    "auth_permission": "unused, brought by the framework",
    "django_session": "sessions by secret key, used before a role is taken",
    "usersessions_usersession": "sessions, used before a role is taken",
    "account_emailaddress": "log-in data, used before a role is taken",
    "account_emailconfirmation": "log-in data, used before a role is taken",
    "socialaccount_socialapp": "unused, the provider comes from the settings; no role has a right to it",
    "socialaccount_socialtoken": "unused, tokens are not kept; no role has a right to it",
}


def rows(sql: str, *values: object) -> list[tuple]:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def business_tables() -> set[str]:
    tables = {name for (name,) in rows(
        """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"""
    )}  # fmt: skip
    return {t for t in tables if t not in EXEMPT and not t.startswith(QUEUE_PREFIX)}


@pytest.mark.django_db
def test_every_table_says_who_sees_its_rows():
    assert business_tables() == {model._meta.db_table for model in declared()}


@pytest.mark.django_db
def test_every_table_has_row_security_and_a_policy_for_each_role():
    roles = set(role_names(connection.settings_dict["NAME"]).seeing)
    for table in business_tables():
        assert rows("SELECT relrowsecurity FROM pg_class WHERE relname = %s", table) == [(True,)], table
        covered = {
            role for (names,) in rows("SELECT roles FROM pg_policies WHERE tablename = %s", table) for role in names
        }
        assert roles <= covered, table


@pytest.mark.django_db
def test_every_table_leaves_history():
    for model, seen_by in declared().items():
        if not seen_by.tracked or not model._meta.managed:
            continue
        triggers = {name for (name,) in rows(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass", model._meta.db_table
        )}  # fmt: skip
        assert {"history_insert", "history_update", "history_delete", "a_row_keeps_its_id"} <= triggers, model


@pytest.mark.django_db
def test_no_role_empties_tables_reads_partitions_or_writes_history():
    names = role_names(connection.settings_dict["NAME"])
    found = rows(
        """SELECT c.relname, r.rolname, p FROM pg_class c, pg_roles r,
             unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
           WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND r.rolname = ANY (%s)
             AND has_table_privilege(r.oid, c.oid, p)
             AND (c.relispartition OR p = 'TRUNCATE' OR (c.relname LIKE 'history%%' AND p <> 'SELECT'))""",
        [*names.seeing, names.app],
    )
    assert found == []


# What people sign in with beside the password: the log-in role sees it until somebody is signed in, then theirs alone.
SIGN_IN_TABLES = {"mfa_authenticator", "socialaccount_socialaccount"}


@pytest.mark.django_db
def test_no_role_has_a_right_to_a_closed_table():
    names = role_names(connection.settings_dict["NAME"])
    found = rows(
        """SELECT t, r, p FROM unnest(%s::text[]) t, unnest(%s::text[]) r,
             unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p WHERE has_table_privilege(r, t, p)""",
        list(CLOSED_TABLES),
        [*names.seeing, names.app],
    )
    assert found == []


@pytest.mark.django_db
def test_the_log_in_role_sees_what_others_sign_in_with_only_while_nobody_is_signed_in():
    cast, ids = plant().cast, {}
    for user in (cast.charlie, None):
        with transaction.atomic():
            take_role(user=user, via="screen", seeing=False)
            ids[user] = {
                table: {number for (number,) in rows(f"SELECT user_id FROM {table}")} for table in SIGN_IN_TABLES
            }
    assert ids[cast.charlie] == {table: {cast.charlie.pk} for table in SIGN_IN_TABLES}
    assert all(len(found) == 2 for found in ids[None].values())


@pytest.mark.django_db
def test_the_log_in_role_reads_no_business_table_but_users_and_the_firm():
    app = role_names(connection.settings_dict["NAME"]).app
    readable = {name for (name,) in rows(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " AND has_table_privilege(%s, oid, 'SELECT')", app
    )}  # fmt: skip
    own = {"users_user", "firm_firm", "users_passkeycounter", "users_counter"}
    assert readable & business_tables() <= {*own, *SIGN_IN_TABLES}
    assert {t for t in readable if not t.startswith(QUEUE_PREFIX)} - business_tables() <= {
        *LOGIN_TABLES,
        "django_migrations",
    }


def references() -> list[tuple[str, str, str]]:
    """Every foreign key from one business table to another: table, column, target."""
    found = rows(
        """SELECT f.conrelid::regclass::text, a.attname, f.confrelid::regclass::text FROM pg_constraint f
           JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
           WHERE f.contype = 'f' AND f.connamespace = 'public'::regnamespace"""
    )
    mine = business_tables()
    return [row for row in found if row[0] in mine and row[2] in mine]


# Every signed-in user sees colleagues and the registers that have no customer: a reference to one tells nothing.
SEEN_BY_ALL = {"users_user", "firm_firm", *(each.table for each in plain_registers())}


def _everybodys() -> set[str]:
    return {model._meta.db_table for model, own in declared().items() if own.few == "true"}


@pytest.mark.django_db
def test_a_reference_to_a_hidden_row_is_answered_like_one_to_nothing():
    """Each foreign key, by UPDATE of what the user sees and by INSERT, with a hidden id and with one never given."""
    planted = plant()
    tried = 0
    for table, column, target in references():
        if target in SEEN_BY_ALL | _everybodys() or table == "access_grant" or table in ADMINISTRATORS_ALONE:
            continue
        hidden = hidden_number(planted.cast, target)
        answers = {_answer(planted.cast, table, column, number) for number in (hidden, 987654321)}
        assert len(answers) == 1, (table, column, answers)
        assert next(iter(answers)).count("refused") == 2, (table, column, answers)
        tried += 1
    assert tried >= 25


@pytest.mark.django_db
def test_what_is_the_administrators_alone_is_read_and_written_by_nobody_else():
    """Also not by who sees every customer: no row of it, and none that is made like one that is there."""
    planted = plant()
    office = make_user(name="Olga", role="office", all_customers=True)
    for table in ADMINISTRATORS_ALONE:
        with acting(everything=True):
            (row,) = rows(f"SELECT to_jsonb(t) - 'id' FROM {table} t ORDER BY id LIMIT 1")
        for someone in (office, planted.cast.bob, planted.cast.charlie):
            with acting(user=someone, via="screen"):
                assert rows(f"SELECT id FROM {table}") == [], (table, someone)
            columns = ", ".join(row[0])
            statement = (
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s)"
            )
            with pytest.raises(Error), acting(user=someone, via="screen"), connection.cursor() as cursor:
                cursor.execute(statement, [json.dumps(row[0])])


def hidden_number(cast: Cast, table: str) -> int:
    """The id of a row of the table that Charlie does not see."""
    with acting(user=cast.charlie, via="screen"):
        seen = [number for (number,) in rows(f"SELECT id FROM {table}")]
    with acting(everything=True):
        hidden = [number for (number,) in rows(f"SELECT id FROM {table} WHERE id <> ALL (%s) ORDER BY id", seen)]
    assert hidden, f"{table} has no hidden row: plant one in tests/guards/planted.py"
    return hidden[0]


def _answer(cast: Cast, table: str, column: str, target: int) -> str:
    """What a restricted user is told who points a visible row, or a new one, at ``target``."""
    told = []
    for statement, values in (
        (f"UPDATE {table} SET {column} = %s WHERE id = (SELECT max(id) FROM {table})", [target]),
        (
            f"INSERT INTO {table} ({_columns(table, column)}) SELECT %s{_others(table, column)} FROM {table} LIMIT 1",
            [target],
        ),
    ):
        try:
            with acting(user=cast.charlie, via="screen"), connection.cursor() as cursor:
                cursor.execute(statement, values)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                told.append(f"{cursor.rowcount} done")
        except Error as fault:
            told.append(f"refused {fault.__cause__.sqlstate}")
    return "; ".join(told)


@pytest.mark.django_db
def test_custom_fields_hold_only_what_is_known():
    """Products, the catalogue and their like took anything; where there are no custom fields, nothing is taken."""
    plant()
    assert len(keeping_values()) > 10
    with see_all():
        for table in keeping_values():
            assert rows(f'SELECT count(*) FROM "{table}"') != [(0,)], table
            with pytest.raises(Error, match="custom_fields_fit"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"""UPDATE "{table}" SET custom = '{{"nonsense": "something"}}'""")


def _columns(table: str, column: str) -> str:
    return ", ".join([column, *_needed(table, column)])


def _others(table: str, column: str) -> str:
    return "".join(f", {name}" for name in _needed(table, column))


def _needed(table: str, column: str) -> list[str]:
    """Columns an INSERT must name: a copy of a row that is there gives their values."""
    required = rows(
        """SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'
           AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER' ORDER BY ordinal_position""",
        table,
    )
    return [name for (name,) in required if name != column]
