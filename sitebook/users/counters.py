"""What several processes count and remember together for minutes: tries, used codes, requests.

One statement each, on connections of their own that commit at once: what is counted stays counted when the request it
belongs to is rolled back, and no two who count at the same time get the same number. The table is unlogged and found
empty after a crash of PostgreSQL.
"""

from __future__ import annotations

import atexit
import hashlib
import json
from functools import cache
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import OperationalError, connections
from psycopg import Error
from psycopg_pool import ConnectionPool, PoolTimeout

MOST_CONNECTIONS = 4
_WAIT_SECONDS = 5
_LONGEST_SECONDS = 30 * 24 * 3600.0
_IN_USE = "until > clock_timestamp()"
_SET = """
INSERT INTO users_counter AS c (key, value, until)
VALUES (%s, %s::jsonb, clock_timestamp() + make_interval(secs => %s))
ON CONFLICT (key) DO UPDATE SET value = excluded.value, until = excluded.until, count = 0
"""
_COUNT = """
INSERT INTO users_counter AS c (key, period, count, until)
VALUES (%(key)s, %(period)s, 1, clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (key) DO UPDATE SET period = excluded.period, until = excluded.until,
  count = CASE WHEN c.period = excluded.period THEN c.count + 1 ELSE 1 END
RETURNING count
"""


class Counters(BaseCache):
    """Django's cache in PostgreSQL, of values in JSON; ``add`` says to one of many that it was the first."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        only_over = f"{_SET} WHERE NOT (c.{_IN_USE}) RETURNING 1"
        return _ask(only_over, self._kept(key, value, timeout, version)) is not None

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        row = _ask(f"SELECT value FROM users_counter WHERE key = %s AND {_IN_USE}", [self._kept_as(key, version)])
        return default if row is None else row[0]

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        _ask(f"{_SET} RETURNING 1", self._kept(key, value, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return _ask("DELETE FROM users_counter WHERE key = %s RETURNING 1", [self._kept_as(key, version)]) is not None

    def clear(self) -> None:
        _ask("WITH gone AS (DELETE FROM users_counter RETURNING 1) SELECT count(*) FROM gone", [])

    def _kept_as(self, key: str, version: int | None) -> str:
        return _short(self.make_key(key, version=version))

    def _kept(self, key: str, value: Any, timeout: Any, version: int | None) -> list[Any]:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        lasts = _LONGEST_SECONDS if seconds is None else float(seconds)
        return [self._kept_as(key, version), json.dumps(value), lasts]


def count(key: str, *, period: int, seconds: int) -> int:
    """One more within this period; how many there are now. ``seconds``: after so long it may be forgotten."""
    row = _ask(_COUNT, {"key": _short(key), "period": period, "seconds": seconds})
    return int(row[0]) if row else 1


def counted(key: str, *, period: int) -> int:
    """How many there are within this period, without another."""
    row = _ask("SELECT count FROM users_counter WHERE key = %s AND period = %s", [_short(key), period])
    return int(row[0]) if row else 0


def sweep() -> int:
    """Forget what is over; how many that was."""
    gone = f"DELETE FROM users_counter WHERE NOT ({_IN_USE}) RETURNING 1"
    row = _ask(f"WITH gone AS ({gone}) SELECT count(*) FROM gone", [])
    return int(row[0]) if row else 0


def _short(key: str) -> str:
    """A stranger chooses what is counted, not how much room it takes."""
    return hashlib.sha256(key.encode()).hexdigest()


def _ask(statement: str, values: Any) -> tuple[Any, ...] | None:
    """One after the other, connections that ended with PostgreSQL are dropped: only the last may be a new one."""
    pool = _pool(connections["default"].settings_dict["NAME"])
    for dropped in range(MOST_CONNECTIONS + 1):
        connection = None
        try:
            with pool.connection() as connection:
                return connection.execute(statement, values).fetchone()
        except (Error, PoolTimeout) as fault:
            if connection is None or not connection.broken or dropped == MOST_CONNECTIONS:
                raise OperationalError(str(fault)) from fault
    raise AssertionError("unreachable")


@cache
def _pool(_database: str) -> ConnectionPool:
    wanted = connections["default"].get_connection_params()
    named = {name: value for name, value in wanted.items() if name not in ("cursor_factory", "context")}
    named |= {
        "autocommit": True,
        "application_name": "sitebook counters",
        "options": "-c synchronous_commit=off -c statement_timeout=5000",
    }
    pool = ConnectionPool(
        kwargs=named,
        min_size=0,
        max_size=MOST_CONNECTIONS,
        timeout=_WAIT_SECONDS,
        reconnect_timeout=_WAIT_SECONDS,
        open=True,
    )
    atexit.register(pool.close)
    return pool
