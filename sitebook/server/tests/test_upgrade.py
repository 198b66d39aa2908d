"""A database of an earlier version is brought up to date with what is in it."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connections

from sitebook.access.identity import acting
from sitebook.access.policies import make_way
from sitebook.customers.models import Contact, ContactRole, Customer, Site, Tenure
from sitebook.search.queries import find
from sitebook.server.schema import migrate
from tests.cast import make_customer, make_firm, make_site

FIRST = "0001_customers_and_sites"


@pytest.fixture
def as_it_was(committed: None):
    """The schema of the first version with a site and a private customer in it; afterwards the present one."""
    make_firm()
    make_site(make_customer("Acme"), "Depot", code="D-1")
    make_customer("Jane Doe", kind="individual", phones=[{"kind": "office", "number": "+441132222222", "odd": False}])
    make_way(connections["owner"])
    _without_policies()
    try:
        for app, migration in (("search", "zero"), ("files", "zero"), ("customers", FIRST)):
            call_command("migrate", app, migration, database="owner", verbosity=0, interactive=False)
        yield
    finally:
        migrate()


def _without_policies() -> None:
    """Only this way back trips over them: no migration takes a customer's column away."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT policyname, tablename FROM pg_policies WHERE tablename ~ '^(customers|files|search)_'")
        for policy, table in cursor.fetchall():
            cursor.execute(f'DROP POLICY "{policy}" ON "{table}"')


def test_sites_customers_and_the_search_come_along(as_it_was: None):
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('customers_contact'), count(*) FROM customers_tenure")
        assert cursor.fetchone() == (None, 1)
    migrate()
    with acting(everything=True):
        assert Tenure.objects.get().place["code"] == "D-1"
        assert Tenure.objects.get().name_key == "depot"
        jane = Contact.objects.get()
        assert (jane.name, jane.is_customer, jane.phones) == (
            "Jane Doe",
            True,
            Customer.objects.get(pk=jane.customer_id).phones,
        )
        assert ContactRole.objects.get().role == "main"
        assert [hit.title for hit in find("depot", kinds=("customers_site",), want=5)] == [Site.objects.get().name]
