"""How many requests a caller may make in a minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sitebook.users import counters

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


@dataclass(frozen=True)
class Minutes:
    """Counts by key in minutes of the clock, for all processes together. ``name`` tells one kind of key from others."""

    name: str

    def spend(self, key: str, *, limit: int, now: float) -> Left:
        """One more; ``left`` is below zero when it was one too many. ``now``: seconds since the epoch."""
        used = counters.count(f"{self.name}:{key}", period=int(now // SECONDS), seconds=2 * SECONDS)
        return Left(limit, limit - used, SECONDS - int(now % SECONDS))

    def left(self, key: str, *, limit: int, now: float) -> Left:
        """What a further one would leave, without counting it."""
        used = counters.counted(f"{self.name}:{key}", period=int(now // SECONDS))
        return Left(limit, limit - used - 1, SECONDS - int(now % SECONDS))


CALLERS = Minutes("api caller")
WRONG_TOKENS = Minutes("api wrong token")
MOST_WRONG = 60
