"""Does what is due: each duty by one process at a time, again when it broke off, all that was missed at the start."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import close_old_connections, connection, connections

from sitebook.access.identity import acting
from sitebook.basics.refused import Refused
from sitebook.upkeep.duties import Duty
from sitebook.upkeep.models import LastRun

LOOK = 15.0
"""Seconds between two looks at what is due."""
AT_A_TIME = 3
log = logging.getLogger("sitebook.upkeep")


def do_if_due(duty: Duty, *, now: datetime | None = None) -> bool:
    """Do it when it is due and nobody else does it. Returns whether it was begun.

    ``now``: the time to judge by and to write down, the database's own unless given.
    """
    with _alone(duty) as mine:
        if not mine:
            return False
        began = now or _clock()
        last = _last(duty)
        if not duty.is_due(last, began):
            return False
        if duty.must_wait(last, began):
            _note("SELECT upkeep_hold(%s, %s)", duty.name, began)
            log.warning(
                "%s waits a day: it was last begun at %s, is the clock right?", duty.name, last and last.begun_at
            )
            return False
        _note("SELECT upkeep_begin(%s, %s)", duty.name, began)
        try:
            said = duty.do(began)
        except Exception as fault:
            log.exception("%s broke off; it is tried again", duty.name)
            _note("SELECT upkeep_end(%s, %s, %s)", duty.name, now or _clock(), _words(fault))
        else:
            log.log(logging.INFO if said else logging.DEBUG, "%s: %s", duty.name, said)
            _note("SELECT upkeep_end(%s, %s, '')", duty.name, now or _clock())
    return True


def keep_up(duties: Sequence[Duty], stopped: Any) -> None:
    """Do what is due until told to stop (``stopped``: a ``threading.Event``). Survives a database that is away.

    A few at a time: a long backup does not keep the history from being sealed.
    """
    under_way: dict[str, Future[None]] = {}
    with ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="upkeep") as pool:
        while not stopped.is_set():
            for duty in _due(duties):
                if duty.name not in under_way or under_way[duty.name].done():
                    under_way[duty.name] = pool.submit(_try, duty, stopped)
            stopped.wait(LOOK)


def last_runs() -> dict[str, LastRun]:
    """By name, of duties that were ever begun."""
    return {each.name: each for each in LastRun.objects.all()}


def _due(duties: Sequence[Duty]) -> list[Duty]:
    """A first look, without locks; whoever begins looks again."""
    try:
        with acting(everything=True, via="worker"):
            last, now = last_runs(), _clock()
        return [duty for duty in duties if duty.is_due(last.get(duty.name), now)]
    except Exception:
        log.exception("what is due could not be read; it is tried again")
        return []
    finally:
        close_old_connections()
        connection.close()


def _try(duty: Duty, stopped: Any) -> None:
    try:
        if not stopped.is_set():
            do_if_due(duty)
    except Exception:
        log.exception("%s could not be begun; it is tried again", duty.name)
    finally:
        close_old_connections()
        connection.close()


@contextmanager
def _alone(duty: Duty) -> Iterator[bool]:
    """Whether this process may do it. The lock stands in an idle transaction of its own: it ends with its process,
    however that ends, and holds up nothing."""
    lock = connections.create_connection("default")
    try:
        lock.set_autocommit(False)
        with lock.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('upkeep ' || %s, 0))", [duty.name])
            (mine,) = cursor.fetchone()
        yield bool(mine)
        lock.rollback()
    finally:
        lock.close()


def _last(duty: Duty) -> LastRun | None:
    with acting(everything=True, via="worker"):
        return LastRun.objects.filter(name=duty.name).first()


def _note(statement: str, *values: str | datetime) -> None:
    with acting(everything=True, via="worker"), connection.cursor() as cursor:
        cursor.execute(statement, values)


def _clock() -> datetime:
    """The database's: the one clock of all processes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def _words(fault: Exception) -> str:
    """What may be shown to every administrator: never what the records hold."""
    if isinstance(fault, Refused):
        return str(fault)
    return f"{type(fault).__name__}: {fault.strerror}" if isinstance(fault, OSError) else type(fault).__name__
