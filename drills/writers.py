"""Many people at once who make customers through the page, and remember which were acknowledged."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from drills.house import Failed, House, Session

IN_FLIGHT = 200


class Writers:
    """``acknowledged``: customer names by the number in the address they were shown at."""

    def __init__(self, house: House, session: Session, label: str) -> None:
        self.house, self.session, self.label = house, session, label
        self.acknowledged: dict[str, int] = {}
        self.attempted: set[str] = set()
        self.answers: dict[str, int] = {}
        self._ending = threading.Event()
        self._mine = threading.Lock()

    @contextmanager
    def at_work(self) -> Iterator[Writers]:
        threads = [threading.Thread(target=self._write, args=(n,), daemon=True) for n in range(IN_FLIGHT)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self.end()
            for thread in threads:
                thread.join(timeout=120)

    def end(self) -> None:
        self._ending.set()

    def wait_for(self, more: int, seconds: float = 90) -> None:
        """Until so many more were acknowledged. Raises Failed."""
        wanted = len(self.acknowledged) + more
        deadline = time.monotonic() + seconds
        while len(self.acknowledged) < wanted:
            if time.monotonic() > deadline:
                raise Failed(f"only {len(self.acknowledged)} of {wanted} writes in time; answers: {self.answers}")
            time.sleep(0.02)

    def _write(self, number: int) -> None:
        session = replace(self.session, cookies=dict(self.session.cookies))
        turn = 0
        while not self._ending.is_set():
            turn += 1
            name = f"{self.label} {number}-{turn}"
            with self._mine:
                self.attempted.add(name)
            try:
                status, where = session.post("/customers/new/", {"name": name, "kind": "company"})
            except (OSError, http.client.HTTPException) as error:
                self._count(type(error).__name__)
                time.sleep(0.2)
                continue
            self._count(str(status))
            if status in (302, 303) and where.startswith("/customers/"):
                with self._mine:
                    self.acknowledged[name] = int(where.split("/")[2])
            else:
                time.sleep(0.1)

    def _count(self, answer: str) -> None:
        with self._mine:
            self.answers[answer] = self.answers.get(answer, 0) + 1
