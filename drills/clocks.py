"""Days of a year under a shifted clock: nothing missed, nothing doubled, nobody accused.

Server, worker and PostgreSQL run with a small preload (``clock.c``) that moves the real-time clock alone, by the
seconds in a file. It needs Linux and a C compiler.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

from drills.house import ROOT, Failed, House, Session

CLEARING = ("bulk.purge", "files.sweep", "outbox.purge", "users.purge")
OTHERS = ("history.seal", "history.months", "bulk.watch")


class Clearing(Enum):
    """What becomes of each day's clearing at a moment."""

    DONE = "done once"
    HELD = "held back for a day"
    NOT_YET = "left alone"


@dataclass(frozen=True)
class Moment:
    """The clock shows ``at``; off: the house is down before, and is started at that time."""

    what: str
    at: datetime
    clearing: Clearing
    off: bool = False


def _at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


FIRST = _at(2027, 3, 27, 12)
SHORT = (
    Moment("the day before the clocks go forward", FIRST, Clearing.DONE),
    Moment("the clocks go forward", _at(2027, 3, 28, 1, 30), Clearing.NOT_YET),
    Moment("a machine that is off at midnight", _at(2027, 3, 29, 7), Clearing.DONE, off=True),
    Moment("off again the next midnight", _at(2027, 3, 30, 7), Clearing.DONE, off=True),
    Moment("a machine that slept for forty days", _at(2027, 5, 9, 9), Clearing.HELD),
    Moment("the day after it woke", _at(2027, 5, 10, 9, 30), Clearing.DONE),
    Moment("a clock that runs three weeks ahead", _at(2027, 5, 31, 9), Clearing.HELD),
    Moment("the clock is put right", _at(2027, 5, 10, 10), Clearing.DONE),
    Moment("the day after that", _at(2027, 5, 11, 9), Clearing.DONE),
)
LONG = (
    *SHORT,
    Moment("back from the summer", _at(2027, 10, 30, 0), Clearing.HELD),
    Moment("the repeated hour of autumn, first", _at(2027, 10, 31, 0, 30), Clearing.DONE),
    Moment("the repeated hour of autumn, again", _at(2027, 10, 31, 1, 30), Clearing.NOT_YET),
    Moment("the last minute of a month", _at(2027, 11, 30, 23, 59, 30), Clearing.HELD),
    Moment("the new month", _at(2027, 12, 2, 8), Clearing.DONE),
    Moment("the last minute of a year", _at(2027, 12, 31, 23, 59, 30), Clearing.HELD),
    Moment("the new year", _at(2028, 1, 2, 8), Clearing.DONE),
    Moment("the day before the leap day", _at(2028, 2, 28, 11), Clearing.HELD),
    Moment("the leap day", _at(2028, 2, 29, 12), Clearing.DONE),
)


class Clock:
    """The shifted clock of a house's processes."""

    def __init__(self) -> None:
        # Readable for the user of PostgreSQL too.
        self.folder = Path(tempfile.mkdtemp(prefix="sitebook-clock."))
        self.folder.chmod(0o755)
        self.file, self.library = self.folder / "shift", self.folder / "clock.so"
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            raise Failed("the drill of clocks needs a C compiler: install cc (Debian: apt install gcc libc6-dev)")
        source = ROOT / "drills" / "clock.c"
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", self.library, source, "-ldl"], check=True)
        self.shift = 0
        self._write()

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self.library), "DRILL_CLOCK": str(self.file)}

    def show(self, at: datetime) -> None:
        self.shift = int(at.timestamp() - time.time())
        self._write()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.shift)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self) -> None:
        draft = self.file.with_suffix(".new")
        draft.write_text(f"{self.shift}\n")
        draft.chmod(0o644)
        draft.replace(self.file)


def days_of_a_year(rounds: int) -> str:
    """A house of its own through every moment, the first nine in a short form. Raises Failed."""
    clock = Clock()
    moments = LONG if rounds >= 10 else SHORT
    try:
        with _listening() as heard:
            house = House(more_environment=clock.environment | {"SITEBOOK_WEBHOOKS_PRIVATE": "1"})
            try:
                clock.show(FIRST - timedelta(minutes=5))
                house.set_up()
                house.start()
                year = _Year(house, clock, heard)
                for number, moment in enumerate(moments):
                    year.live(moment, number)
            finally:
                house.take_down()
            house.log.unlink()
    finally:
        clock.remove()
    return f"{len(moments)} moments: nothing missed, nothing doubled, nobody accused"


