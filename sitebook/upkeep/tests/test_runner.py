"""Work is begun by one process at a time, noted, and tried again; kept up by a thread of the worker."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import ProgrammingError, connection, connections, transaction
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.api.models import Repeat
from sitebook.bulk.models import Run
from sitebook.config.upkeep import DUTIES
from sitebook.outbox.models import Delivery, Webhook
from sitebook.server.commands import check
from sitebook.upkeep import runner
from sitebook.upkeep.duties import Duty
from tests.cast import Cast, make_user, see_all
from tests.guards.planted import make_run

NOW = datetime(2026, 11, 29, 17, tzinfo=UTC)


class Work:
    """A duty that counts."""

    def __init__(self, fault: Exception | None = None, *, clears: bool = False) -> None:
        self.times: list[datetime] = []
        self.fault = fault
        self.duty = Duty(name="test", label="Test", every=timedelta(hours=1), do=self, clears=clears)

    def __call__(self, now: datetime) -> str:
        self.times.append(now)
        if self.fault:
            raise self.fault
        return "done"


def noted() -> Any:
    with acting(everything=True):
        return runner.last_runs()["test"]


@pytest.mark.django_db
def test_it_is_done_once_and_noted() -> None:
    work = Work()
    assert runner.do_if_due(work.duty, now=NOW)
    assert not runner.do_if_due(work.duty, now=NOW + timedelta(minutes=5))
    assert (noted().state, noted().begun_at, noted().finished_at, noted().fault) == ("done", NOW, NOW, "")
    assert runner.do_if_due(work.duty, now=NOW + timedelta(hours=1))
    assert work.times == [NOW, NOW + timedelta(hours=1)]


@pytest.mark.django_db
def test_a_clock_that_ran_ahead_and_was_put_right_skips_nothing() -> None:
    work = Work()
    for now in (NOW, NOW + timedelta(days=21), NOW + timedelta(minutes=30), NOW + timedelta(hours=1)):
        assert runner.do_if_due(work.duty, now=now)
    assert not runner.do_if_due(work.duty, now=NOW + timedelta(hours=1, minutes=1))


@pytest.mark.django_db
def test_a_clock_that_runs_ahead_for_less_than_a_day_clears_nothing() -> None:
    work = Work(clears=True)
    for now in (NOW, NOW + timedelta(days=21), NOW + timedelta(days=21, hours=23)):
        runner.do_if_due(work.duty, now=now)
    assert (work.times, noted().state) == ([NOW], "held")
    assert runner.do_if_due(work.duty, now=NOW + timedelta(hours=2))
    assert (work.times[1:], noted().state) == ([NOW + timedelta(hours=2)], "done")


@pytest.mark.django_db
def test_after_forty_days_of_sleep_it_clears_a_day_later() -> None:
    work = Work(clears=True)
    woke = NOW + timedelta(days=40)
    for now in (NOW, woke, woke + timedelta(hours=12), woke + timedelta(days=1), woke + timedelta(days=2)):
        runner.do_if_due(work.duty, now=now)
    assert work.times == [NOW, woke + timedelta(days=1), woke + timedelta(days=2)]


@pytest.mark.django_db
def test_a_clock_ahead_deletes_nothing_that_is_not_over(cast: Cast, client_of: Any) -> None:
    """Every duty that deletes, over an old session, an old delivery, an old run and an answer for a repeat."""
    client_of(cast.alice)
    now = timezone.now()
    with see_all():
        make_run(cast.alice, cast.acme)
        hook = Webhook.objects.create(name="Hook", url="https://hook.example/", owner=cast.alice)
        Delivery.objects.create(webhook=hook, event="test", state=Delivery.State.SENT)
        Repeat.objects.create(user=cast.alice, key="k", request="r", status=200, headers={}, body="")
    for duty in DUTIES:
        assert duty.clears is duty.name.endswith((".purge", ".sweep"))
        if duty.clears:
            runner.do_if_due(duty, now=now)
            assert not runner.do_if_due(duty, now=now + timedelta(days=40))
    with see_all():
        assert [kind.objects.count() for kind in (Run, Delivery, Repeat, Session)] == [1, 1, 1, 1]
    for duty in DUTIES:
        if duty.clears:
            assert runner.do_if_due(duty, now=now + timedelta(days=41))
    with see_all():
        assert [kind.objects.count() for kind in (Run, Delivery, Repeat, Session)] == [0, 0, 0, 0]


@pytest.mark.django_db
def test_a_fault_is_noted_without_what_the_records_hold_and_tried_again() -> None:
    work = Work(ValueError("Cedar's telephone is 020 7946 0000"))
    assert runner.do_if_due(work.duty, now=NOW)
    assert (noted().state, noted().fault, noted().finished_at) == ("failed", "ValueError", None)
    work.fault = None
    assert not runner.do_if_due(work.duty, now=NOW + timedelta(minutes=4))
    assert runner.do_if_due(work.duty, now=NOW + timedelta(minutes=5))
    assert (noted().state, noted().fault) == ("done", "")


@pytest.mark.django_db
def test_nobody_who_is_signed_in_writes_it_down() -> None:
    for role in ("administrator", "office"):
        user = make_user(name=f"Some {role}", role=role, all_customers=True)
        for statement in (
            "SELECT upkeep_begin('history.seal', now())",
            "SELECT upkeep_end('history.seal', now(), '')",
            "SELECT upkeep_hold('history.seal', now())",
            "DELETE FROM upkeep_lastrun",
            "INSERT INTO upkeep_lastrun (name, state, begun_at, fault) VALUES ('x', 'done', now(), '')",
        ):
            with pytest.raises(ProgrammingError), acting(user=user, via="screen"), connection.cursor() as cursor:
                cursor.execute(statement)


@pytest.mark.usefixtures("committed")
def test_several_processes_at_once_do_it_once() -> None:
    work = Work()
    start = threading.Barrier(6)

    def attempt() -> None:
        start.wait()
        runner.do_if_due(work.duty, now=NOW)
        connections["default"].close()

    threads = [threading.Thread(target=attempt) for _each in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert work.times == [NOW]


@pytest.mark.usefixtures("committed")
def test_what_somebody_else_is_at_is_left_alone() -> None:
    """However long it takes: the lock is held, and not a time judged."""
    work = Work()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('upkeep test', 0))")
        assert not runner.do_if_due(work.duty, now=NOW)
    assert runner.do_if_due(work.duty, now=NOW)


@pytest.mark.usefixtures("committed")
def test_it_is_kept_up_until_told_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = threading.Event()
    done = threading.Event()
    duties = [
        Duty(name="breaks", label="Breaks", every=timedelta(hours=1), do=lambda now: 1 / 0),
        Duty(name="works", label="Works", every=timedelta(hours=1), do=lambda now: done.set()),
    ]
    thread = threading.Thread(target=runner.keep_up, args=(duties, stopped))
    thread.start()
    assert done.wait(30)
    stopped.set()
    thread.join(30)
    assert not thread.is_alive()


@pytest.mark.django_db
def test_check_says_when_each_was_last_done_and_what_is_late(capsys: pytest.CaptureFixture[str]) -> None:
    assert check._regular_work() == []
    assert "has not begun yet" in capsys.readouterr().out
    assert runner.do_if_due(DUTIES[0])
    late = check._regular_work()
    out = capsys.readouterr().out
    assert len(late) == len(DUTIES) - 1
    assert f"{DUTIES[0].label} (every 10 minutes): last done" in out
    assert all(str(duty.label) in out for duty in DUTIES)


def test_every_duty_has_a_name_of_its_own_and_says_how_often() -> None:
    assert len({duty.name for duty in DUTIES}) == len(DUTIES)
    assert all(duty.every >= timedelta(minutes=1) and duty.offset < duty.every for duty in DUTIES)
    assert {duty.often for duty in DUTIES} == {"1 minute", "10 minutes", "1 hour", "1 day"}


def test_the_page_says_what_is_late(cast: Cast, client_of: Any) -> None:
    runner.do_if_due(DUTIES[0])
    body = client_of(cast.alice).get("/settings/regular-work/").content.decode()
    assert body.count(">Late<") == len(DUTIES) - 1
    assert "Seal the history" in body
    assert client_of(cast.bob).get("/settings/regular-work/").status_code == 403


def test_the_page_and_check_say_what_waits_and_call_it_not_late(
    cast: Cast, client_of: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    now = timezone.now()
    for duty in (replace(each, do=lambda now: "") for each in DUTIES):
        runner.do_if_due(duty, now=now - timedelta(days=40))
        runner.do_if_due(duty, now=now)
    body = client_of(cast.alice).get("/settings/regular-work/").content.decode()
    assert "The time jumped ahead" in body
    assert body.count("Waits a day") == sum(duty.clears for duty in DUTIES) > 0
    assert ">Late<" not in body
    assert check._regular_work() == []
    assert capsys.readouterr().out.count("waits a day") == sum(duty.clears for duty in DUTIES)
