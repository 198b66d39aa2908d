"""Fixtures for every test: a real PostgreSQL, the cast of our stories, clients that are signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.test import Client

from tests.cast import Cast, make_cast

TRIES, DEADLOCK = 5, "40P01"


@pytest.fixture(scope="session")
def cluster(django_db_blocker: Any) -> Iterator[Any]:
    """The tests' PostgreSQL server, with a database of this process's own."""
    from tests.database import own_copy

    copy = own_copy()
    with django_db_blocker.unblock():
        server = copy.__enter__()
    yield server
    with django_db_blocker.unblock():
        copy.__exit__(None, None, None)


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
def django_db_setup(cluster: Any) -> None:
    """A copy of the migrated template; tests connect as the log-in role."""


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
    """Empty every table but the schema's own bookkeeping, and count ids from 1 again."""
    with connections["owner"].cursor() as cursor:
        for tries in range(1, TRIES + 1):
            try:
                cursor.execute("SELECT tests.wipe()")
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
