"""A clock that ran ahead and was put right, long transactions, far months: no honest change is accused."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction

from sitebook.history import tasks
from sitebook.history.verification import faults, sealed
from tests.cast import make_customer, see_all

pytestmark = pytest.mark.usefixtures("committed")
NOW = datetime.now(UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def owner(statement: str, *values: object) -> list[tuple[object, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)  # type: ignore[arg-type]
        return list(cursor.fetchall()) if cursor.description else []


def changed(at: datetime) -> None:
    """An honest change while the clock showed this time."""
    make_customer(f"Changed at {at}")
    owner("UPDATE history_change SET at = %s WHERE id = (SELECT max(id) FROM history_change)", at)


def found(now: datetime) -> list[str]:
    return [str(row[0]) for row in owner("SELECT fault FROM history_faults(%s)", now)]


@pytest.mark.parametrize("ahead", [2 * HOUR, 21 * DAY, 400 * DAY])
def test_a_clock_that_ran_ahead_and_was_put_right_accuses_nobody(ahead: timedelta) -> None:
    for minutes in (0, 10, 20):
        changed(NOW + timedelta(minutes=minutes))
        tasks.seal(NOW + timedelta(minutes=minutes, seconds=1))
    for minutes in (30, 40):
        changed(NOW + ahead + timedelta(minutes=minutes))
        tasks.seal(NOW + ahead + timedelta(minutes=minutes, seconds=1))
    changed(NOW + ahead + timedelta(minutes=45))  # goes into a seal after the clock was put right
    right = NOW + timedelta(minutes=50)
    changed(right)
    assert found(right) == []
    tasks.seal(right + timedelta(seconds=1))
    until = int(ahead / HOUR) + 30
    for hours in range(0, until, max(7, until // 12)):  # until the true time has come past the false one
        now = right + timedelta(hours=hours, minutes=5)
        changed(now)
        assert found(now + timedelta(minutes=1)) == []
        tasks.seal(now + timedelta(minutes=2))
    assert found(now + HOUR) == []
    assert owner("SELECT count(*) FROM history_change WHERE seal_id IS NULL") == [(0,)]


def test_a_clock_that_was_behind_at_the_start_accuses_nobody() -> None:
    """An empty battery: some minutes in the year 2000, until the time server answers."""
    changed(NOW)
    tasks.seal(NOW)
    behind = datetime(2000, 1, 1, tzinfo=UTC)
    assert tasks.seal(behind) == 0  # nothing to seal, and yet a seal: the chain itself tells of the clock
    assert sealed(connections["owner"]) == (2, 1)
    changed(behind + timedelta(minutes=3))
    changed(NOW + HOUR)
    tasks.seal(NOW + HOUR)
    assert found(NOW + 2 * HOUR) == []


def test_a_backdated_change_is_found_also_after_the_clock_was_put_right() -> None:
    changed(NOW)
    tasks.seal(NOW)
    tasks.seal(NOW + 21 * DAY)
    changed(NOW + 21 * DAY)
    tasks.seal(NOW + 21 * DAY)
    changed(NOW - 3 * DAY)  # what somebody put in later
    assert len(found(NOW + HOUR)) == 1
    tasks.seal(NOW + HOUR)
    assert len(found(NOW + 2 * HOUR)) == 1


def test_a_long_transaction_is_sealed_later_and_accused_of_nothing() -> None:
    """Three hours of import while others work: what it wrote first bears a time before several seals."""
    changed(NOW)
    tasks.seal(NOW)
    wrote, end = threading.Event(), threading.Event()

    def long_import() -> None:
        with transaction.atomic(), see_all():
            make_customer("Imported")
            wrote.set()
            end.wait(30)
        connections["default"].close()

    thread = threading.Thread(target=long_import)
    thread.start()
    assert wrote.wait(30)
    for hours in (1, 2, 3):
        changed(NOW + hours * HOUR)
        tasks.seal(NOW + hours * HOUR)
    end.set()
    thread.join(30)
    owner("UPDATE history_change SET at = %s WHERE seal_id IS NULL", NOW + timedelta(minutes=1))
    assert found(NOW + 3 * HOUR) == []
    tasks.seal(NOW + 4 * HOUR)
    assert found(NOW + 4 * HOUR) == []
    assert sealed(connections["owner"]) == (5, 5)


def test_a_time_in_the_repeated_hour_is_a_moment_like_any_other() -> None:
    """01:30 British Summer Time, then 01:30 Greenwich Mean Time: the database knows moments, not hands of a clock."""
    first = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    for minutes in range(0, 150, 10):
        changed(first + timedelta(minutes=minutes))
        tasks.seal(first + timedelta(minutes=minutes))
    assert found(first + DAY) == []


@pytest.mark.parametrize("month", ["2027-12", "2028-02", "2031-05", "2001-07", "2099-12"])
def test_rows_of_a_month_that_nobody_prepared_get_their_own_partition(month: str) -> None:
    """Months of a clock that was wrong, and months in which the machine ran and nothing was prepared."""
    name = f"history_change_{month.replace('-', '_')}"
    with transaction.atomic(using="owner"):
        owner("UPDATE history_change SET at = at")  # takes the lock that preparing takes
        make_row = """INSERT INTO history_change (at, kind, record_id, subject_kind, subject_id, action, changes, via,
                      request_id, reason, db_user) VALUES (%s, 'x', 1, 'x', 1, 'made', '{}', 'sql', '', '', 'x')"""
        owner(make_row, f"{month}-01T00:00:00Z")
        owner(make_row, f"{month}-28T23:59:59.999Z")
        assert owner("SELECT count(*) FROM history_change_default") == [(2,)]
        owner("SELECT history_make_partitions()")
        assert owner("SELECT count(*) FROM history_change_default") == [(0,)]
        assert owner(f"SELECT count(*) FROM {name}") == [(2,)]
        owner(f"DROP TABLE {name}")


@pytest.mark.parametrize("today", ["2026-12-31", "2027-01-01", "2028-02-29", "2027-01-31"])
def test_this_month_and_the_next_three_are_there_whatever_the_day(today: str) -> None:
    with transaction.atomic(using="owner"):
        owner("SELECT history_make_partitions(3, %s::date)", today)
        first = datetime.fromisoformat(today).replace(day=1)
        for _month in range(4):
            assert owner("SELECT to_regclass(%s) IS NOT NULL", f"history_change_{first:%Y_%m}") == [(True,)]
            first = (first + 32 * DAY).replace(day=1)
        transaction.set_rollback(True, using="owner")


def test_what_is_verified_today_is_right_now() -> None:
    changed(NOW)
    tasks.seal()
    assert faults(connections["owner"]) == []
