"""What a piece of regular work is, and when it is due: rules alone, which take the time as an argument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from babel import dates
from django.utils.functional import Promise

from sitebook.ui.formats import locale
from sitebook.upkeep.models import LastRun

DAY = timedelta(days=1)
TRY_AGAIN = timedelta(minutes=5)
"""After so long what broke off is tried again."""
GRACE = timedelta(hours=1)
"""Work that should have been done so long ago is late."""
STEP = timedelta(minutes=1)
"""A time further ahead than this was written by a clock that was wrong."""
JUMP = timedelta(days=3)
"""Clearing that was not begun for so long waits first: the machine slept, or its clock is ahead."""
HOLD = timedelta(days=1)
"""How long it waits then: time to see that the clock is wrong and to put it right."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One piece of regular work.

    name: what the database and the log call it. label: what people call it.
    every: how often; offset: how long after midnight UTC the first turn of a day is.
    do: does the work, given the time it began; what it returns is written to the log. It may be killed at any moment
    and begun again, so it must leave nothing half-done. clears: it deletes by date what cannot be brought back.
    """

    name: str
    label: str | Promise
    every: timedelta
    do: Callable[[datetime], object]
    offset: timedelta = timedelta()
    clears: bool = False

    @property
    def often(self) -> str:
        """``10 minutes``, ``1 day``."""
        return dates.format_timedelta(self.every, threshold=1, locale=locale())

    def turn(self, now: datetime) -> datetime:
        """The latest moment at or before ``now`` when its turn came."""
        since = now - _EPOCH - self.offset
        return _EPOCH + self.offset + (since // self.every) * self.every

    def is_due(self, last: LastRun | None, now: datetime) -> bool:
        """Whether it should be begun. A turn that was missed is caught up once, however long ago it was.

        A beginning that lies in the future was written by a wrong clock and is no reason to wait.
        """
        if last is None or last.begun_at > now + STEP:
            return True
        if last.state == LastRun.State.HELD:
            return now - last.begun_at >= HOLD
        if last.state != LastRun.State.DONE:  # it broke off, or whoever did it was killed
            return now - last.begun_at >= min(self.every, TRY_AGAIN)
        return last.begun_at < self.turn(now)

    def must_wait(self, last: LastRun | None, now: datetime) -> bool:
        """Whether it is held back for a day although it is due, since time seems to have jumped.

        A machine that slept and a clock that runs ahead look the same from inside. What waited once does not wait
        again: else nothing would ever be cleared on a machine that is on once a week.
        """
        if not self.clears or last is None or last.state == LastRun.State.HELD:
            return False
        return now - last.begun_at > JUMP

    def is_late(self, last: LastRun | None, now: datetime) -> bool:
        """Whether it should have been done well an hour ago and was not."""
        if last is not None and last.state == LastRun.State.HELD:
            return not -STEP <= now - last.begun_at < HOLD + GRACE
        if last is None or last.finished_at is None or last.finished_at > now + STEP:
            return True
        return last.finished_at < self.turn(now - GRACE)
