"""What has an end is over by its date, cleared or not; what a clock ahead has stamped ends too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.utils import timezone

from sitebook.access import impersonation
from sitebook.access.identity import acting
from sitebook.access.impersonation import Kept
from sitebook.api.models import Repeat
from sitebook.basics.refused import Refused
from sitebook.bulk import runner
from sitebook.bulk.models import KEPT, Run
from sitebook.outbox import delivery
from sitebook.outbox.models import Delivery, Webhook
from sitebook.ui.formats import clock_text, moment_text
from sitebook.users import first_link, handed_links, tasks, tokens
from sitebook.users.models import PasswordLink
from sitebook.users.password_links import password_path
from tests.cast import Cast, make_user, see_all
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


@pytest.mark.parametrize(("ago", "offered"), [(29 * DAY, 1), (KEPT + HOUR, 0)])
def test_the_button_of_the_way_back(cast: Cast, client_of: Any, ago: timedelta, offered: int) -> None:
    """Whether the old run was cleared already or not."""
    with see_all():
        run = make_run(cast.alice, cast.acme)
        Run.objects.filter(pk=run.pk).update(made_at=timezone.now() - ago)
    page = client_of(cast.alice).get(f"/bulk/{run.pk}/").content.decode()
    assert page.count(f'action="/bulk/{run.pk}/undo/"') == offered


@pytest.mark.parametrize(("ago", "opens"), [(4 * DAY, True), (5 * DAY + HOUR, False)])
def test_a_token(cast: Cast, ago: timedelta, opens: bool) -> None:
    with acting(user=cast.bob, via="screen"):
        made = tokens.make(cast.bob, name="Portal", scopes=["read"], days=5, now=timezone.now() - ago)
    answer = Client().get("/api/v1/me", headers={"Authorization": f"Bearer {made[1]}"})
    assert answer.status_code == (200 if opens else 401)


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize(("ends_in", "opens"), [(3 * DAY, True), (HOUR, True), (-HOUR, False), (24 * DAY, False)])
def test_a_link_to_set_a_password(ends_in: timedelta, opens: bool) -> None:
    """The last one was made while the clock ran three weeks ahead."""
    user = make_user(name="Bob", role="office", all_customers=True)
    with acting(everything=True, via="screen"):
        path = password_path(user, PasswordLink.How.ASKED)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE users_passwordlink SET until = %s", [timezone.now() + ends_in])
        assert cursor.rowcount == 1
    key = path.rstrip("/").rpartition("/")[2].partition("-")[2]
    with acting(everything=True, via="screen"):
        assert handed_links.Keys().check_token(user, key) is opens
        assert handed_links.use(user, key) is opens


@pytest.mark.parametrize(("ago", "repeated"), [(23 * HOUR, True), (25 * HOUR, False)])
def test_the_answer_kept_for_a_repeat(cast: Cast, ago: timedelta, repeated: bool) -> None:
    with acting(user=cast.bob, via="screen"):
        secret = tokens.make(cast.bob, name="Portal", scopes=["read", "write"], days=5, now=timezone.now())[1]
    head = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "k1"}
    first = Client().post("/api/v1/customers", {"name": "Elm"}, "application/json", headers=head)
    with see_all():
        Repeat.objects.update(made_at=timezone.now() - ago)
    again = Client().post("/api/v1/customers", {"name": "Elm"}, "application/json", headers=head)
    assert (first.json()["id"] == again.json()["id"]) is repeated


@pytest.mark.parametrize(("ends_in", "lets"), [(HOUR, True), (-HOUR, False), (21 * DAY, False)])
def test_letting_link_once(cast: Cast, ends_in: timedelta, lets: bool) -> None:
    """The last one was given while the clock ran three weeks ahead."""
    cast.bob.may_link_until = timezone.now() + ends_in
    assert first_link.is_let(cast.bob, now=timezone.now()) is lets


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
        zone = f"{said.partition(' ')[2]} London".strip()
        assert moment_text(moment).endswith(f"{said.partition(' ')[0]}:00 ({zone})")
