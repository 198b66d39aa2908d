"""The demo's real names inside a large register of customers, sites, tenures and contacts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

CUSTOMERS, SITES, CONTACTS = 100_000, 300_000, 150_000
TABLES = ("customers_customer", "sites_site", "sites_tenure", "contacts_contact", "contacts_contactrole")
# How many customers each measured user may see; 0: all.
READERS = {"few": 50, "some": 2_000, "many": 50_000, "all": 0}


def ensure(owner: Any) -> None:
    """Make the register if it is not there yet; takes some minutes. ``owner``: the owner's connection."""
    from sitebook.demo import loader
    from sitebook.search import index

    with owner.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        if cursor.fetchone()[0] >= CUSTOMERS:
            return
    if not loader.is_there():
        loader.load()
    from django.db import transaction

    with transaction.atomic(using=owner.alias), owner.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in Path(__file__).with_name("large.sql").read_text().split("\n----\n"):
            for name, number in (("customers", CUSTOMERS), ("sites", SITES), ("contacts", CONTACTS)):
                statement = statement.replace(f":{name}", str(number))
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    index.write_all(owner)
    with owner.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def readers() -> dict[str, Any]:
    """A user for each width of sight, made once."""
    from sitebook.access.identity import acting
    from sitebook.users.models import Role, User

    found = {}
    for name, many in READERS.items():
        with acting(everything=True):
            user = User.objects.filter(email=f"{name}@bench.example").first()
            if user is None:
                user = User.objects.create_user(f"{name}@bench.example", None, name=name, role=Role.OFFICE)
                User.objects.filter(pk=user.pk).update(all_customers=many == 0)
                _grant(user.pk, many)
            user.refresh_from_db()
        found[name] = user
    return found


def _grant(user_id: int, many: int) -> None:
    from sitebook.access.models import give
    from sitebook.customers.models import Customer

    ids = list(Customer.objects.order_by("-id").values_list("pk", flat=True)[:many]) if many else []
    for start in range(0, len(ids), 5000):
        give(user_id=user_id, customers=ids[start : start + 5000])
