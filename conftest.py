"""Fixtures for every test: a real PostgreSQL, the cast of our stories, clients that are signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connections
from django.test import Client
from psycopg import sql

from tests.cast import Cast, make_cast
from tests.server import DATA

TRIES, DEADLOCK = 5, "40P01"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """The tests' PostgreSQL server."""
    from sitebook.embedded.cluster import embedded

    with embedded(DATA).running() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def quick_settings() -> None:
    """Cheap password hashes, and static files as they lie in the checkout."""
    from django.conf import settings
    from django.contrib.auth import hashers

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    hashers.get_hashers.cache_clear()


@pytest.fixture(scope="session")
def django_db_setup(cluster: Any, django_db_blocker: Any) -> Iterator[None]:
    """A fresh database, migrated as its owner; tests then connect as the log-in role."""
    from sitebook.server.schema import migrate

    with django_db_blocker.unblock():
        migrate()
    yield
    with django_db_blocker.unblock():
        for connection in connections.all():
            connection.close()
        connections["default"].close_pool()  # type: ignore[attr-defined]
    _drop(cluster.superuser_url, cluster.database)


def _drop(superuser_url: str, database: str) -> None:
    from sitebook.basics.database_roles import role_names

    roles = role_names(database)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))
        for role in (roles.app, *roles.seeing, roles.owner):
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For stories that need real commits, several connections or the owner: wiped afterwards."""
    with django_db_blocker.unblock():
        wipe()
        yield
        connections["default"].close()
        wipe()
        connections["owner"].close()


def wipe() -> None:
    """Empty every table but the schema's own bookkeeping."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public'
            AND tablename !~ '^(django_migrations|django_content_type|auth_|procrastinate_|history_change_)'
            """
        )
        (tables,) = cursor.fetchone()
        for tries in range(1, TRIES + 1):
            try:
                cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
                return
            except OperationalError as fault:  # the server still answers a page that is closed by now
                if tries == TRIES or getattr(fault.__cause__, "sqlstate", "") != DEADLOCK:
                    raise


@pytest.fixture
def cast(db: None) -> Cast:
    """The people and customers of our stories."""
    return make_cast()


@pytest.fixture
def client_of() -> Callable[[Any], Client]:
    """A browser in which this user is signed in."""

    def signed_in(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
