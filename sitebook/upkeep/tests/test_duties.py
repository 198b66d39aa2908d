"""When work is due: after pauses, with wrong clocks, for each hour of a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sitebook.upkeep.duties import Duty
from sitebook.upkeep.models import LastRun

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
DAILY = Duty(name="daily", label="Daily", every=DAY, offset=2 * HOUR, do=lambda now: None)
CLEARS = Duty(name="clears", label="Clears", every=DAY, offset=2 * HOUR, do=lambda now: None, clears=True)
OFTEN = Duty(name="often", label="Often", every=10 * MINUTE, do=lambda now: None)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def done(at: datetime) -> LastRun:
    return LastRun(name="x", state=LastRun.State.DONE, begun_at=at, finished_at=at)


def held(since: datetime) -> LastRun:
    return LastRun(name="x", state=LastRun.State.HELD, begun_at=since, finished_at=since - 21 * DAY)


def test_what_was_never_done_is_due_and_late() -> None:
    assert DAILY.is_due(None, moment("2026-11-29T17:00"))
    assert DAILY.is_late(None, moment("2026-11-29T17:00"))


def test_a_days_work_has_its_turn_once_a_day() -> None:
    last = done(moment("2026-11-29T02:00"))
    assert not DAILY.is_due(last, moment("2026-11-30T01:59"))
    assert DAILY.is_due(last, moment("2026-11-30T02:00"))


def test_a_machine_that_is_off_at_the_hour_does_it_when_it_is_on() -> None:
    last = done(moment("2026-11-29T08:00"))
    assert DAILY.is_due(last, moment("2026-11-30T08:00"))
    assert not DAILY.is_due(done(moment("2026-11-30T08:00")), moment("2026-11-30T17:00"))


def test_forty_days_of_sleep_are_caught_up_once() -> None:
    woke = moment("2026-03-01T09:00")
    assert DAILY.is_due(done(woke - 40 * DAY), woke)
    assert not DAILY.is_due(done(woke), woke + MINUTE)


@pytest.mark.parametrize("ahead", [2 * MINUTE, HOUR, 21 * DAY, 400 * DAY])
def test_a_beginning_in_the_future_is_no_reason_to_wait(ahead: timedelta) -> None:
    now = moment("2026-11-29T17:00")
    assert DAILY.is_due(done(now + ahead), now)
    assert OFTEN.is_due(done(now + ahead), now)
    assert DAILY.is_late(done(now + ahead), now)


def test_a_clock_that_is_put_right_by_seconds_doubles_nothing() -> None:
    now = moment("2026-11-29T17:00")
    assert not OFTEN.is_due(done(now + timedelta(seconds=30)), now)


def test_what_broke_off_or_was_killed_is_tried_again_soon() -> None:
    began = moment("2026-11-29T02:00")
    for state in (LastRun.State.FAILED, LastRun.State.RUNNING):
        last = LastRun(name="x", state=state, begun_at=began, finished_at=began - DAY)
        assert not DAILY.is_due(last, began + 4 * MINUTE)
        assert DAILY.is_due(last, began + 5 * MINUTE)


def test_it_is_late_an_hour_after_its_turn() -> None:
    last = done(moment("2026-11-29T02:00"))
    assert not DAILY.is_late(last, moment("2026-11-30T02:59"))
    assert DAILY.is_late(last, moment("2026-11-30T03:00"))


@pytest.mark.parametrize(
    ("ahead", "waits"), [(DAY, False), (3 * DAY, False), (3 * DAY + MINUTE, True), (40 * DAY, True)]
)
def test_what_clears_waits_after_a_jump_and_nothing_else_does(ahead: timedelta, waits: bool) -> None:
    now = moment("2026-11-29T17:00")
    assert CLEARS.must_wait(done(now - ahead), now) is waits
    assert not DAILY.must_wait(done(now - ahead), now)


def test_what_was_never_begun_and_what_was_begun_by_a_clock_ahead_does_not_wait() -> None:
    now = moment("2026-11-29T17:00")
    assert not CLEARS.must_wait(None, now)
    assert not CLEARS.must_wait(done(now + 21 * DAY), now)


def test_what_waits_is_due_and_done_after_a_day_and_late_an_hour_later() -> None:
    since = moment("2026-11-29T17:00")
    last = held(since)
    for after, due, late in (
        (MINUTE, False, False),
        (23 * HOUR, False, False),
        (DAY, True, False),
        (26 * HOUR, True, True),
    ):
        assert (CLEARS.is_due(last, since + after), CLEARS.is_late(last, since + after)) == (due, late)
        assert not CLEARS.must_wait(last, since + after)


def test_a_machine_that_is_on_once_a_week_clears_every_second_time() -> None:
    since = moment("2026-11-29T17:00")
    assert CLEARS.is_due(held(since), since + 7 * DAY)
    assert not CLEARS.must_wait(held(since), since + 7 * DAY)


def test_what_waits_is_done_at_once_when_the_clock_is_put_right() -> None:
    ahead = moment("2026-12-20T17:00")
    assert CLEARS.is_due(held(ahead), ahead - 21 * DAY)
    assert not CLEARS.must_wait(held(ahead), ahead - 21 * DAY)


@pytest.mark.parametrize("year", [2027, 2028])
def test_over_a_year_it_is_done_once_for_each_day(year: int) -> None:
    """Month ends, the leap day, both clock changes: looked at every 15 minutes, done once between 02:00 and 02:00."""
    now, last, turns = datetime(year, 1, 1, tzinfo=UTC), None, []
    while now.year == year:
        if DAILY.is_due(last, now):
            turns.append(now)
            last = done(now)
        now += 15 * MINUTE
    first, *others = turns
    assert first == datetime(year, 1, 1, tzinfo=UTC)
    days = (datetime(year + 1, 1, 1, tzinfo=UTC) - first).days
    assert others == [first + 2 * HOUR + day * DAY for day in range(days)]
