"""What every page costs: processor time of the server and of PostgreSQL from the kernel's own accounting, statements,
rows read and bytes. One worker, one connection, one request after the other."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.bench.scenarios import Scenario, for_user
from sitebook.users.models import Scope, User
from sitebook.users.tokens import make

ROUNDS = 8
WARM = 2
NO_PAGES = (404, 405)


@dataclass(frozen=True)
class Cost:
    """Of one request: processor time in ms, the time it took, statements, rows PostgreSQL read, bytes sent."""

    scenario: str
    group: str
    reader: str
    status: int
    server_ms: float
    database_ms: float
    p50_ms: float
    p95_ms: float
    statements: int
    rows_read: int
    bytes: int

    @property
    def ms(self) -> float:
        return self.server_ms + self.database_ms


def one_connection() -> None:
    """Called before the first query: all requests use one connection, whose work can then be told from others'."""
    options: Any = connections.settings["default"]["OPTIONS"]
    options["pool"] = {"min_size": 1, "max_size": 1, "timeout": 15}
    settings.ALLOWED_HOSTS = ["testserver"]


def measure(
    readers: dict[str, User], told: Callable[[Cost], None], *, rounds: int = ROUNDS, only: str = ""
) -> list[Cost]:
    """Ask everything as each of these users; ``only`` what has this text in its name."""
    meter = Meter()
    found = []
    for reader, user in readers.items():
        client = Client()
        client.force_login(user)
        for scenario in (each for each in for_user(user, client, _token(user)) if only in each.name):
            if meter.is_no_page(client, scenario):
                continue
            cost = meter.cost(client, scenario, reader, rounds)
            told(cost)
            found.append(cost)
    return found


def _token(user: User) -> str:
    with acting(user=user, via="command"):
        return make(user, name="Bench", scopes=[Scope.READ], days=1, now=timezone.now())[1]


class Meter:
    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.backend = int(cursor.fetchone()[0])
        self.statements = 0

    def is_no_page(self, client: Client, scenario: Scenario) -> bool:
        """Whether an address only takes what is sent to it, or something else than a record's number."""
        return self._asked(client, scenario).status_code in NO_PAGES

    def cost(self, client: Client, scenario: Scenario, reader: str, rounds: int) -> Cost:
        for _ in range(WARM):
            response = self._asked(client, scenario)
        server, database, walls = 0.0, 0.0, []
        rows, self.statements = self._rows_read(), 0
        for _ in range(rounds):
            began, cpu, backend = time.perf_counter(), time.thread_time(), self._backend_seconds()
            response = self._asked(client, scenario)
            server += time.thread_time() - cpu
            database += self._backend_seconds() - backend
            walls.append((time.perf_counter() - began) * 1000)
        statements = self.statements // rounds
        return Cost(
            scenario.name,
            scenario.group,
            reader,
            response.status_code,
            round(server * 1000 / rounds, 2),
            round(database * 1000 / rounds, 2),
            round(statistics.median(walls), 1),
            round(statistics.quantiles(walls, n=20)[-1], 1) if rounds > 1 else round(walls[0], 1),
            statements,
            (self._rows_read() - rows) // rounds,
            len(response.content),
        )

    def _asked(self, client: Client, scenario: Scenario) -> Any:
        with connection.execute_wrapper(self._count):
            return client.get(scenario.path, headers=dict(scenario.headers))

    def _count(self, execute: Callable[..., Any], sql: str, *further: Any) -> Any:
        self.statements += 1
        return execute(sql, *further)

    def _backend_seconds(self) -> float:
        """From the scheduler's own count, in nanoseconds; the usual one ticks in hundredths of a second."""
        return int(Path(f"/proc/{self.backend}/schedstat").read_text().split()[0]) / 1e9

    def _rows_read(self) -> int:
        """Of all tables and indexes so far. The backend hands its counts over when asked to, else once a second."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint FROM pg_stat_user_tables"
            )
            return int(cursor.fetchone()[0])


def kept(costs: Iterable[Cost], path: Path) -> None:
    """Write the results as JSON."""
    path.write_text(json.dumps([asdict(cost) for cost in costs], indent=1) + "\n")


def read(path: Path) -> list[Cost]:
    return [Cost(**each) for each in json.loads(path.read_text())]


def line(cost: Cost) -> str:
    """What is told while it goes on."""
    text = f"{cost.reader:>8} {cost.scenario[:44]:44} {cost.ms:7.1f} ms {cost.statements:3} q {cost.rows_read:8} rows"
    return text if cost.status == 200 else f"{text} {cost.status}"
