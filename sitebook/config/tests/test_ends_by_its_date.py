"""What has an end is over by its date, cleared or not; what a clock ahead has stamped ends too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from sitebook.access import impersonation
from sitebook.access.impersonation import Kept
from sitebook.basics.refused import Refused
from sitebook.bulk import runner
from sitebook.bulk.models import KEPT
from sitebook.outbox import delivery
from sitebook.outbox.models import Delivery, Webhook
from sitebook.ui.formats import clock_text
from sitebook.users import tasks
from tests.cast import Cast, see_all
from tests.guards.planted import make_run

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(("ends_in", "lasts"), [(30 * DAY, True), (DAY, True), (-HOUR, False), (51 * DAY, False)])
def test_a_session(cast: Cast, client_of: Any, ends_in: timedelta, lasts: bool) -> None:
    """The last one was made while the clock ran three weeks ahead."""
    client = client_of(cast.alice)
    Session.objects.update(expire_date=timezone.now() + ends_in)
    assert client.get("/customers/").status_code == (200 if lasts else 302)
    tasks.purge(timezone.now())
    assert Session.objects.exists() is lasts


def test_the_way_back_of_a_bulk_change(cast: Cast) -> None:
    with see_all():
        run = make_run(cast.alice, cast.acme)
        run.refresh_from_db()
    later = run.made_at + KEPT + timedelta(seconds=1)
    with see_all(), pytest.raises(Refused) as refused:
        runner.begin_undo(run, user=cast.alice, name=uuid4().hex, at=later, on=later.date())
    assert refused.value.code == "undo_over"


@pytest.mark.parametrize(("ends_in", "lasts"), [(30 * 60, True), (-1, False), (21 * 86400, False)])
def test_seeing_as(cast: Cast, ends_in: int, lasts: bool) -> None:
    now = timezone.now()
    kept = Kept(1, cast.alice.pk, cast.bob.pk, now.timestamp() + ends_in)
    assert impersonation.holds(kept, by=cast.alice, whom=cast.bob, at=now) is lasts


@pytest.mark.parametrize(("waits", "due"), [(-HOUR, True), (HOUR, False), (21 * DAY, True)])
def test_a_delivery_that_waits(cast: Cast, waits: timedelta, due: bool) -> None:
    """One that a clock ahead put off by weeks is due once the clock is right."""
    with see_all():
        hook = Webhook.objects.create(name="Hook", url="https://hook.example/", owner=cast.alice)
        made = Delivery.objects.create(webhook=hook, event="test", next_at=timezone.now() + waits)
        other = Delivery.objects.create(webhook=hook, event="test", next_at=timezone.now() + HOUR)
        Delivery.objects.filter(pk=other.pk).update(claimed_until=timezone.now() + 21 * DAY)
    assert delivery._claim() == (made.pk if due else None)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "01:30 BST"),
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "01:30 GMT"),
        (datetime(2027, 10, 30, 23, 30, tzinfo=UTC), "00:30"),
        (datetime(2027, 10, 31, 2, 0, tzinfo=UTC), "02:00"),
        (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "02:30"),
    ],
)
def test_a_time_in_the_repeated_autumn_hour_can_be_told_apart(moment: datetime, said: str) -> None:
    with timezone.override("Europe/London"):
        assert clock_text(moment) == said
