"""How many requests a caller may make in a minute. Sitebook serves from one process, so memory is enough."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

SECONDS = 60


class Left(NamedTuple):
    """``limit`` a minute, ``left`` of them, for ``seconds`` more."""

    limit: int
    left: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers writes them."""
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={SECONDS}',
            "RateLimit": f'"minute";r={max(self.left, 0)};t={self.seconds}',
        }


@dataclass
class Minutes:
    """Counts by key in minutes of the clock; what is over is forgotten."""

    minute: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def spend(self, key: str, *, limit: int, now: float) -> Left:
        """One more; ``left`` is below zero when it was one too many. ``now``: seconds since the epoch."""
        minute = int(now // SECONDS)
        with self.lock:
            if minute != self.minute:
                self.minute, self.counts = minute, {}
            self.counts[key] = self.counts.get(key, 0) + 1
            return Left(limit, limit - self.counts[key], SECONDS - int(now % SECONDS))

    def left(self, key: str, *, limit: int, now: float) -> Left:
        """What a further one would leave, without counting it."""
        counted = self.counts.get(key, 0) if int(now // SECONDS) == self.minute else 0
        return Left(limit, limit - counted - 1, SECONDS - int(now % SECONDS))


CALLERS = Minutes()
WRONG_TOKENS = Minutes()
MOST_WRONG = 60
