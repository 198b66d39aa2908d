"""A database Sitebook cannot bring up to date is refused with what to do instead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from sitebook.basics.refused import Refused
from sitebook.server.schema import migrate, missing_migrations, must_be_current


@pytest.fixture
def of_0_1_0(committed: None) -> Iterator[None]:
    """A database that has the first migration of 0.1.0, the only mark it needs; without it again afterwards."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('customers', '0001_customers_and_sites', now())"
        )
        yield
        cursor.execute("DELETE FROM django_migrations WHERE name = '0001_customers_and_sites'")


@pytest.mark.parametrize("step", [migrate, must_be_current, missing_migrations])
def test_a_database_of_0_1_0_is_refused_and_left_alone(of_0_1_0: None, step) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        before = cursor.fetchone()
        with pytest.raises(Refused, match=r"was made by Sitebook 0\.1\.0.*Export its lists there, and import them"):
            step()
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone() == before
