"""What the worker does for the history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from sitebook.config.upkeep import DUTIES
from sitebook.history import tasks
from sitebook.history.verification import faults, sealed
from tests.cast import make_customer


@pytest.mark.usefixtures("committed")
def test_it_seals_what_was_changed_today_too() -> None:
    make_customer("Today")
    tasks.seal_now(datetime.now(UTC))
    assert sealed(connections["owner"]) == (1, 1)
    assert faults(connections["owner"]) == []


def test_it_seals_more_often_than_hourly() -> None:
    (duty,) = [each for each in DUTIES if each.name == "history.seal"]
    assert duty.every < timedelta(hours=1)
