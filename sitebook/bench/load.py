"""Fills an empty database with a large register by COPY; indexes are built afterwards, which takes a fraction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import connections, models, transaction

from sitebook.access.identity import acting
from sitebook.access.policies import declared as declared_tables
from sitebook.assets.models import Asset
from sitebook.assets.periods import AssetPeriod, LifeState, Ownership, Placement
from sitebook.basics.refused import Refused
from sitebook.bench import rows
from sitebook.config.registers import REGISTERS
from sitebook.contacts.models import Contact, ContactRole
from sitebook.customers.models import Customer
from sitebook.firm.models import Firm
from sitebook.history.tasks import check_and_prepare
from sitebook.jobs.models import Job
from sitebook.search import index
from sitebook.search.models import Entry, Slip, Word
from sitebook.sites.models import Site, Tenure
from sitebook.users.models import Role, User

PERIODS = (Ownership, Placement, LifeState, AssetPeriod)
DATED = Path(__file__).parent / "sql" / "dated.sql"
FIRM = "Sitebook Bench"
# How many customers each measured user may see; None: all.
READERS: dict[str, int | None] = {"all": None, "3": 3, "50": 50, "2,000": 2_000, "10,000": 10_000, "50,000": 50_000}
_DEFERRED = "('x', 'f')"  # pg_constraint.contype: exclusion and foreign keys, as costly row by row as indexes


def load(scale: float, told: Callable[[str], None]) -> rows.Size:
    """Make the register of this scale. ``told``: is told what is done and how long it took.

    Raises Refused (database_not_empty).
    """
    size = rows.Size.of(scale)
    owner = connections["owner"]
    _must_be_empty(owner)
    copied: list[tuple[type[models.Model], Iterable[rows.Row]]] = [
        (Customer, rows.customers(size)),
        (Site, rows.sites(size)),
        (Contact, rows.contacts(size)),
        *((each.model, rows.declared(each)(size)) for each in REGISTERS if each.model not in (Asset, Job)),
        (Asset, rows.assets(size)),
        (Job, rows.jobs(size)),
    ]
    tables = [model._meta.db_table for model, _rows in copied]
    tables += [each._meta.db_table for each in (Tenure, ContactRole, *PERIODS, Entry, Word, Slip)]
    with transaction.atomic(using="owner"), owner.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("SET LOCAL synchronous_commit = off")
        with _without_indexes(cursor, tables, told):
            for model, made in copied:
                with _timed(f"{model._meta.verbose_name_plural or model._meta.db_table}", told):
                    _copy(cursor, model, made)
            with _timed("periods and roles", told):
                for statement in DATED.read_text().split("\n----\n"):
                    cursor.execute(statement)
            with _timed("search entries", told):
                index.write_all(owner)
    with _timed("statistics", told), owner.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    check_and_prepare()
    _make_people()
    return size


def is_there() -> bool:
    """Whether this database holds the large register."""
    with acting(everything=True):
        firm = Firm.ours()
    return firm is not None and firm.name == FIRM


def readers() -> dict[str, User]:
    """The measured users by how many customers they may see."""
    with acting(everything=True):
        found = {user.name: user for user in User.objects.filter(email__endswith="@bench.example")}
    return {name: found[name] for name in READERS if name in found}


def _must_be_empty(owner: Any) -> None:
    with owner.cursor() as cursor:
        for model in declared_tables():
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{model._meta.db_table}")')
            if cursor.fetchone()[0]:
                raise Refused(
                    f"This database is not empty ({model._meta.db_table}). A large register needs a database of its "
                    "own: set SITEBOOK_DATA_DIR to another folder.",
                    code="database_not_empty",
                )


def _copy(cursor: Any, model: type[models.Model], made: Iterable[rows.Row]) -> None:
    """The rows are numbered from 1, for those that follow name them by number."""
    table, usual, each = model._meta.db_table, rows.usual(model), iter(made)
    first = next(each)
    columns = list(usual | first)
    names = ", ".join(f'"{column}"' for column in columns)
    with cursor.copy(f'COPY "{table}" (id, {names}) FROM STDIN') as copy:
        for number, row in enumerate(chain([first], each), 1):
            whole = usual | row
            copy.write_row([number, *(whole[column] for column in columns)])
    cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), %s)", [number])


@contextmanager
def _timed(what: str, told: Callable[[str], None]) -> Iterator[None]:
    began = time.monotonic()
    yield
    told(f"{what}: {time.monotonic() - began:.1f} s")


@contextmanager
def _without_indexes(cursor: Any, tables: list[str], told: Callable[[str], None]) -> Iterator[None]:
    """Triggers are off, and indexes but the unique ones are away, until all rows are there."""
    cursor.execute(
        f"""
        SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
               format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE contype IN {_DEFERRED} AND conrelid = ANY (%s::regclass[])
        """,
        [tables],
    )
    away = cursor.fetchall()
    cursor.execute(
        """
        SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
        FROM pg_index WHERE NOT indisunique AND NOT indisexclusion AND indrelid = ANY (%s::regclass[])
        """,
        [tables],
    )
    away += cursor.fetchall()
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    for drop, _make in away:
        cursor.execute(drop)
    yield
    with _timed(f"{len(away)} indexes and constraints", told):
        for _drop, make in reversed(away):
            cursor.execute(make)
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def _make_people() -> None:
    made: list[tuple[User, int | None]] = []
    with acting(everything=True, reason="bench"):
        Firm.objects.create(id=1, name=FIRM, country="GB", time_zone="Europe/London", currency="GBP")
        for name, many in READERS.items():
            user = User.objects.create_user(
                f"sees-{name.replace(',', '')}@bench.example",
                None,
                name=name,
                role=Role.OFFICE,
                all_customers=many is None,
            )
            made.append((user, many))
    for user, many in made:
        if many:
            _grant(user, many)


def _grant(user: User, many: int) -> None:
    """Every n-th customer, so that what a user sees lies spread over the register; the chain is among them."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO access_grant (user_id, customer_id)
            SELECT %s, id FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS every
                                FROM customers_customer) c
            WHERE n %% greatest(1, every / %s) = 0 ORDER BY id LIMIT %s
            """,
            [user.pk, many, many],
        )