@contextmanager
def _listening() -> Iterator[Heard]:
    """Somebody who is told of every customer."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.names.append((told["record"] or {}).get("name"))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Heard:
    """The names that were told, in their order."""

    port: int = 0
    names: list[str | None] = field(default_factory=list)


class _Year:
    """The house as it lives through the moments: a customer and a bulk change at each."""

    def __init__(self, house: House, clock: Clock, heard: Heard) -> None:
        self.house, self.clock, self.heard = house, clock, heard
        self.sessions: list[tuple[datetime, Session]] = []
        self.cleared = dict.fromkeys(CLEARING, 1)  # at the first start
        self.made: list[str] = []
        self.last = 0
        house.rows(
            """INSERT INTO outbox_webhook (name, url, events, owner_id, generation, is_active, pause_reason, version)
               SELECT 'Drill', %s, '{}', id, 1, true, '', 1 FROM users_user WHERE email = 'ada@drill.example'""",
            f"http://127.0.0.1:{heard.port}/",
        )

    def live(self, moment: Moment, number: int) -> None:
        """Raises Failed."""
        if moment.off:
            self.house.end()
        self.clock.show(moment.at)
        if moment.off:
            self.house.start()
        try:
            self._work(number)
            self._wait_for(moment)
            self._judge()
            self._order_for_next_time()
        except Failed as failure:
            raise Failed(f"{moment.what}: {failure}") from failure
        print(f"  {moment.at:%Y-%m-%d %H:%M} {moment.what}: clearing {moment.clearing.value}, all in order", flush=True)

    def _work(self, number: int) -> None:
        (shown,) = self.house.rows("SELECT now()")[0]
        if abs(shown - self.clock.now()) > timedelta(minutes=2):
            raise Failed(f"PostgreSQL's clock shows {shown}, not {self.clock.now()}: the preload is not in it")
        for made, session in self.sessions:
            answer, _page = session.get("/customers/")
            ends = made + SESSION
            if (answer == 200) != (ends - SESSION - timedelta(hours=1) <= self.clock.now() < ends):
                raise Failed(f"a session of {made} answers {answer}")
        session = self.house.sign_in("ada@drill.example")
        self.sessions.append((self.clock.now(), session))
        name = f"clock {number}"
        status, where = session.post("/customers/new/", {"name": name, "kind": "company"})
        if status not in (302, 303):
            raise Failed(f"a customer could not be added: {status} {where[:200]}")
        self.made.append(name)
        self.last = int(where.split("/")[2])

    def _order_for_next_time(self) -> None:
        """A bulk change whose worker was killed a while ago: the next moment takes it up."""
        self.house.rows(
            """INSERT INTO bulk_run (user_id, listed, kind, action, values, title, address, words, name, ids, chosen,
                 reached, changed, unchanged, refused, state, note, touched_at)
               SELECT id, 'customers', 'customers_customer', 'tag', jsonb_build_object('tag', %s::text), 'Tag', '', '',
                 %s, ARRAY[%s::bigint], 1, 0, 0, 0, 0, 'waiting', '', now() - interval '10 minutes'
               FROM users_user WHERE email = 'ada@drill.example'""",
            *(self.made[-1], uuid4().hex, self.last),
        )

    def _wait_for(self, moment: Moment) -> None:
        """Until everything that was due at this moment has been done."""
        deadline = time.monotonic() + 60
        while waiting := list(self._missing(moment)):
            if time.monotonic() > deadline:
                raise Failed("; ".join(waiting))
            time.sleep(0.5)
        time.sleep(1)
        if waiting := list(self._missing(moment)):
            raise Failed("; ".join(waiting))
        for name in CLEARING:
            self.cleared[name] += moment.clearing is Clearing.DONE and moment.at != FIRST

    def _missing(self, moment: Moment) -> Iterator[str]:
        yield from self._missing_duties(moment)
        yield from self._missing_work()

    def _missing_duties(self, moment: Moment) -> Iterator[str]:
        now = self.clock.now()
        asked = "SELECT name, state, begun_at, finished_at FROM upkeep_lastrun"
        runs = {name: (state, begun, ended) for name, state, begun, ended in self.house.rows(asked)}
        for name in (*CLEARING, *OTHERS):
            state, begun, _ended = runs[name]
            held = name in CLEARING and moment.clearing is Clearing.HELD
            if state != ("held" if held else "done") or begun > now + timedelta(minutes=1):
                yield f"{name} is {state} since {begun}"
            if name in OTHERS and begun < now - timedelta(minutes=70):
                yield f"{name} was begun at {begun}"
        log = self.house.log.read_text()
        for name in CLEARING:
            wanted = self.cleared[name] + (moment.clearing is Clearing.DONE and moment.at != FIRST)
            if (times := log.count(f" {name}: ")) != wanted:
                yield f"{name} was done {times} times, not {wanted}"

    def _missing_work(self) -> Iterator[str]:
        (unsealed,) = self.house.rows(UNSEALED)[0]
        if unsealed:
            yield f"{unsealed} changes are not sealed"
        tagged = self.house.rows("SELECT name FROM customers_customer WHERE cardinality(tags) = 1 ORDER BY id")
        if [name for (name,) in tagged] != self.made[:-1]:
            yield f"bulk changes were done to {len(tagged)} of {len(self.made) - 1}"
        if sorted(filter(None, self.heard.names)) != sorted(self.made + self.made[:-1]):
            yield f"told of {len(self.heard.names)} events, not of {2 * len(self.made) - 1}"

    def _judge(self) -> None:
        self.house.command("verify-history")
        said = self.house.command("check")
        if "late" in said:
            raise Failed(said)
        for why, asked in WRONG.items():
            if found := self.house.rows(asked):
                raise Failed(f"{why}: {found[:5]}")
        target = Path(f"{self.house.folder}.tar")
        try:
            self.house.command("backup", str(target))
        finally:
            target.unlink(missing_ok=True)


SESSION = timedelta(days=30)
UNSEALED = """
    SELECT count(*) FROM history_change WHERE seal_id IS NULL AND (at > now() + interval '1 minute'
      OR at < (SELECT begun_at FROM upkeep_lastrun WHERE name = 'history.seal'))"""
WRONG = {
    "in no month's partition": "SELECT id FROM history_change_default",
    "changes twice": "SELECT id FROM history_change GROUP BY id HAVING count(*) > 1",
    "done twice": """SELECT record_id FROM history_change WHERE kind = 'customers_customer'
                     GROUP BY record_id, action HAVING count(*) > 1""",
    "told twice": "SELECT change_id FROM outbox_delivery GROUP BY change_id HAVING count(*) > 1",
    "not told": "SELECT id FROM outbox_delivery WHERE state <> 'sent'",
    "runs not done once": "SELECT id FROM bulk_run WHERE state <> 'done' OR changed <> 1",
}
