"""What the worker does each night, run by a real worker."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connections
from procrastinate.contrib.django import app

from sitebook.history import tasks
from sitebook.history.verification import faults, sealed
from tests.cast import make_customer


@pytest.mark.usefixtures("committed")
def test_it_seals_yesterday_and_leaves_today_open() -> None:
    make_customer("Yesterday")
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE history_change SET at = at - interval '1 day'")
    make_customer("Today")
    tasks.nightly(int(datetime.now(UTC).timestamp()))
    assert sealed(connections["owner"]) == (1, 1)
    assert faults(connections["owner"]) == []


def test_it_is_on_the_workers_calendar() -> None:
    planned = {each.task.name: each for each in app.periodic_registry.periodic_tasks.values()}
    assert planned["sitebook.history.nightly"].cron == "10 0 * * *"
    assert planned["sitebook.history.nightly"].task.queue == tasks.QUEUE
