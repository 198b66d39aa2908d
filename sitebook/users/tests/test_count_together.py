"""Several processes count together, in PostgreSQL, whatever becomes of the request that is counted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from sitebook.users import counters
from tests.cast import Cast


@pytest.fixture(autouse=True)
def _fresh_counters() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


pytestmark = pytest.mark.django_db


def at_once(act: object, times: int = 16) -> list[object]:
    start = Barrier(4)

    def one(number: int) -> object:
        if number < 4:
            start.wait()
        return act()  # type: ignore[operator]

    with ThreadPoolExecutor(4) as threads:
        return list(threads.map(one, range(times)))


def test_each_of_many_who_count_at_once_gets_a_number_of_its_own() -> None:
    found = at_once(lambda: counters.count("k", period=1, seconds=60))
    assert sorted(found) == list(range(1, 17))  # type: ignore[type-var]


def test_it_counts_on_after_postgresql_was_started_anew() -> None:
    at_once(lambda: counters.count("k", period=1, seconds=60))
    ours = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'sitebook counters'"
    )
    with connection.cursor() as cursor:
        cursor.execute(ours)
        assert (True,) in cursor.fetchall()
    assert counters.count("k", period=1, seconds=60) == 17


def test_one_of_many_who_use_a_code_at_once_was_first() -> None:
    assert at_once(lambda: cache.add("code", True, timeout=60)).count(True) == 1
    cache.set("over", 1, timeout=-1)
    assert cache.get("over") is None
    assert cache.add("over", 2, timeout=60)
    assert (cache.get("over"), cache.delete("over"), cache.delete("over")) == (2, True, False)


def test_what_is_counted_stays_when_the_request_is_rolled_back() -> None:
    with transaction.atomic():
        counters.count("k", period=1, seconds=60)
        transaction.set_rollback(True)
    assert counters.counted("k", period=1) == 1
    assert counters.count("k", period=2, seconds=60) == 1, "another minute begins anew"


def test_another_process_sees_it() -> None:
    cache.set("k", [1.5, 2.25], timeout=60)
    told = (
        "import sys, django; django.setup(); from django.conf import settings;"
        "settings.DATABASES['default']['NAME'] = sys.argv[1];"
        "from django.core.cache import cache; print(cache.get('k')); cache.set('k', 'theirs', timeout=60)"
    )
    name = connection.settings_dict["NAME"]
    said = subprocess.run([sys.executable, "-c", told, name], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "[1.5, 2.25]"
    assert cache.get("k") == "theirs"


def test_what_is_over_is_swept_and_a_long_key_takes_no_more_room() -> None:
    counters.count("x" * 100_000, period=1, seconds=-1)
    cache.set("stays", 1, timeout=60)
    assert counters.sweep() == 1
    assert cache.get("stays") == 1


def test_wrong_passwords_are_counted_there(cast: Cast) -> None:
    for _each in range(5):
        Client().post("/account/login/", {"login": cast.bob.email, "password": "wrong"})
    page = Client().post("/account/login/", {"login": cast.bob.email, "password": "correct horse battery"})
    assert "Too many tries" in page.content.decode()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM users_counter")
        assert cursor.fetchone()[0] >= 2
