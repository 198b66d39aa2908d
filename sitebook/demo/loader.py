"""The demo: four public lists, five log-ins, a few products and a catalogue of work. Nothing in it is
invented but these three.

It goes into an empty database only and leaves one behind when it is removed, history included.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

from django.db import connections, transaction

from sitebook.access.identity import acting
from sitebook.access.models import give
from sitebook.access.policies import CLOSED_TABLES, LOGIN_TABLES, declared
from sitebook.assets.models import Asset
from sitebook.assets.register import ASSETS
from sitebook.basics.refused import Refused
from sitebook.customers.models import Customer
from sitebook.demo.products import load_products
from sitebook.demo.work import load_work
from sitebook.firm.models import Firm
from sitebook.history import heads
from sitebook.imports.report import Report
from sitebook.registers.imports import take
from sitebook.sites.imports import take_sites
from sitebook.sites.models import Site
from sitebook.users.models import Role, User

FOLDER = Path(__file__).parent / "data"
LISTS = ("uk-charge-points", "nycha-developments", "toronto-apartments")
ASSET_LISTS = ("nycha-elevators",)
"""Devices at sites of the lists before, of classes that the demo's products bring."""
ENGINEER_SEES = ("Ecotricity (Electric Highway)", "Milton Keynes", "New York City Housing Authority")


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who may sign in to the demo; `sees` says which customers."""

    role: Role
    sees: str

    @property
    def email(self) -> str:
        return f"{self.role.value}@demo.example"

    @property
    def password(self) -> str:
        return f"sitebook-demo-{self.role.value}"


LOGINS = tuple(
    Login(role, f"{len(ENGINEER_SEES)} customers" if role is Role.ENGINEER else "all customers") for role in Role
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """One list: its report, the rows counted in the file by other means, the sites or assets now stored."""

    report: Report
    rows_in_file: int
    stored: int
    register: str

    @property
    def agrees(self) -> bool:
        """Whether no row of the file is unaccounted for and every new record is there."""
        return self.rows_in_file == self.report.read and self.stored == self.report.made[self.register]


def is_there() -> bool:
    """Whether this database holds the demo."""
    with acting(everything=True):
        firm = Firm.ours()
    return firm is not None and firm.is_demo


def load() -> list[Loaded]:
    """Load the demo, all or nothing. Raises Refused (database_not_empty) when the database holds anything."""
    if filled := _filled_tables():
        raise Refused(
            f"This database is not empty ({', '.join(filled)}). The demo needs a database of its own: "
            "set SITEBOOK_DATA_DIR or DATABASE_URL to another one.",
            code="database_not_empty",
        )
    with transaction.atomic():
        with acting(everything=True, reason="demo"):
            Firm.objects.create(
                id=1, name="Sitebook Demo", country="GB", time_zone="Europe/London", currency="GBP", is_demo=True
            )
        loaded = [_load_list(name) for name in LISTS]
        with acting(everything=True, reason="demo"):
            _make_logins()
            load_products()
            load_work(list(Customer.objects.filter(name__in=ENGINEER_SEES).order_by("name_key")))
        loaded += [_load_assets(name) for name in ASSET_LISTS]
    return loaded


def remove(*, with_own_records: bool = False) -> None:
    """Leave the database as it was before the demo: no rows, no history, numbers from one again.

    The history goes too: it tells of nothing but the demo, and the next firm's chain starts clean.
    Raises Refused (no_demo, own_records_in_demo) when people have added users, customers or sites of their own.
    """
    if not is_there():
        raise Refused("This database does not hold the demo; nothing was removed.", code="no_demo")
    if (own := _own_records()) and not with_own_records:
        raise Refused(
            f"{own} users, customers and sites were entered by hand and would be lost. "
            "Give --with-own-records to remove them with the demo.",
            code="own_records_in_demo",
        )
    tables = ", ".join(f'"{table}"' for table in _tables())
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE sequencename LIKE '%\\_reference'")
        for (sequence,) in cursor.fetchall():
            cursor.execute(f'ALTER SEQUENCE "{sequence}" RESTART')
    heads.forget()


def _load_list(name: str) -> Loaded:
    path = FOLDER / f"{name}.csv.gz"
    with acting(everything=True):
        before = Site.objects.count()
    report = take_sites(path, mapping=name, everything=True)
    with acting(everything=True):
        stored = Site.objects.count() - before
    return Loaded(report, _rows_in(path), stored, "sites")


def _load_assets(name: str) -> Loaded:
    path = FOLDER / f"{name}.csv.gz"
    report = take(ASSETS, path, mapping=name, everything=True)
    with acting(everything=True):
        stored = Asset.objects.count()
    return Loaded(report, _rows_in(path), stored, "assets")


def _rows_in(path: Path) -> int:
    """Counted with Python's csv module alone, to check our own reader against."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        return sum(1 for row in csv.reader(text) if any(row)) - 1


def _make_logins() -> None:
    for login in LOGINS:
        everything = login.role is not Role.ENGINEER
        user = User.objects.create_user(
            login.email,
            login.password,
            name=f"Demo {login.role.label}",
            role=login.role,
            all_customers=everything,
        )
        if not everything:
            seen = Customer.objects.filter(name__in=ENGINEER_SEES).values_list("pk", flat=True)
            give(user_id=user.pk, customers=seen)


def _own_records() -> int:
    demo = [login.email for login in LOGINS]
    with acting(everything=True):
        return (
            User.objects.exclude(email__in=demo).count()
            + Customer.objects.filter(created_by__isnull=False).count()
            + Site.objects.filter(created_by__isnull=False).count()
        )


def _tables() -> list[str]:
    business = {model._meta.db_table for model in declared()}
    return sorted(business | {*LOGIN_TABLES, *CLOSED_TABLES} - {"django_content_type"})


def _filled_tables() -> list[str]:
    with connections["owner"].cursor() as cursor:
        filled = []
        for table in sorted(model._meta.db_table for model in declared()):
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
            if cursor.fetchone()[0]:
                filled.append(table)
    return filled
