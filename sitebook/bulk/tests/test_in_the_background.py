"""More than 500 records: batch by batch as the user who ordered it, through kills, stops and lost rights."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sitebook.basics.refused import StaleEdit
from sitebook.bulk import tasks
from sitebook.bulk.models import Outcome, Run
from sitebook.bulk.tests.test_act_on_many import body, last
from sitebook.customers.models import Customer
from sitebook.history.models import Change
from sitebook.sites.models import Site
from sitebook.users.models import User
from tests.cast import Cast, make_cast, see_all


@pytest.fixture
def cast(committed: None) -> Cast:
    return make_cast()


def make_sites(customer: Customer, count: int) -> None:
    with see_all(), connection.cursor() as cursor:
        cursor.execute("""
            WITH made AS (
              INSERT INTO sites_site (customer_id, name, phones, emails, tags, status, own_stock, version, code,
                type, line1, line2, town, region, postcode, country, time_zone, access_instructions, opening_hours,
                hazards, notes, archive_reason)
              SELECT %s, 'Store ' || n, '[]', '[]', '{}', 'active', false, 1, '', '', '', '', '', '', '', '', '', '',
                '', '', '', '' FROM generate_series(1, %s) n RETURNING id, customer_id)
            INSERT INTO sites_tenure (site_id, customer_id, during, reason)
            SELECT id, customer_id, daterange(NULL, NULL), '' FROM made
            """, [customer.pk, count])  # fmt: skip


def order(client: Client, count: int, act: str = "tag", **more: str) -> Run:
    more = more or {"tag": "x"}
    asked = {"all": "1", "address": "/sites/?q=store", "act": act, "confirmed": str(count), **more}
    assert client.post("/bulk/sites/", asked).status_code == 303
    return last()


def fresh(run: Run) -> Run:
    with see_all():
        return Run.objects.get(pk=run.pk)


def tagged() -> int:
    with see_all():
        return Site.objects.filter(tags=["x"]).count()


def test_it_waits_shows_how_far_it_is_and_ends(cast: Cast, client_of):
    make_sites(cast.acme, 1200)
    bob = client_of(cast.bob)
    run = order(bob, 1200)
    assert (run.state, run.reached, tagged()) == ("waiting", 0, 0)
    waiting = body(bob.get(f"/bulk/{run.pk}/"))
    assert "0 of 1,200" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    assert tasks.step(run.pk)
    part = body(bob.get(f"/bulk/{run.pk}/", headers={"HX-Request": "true"}))
    assert "500 of 1,200" in part
    assert "<html" not in part
    tasks.work(run.pk)
    over = body(bob.get(f"/bulk/{run.pk}/"))
    assert "every 1s" not in over
    assert (fresh(run).state, fresh(run).changed, tagged()) == ("done", 1200, 1200)
    with see_all():
        told = Change.objects.filter(kind="sites_site", action="changed").values_list("reason", "actor_id", "via")
        assert set(told) == {("Bulk: Tag “x” on 1,200 sites", cast.bob.pk, "worker")}
    assert bob.post(f"/bulk/{run.pk}/undo/").status_code == 303
    tasks.work(last().pk)
    assert (last().changed, tagged()) == (1200, 0)


def test_it_is_stopped_and_taken_up_again(cast: Cast, client_of):
    make_sites(cast.acme, 600)
    bob = client_of(cast.bob)
    run = order(bob, 600)
    tasks.step(run.pk)
    assert bob.post(f"/bulk/{run.pk}/undo/").status_code == 409
    bob.post(f"/bulk/{run.pk}/stop/")
    assert not tasks.step(run.pk)
    assert (fresh(run).state, tagged()) == ("stopped", 500)
    assert "Stopped by Bob Baker" in body(bob.get(f"/bulk/{run.pk}/"))
    assert bob.post(f"/bulk/{run.pk}/stop/").status_code == 409
    bob.post(f"/bulk/{run.pk}/go-on/")
    tasks.work(run.pk)
    assert (fresh(run).state, tagged()) == ("done", 600)
    assert bob.post(f"/bulk/{run.pk}/go-on/").status_code == 409


@pytest.mark.parametrize("taken", [{"is_active": False}, {"role": "viewer"}])
def test_it_stops_with_a_sentence_when_the_rights_are_taken_away(taken: dict[str, Any], cast: Cast, client_of):
    make_sites(cast.acme, 600)
    run = order(client_of(cast.bob), 600)
    tasks.step(run.pk)
    with see_all():
        User.objects.filter(pk=cast.bob.pk).update(**taken)
    tasks.work(run.pk)
    assert (fresh(run).state, tagged()) == ("stopped", 500)
    assert ("may not sign in" if taken.get("is_active") is False else "does not allow") in fresh(run).note


def test_what_is_hidden_meanwhile_is_not_touched(cast: Cast, client_of):
    make_sites(cast.acme, 600)
    run = order(client_of(cast.bob), 600)
    tasks.step(run.pk)
    client_of(cast.alice).post(
        "/bulk/granted/", {"act": "take", "pick": [cast.acme.pk], "user": cast.bob.pk, "of": cast.bob.pk}
    )
    tasks.work(run.pk)
    assert (fresh(run).state, fresh(run).changed, fresh(run).refused, tagged()) == ("done", 500, 100, 500)
    assert "Store" not in body(client_of(cast.bob).get(f"/bulk/{run.pk}/"))


def test_a_fault_breaks_it_off_in_words_and_leaves_whole_batches(cast: Cast, client_of):
    make_sites(cast.acme, 600)
    run = order(client_of(cast.bob), 600)
    tasks.step(run.pk)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE sites_site ADD CONSTRAINT nothing_more CHECK (tags = '{}') NOT VALID")
    try:
        tasks.work(run.pk)
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE sites_site DROP CONSTRAINT nothing_more")
    assert (fresh(run).state, fresh(run).reached, tagged()) == ("failed", 500, 500)
    client_of(cast.bob).post(f"/bulk/{run.pk}/go-on/")
    tasks.work(run.pk)
    assert (fresh(run).state, tagged()) == ("done", 600)


def test_killed_in_the_middle_it_goes_on_and_does_nothing_twice(cast: Cast, client_of):
    make_sites(cast.acme, 4000)
    run = order(client_of(cast.bob), 4000)
    work = (
        "from sitebook.server.cli import prepared\n"
        "with prepared('schema'):\n    from sitebook.bulk import tasks\n"
        f"    tasks.work({run.pk})\n"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "sitebook.config.settings"}
    worker = subprocess.Popen([sys.executable, "-c", work], env=env)
    until = time.monotonic() + 60
    while fresh(run).reached < 1000 and time.monotonic() < until:
        time.sleep(0.02)
    worker.send_signal(signal.SIGKILL)
    worker.wait(30)
    killed = fresh(run)
    assert killed.state == "running"
    assert 1000 <= killed.reached == killed.changed == tagged() < 4000
    tasks.watch(datetime.now(UTC))
    assert fresh(run).reached == killed.reached  # its worker may still be alive
    tasks.watch(datetime.now(UTC) + timedelta(minutes=1))
    assert (fresh(run).state, fresh(run).changed, tagged()) == ("done", 4000, 4000)
    with see_all():
        assert Change.objects.filter(kind="sites_site", action="changed").count() == 4000
        assert Outcome.objects.filter(run=run).count() == 4000


def together(*acts: Callable[[], object]) -> None:
    barrier, broken = Barrier(len(acts)), []

    def do(act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            act()
        except Exception as fault:
            broken.append(repr(fault))
        finally:
            connections["default"].close()

    threads = [Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert broken == []


def test_two_that_overlap_lose_nothing_and_tell_the_truth(cast: Cast, client_of):
    make_sites(cast.acme, 1500)
    alice, bob = client_of(cast.alice), client_of(cast.bob)
    one, two = order(alice, 1500, tag="one"), order(bob, 1500, tag="two")
    kind, other = order(alice, 1500, "type", type="Shop"), order(bob, 1500, "type", type="Depot")
    together(*(lambda run=run: tasks.work(run.pk) for run in (one, two, kind, other)))
    for run in (one, two, kind, other):
        assert (fresh(run).state, fresh(run).changed) == ("done", 1500)
    with see_all():
        rows = list(Site.objects.filter(name__startswith="Store").values_list("tags", "type"))
        assert all(sorted(tags) == ["one", "two"] for tags, _type in rows)
        # Each type that was overwritten was so by the other run, which says what was there before.
        told = Outcome.objects.values_list("before__type", flat=True)
        types = [type_ for _tags, type_ in rows]
        assert list(told.filter(run=other)).count("Shop") == types.count("Depot")
        assert list(told.filter(run=kind)).count("Depot") == types.count("Shop")


def test_when_two_wait_for_each_other_in_a_circle_it_tries_again(cast: Cast, client_of):
    bob = client_of(cast.bob)
    first, second = sorted((cast.depot.pk, cast.mill.pk))
    holds = Barrier(2)

    def other_way_round() -> None:
        with see_all():
            Site.objects.filter(pk=second).update(notes="other")
            holds.wait(timeout=10)
            time.sleep(0.4)  # by now the action has the first and waits for the second
            Site.objects.filter(pk=first).update(notes="other")

    def act() -> None:
        holds.wait(timeout=10)
        assert bob.post("/bulk/sites/", {"act": "tag", "tag": "x", "pick": [first, second]}).status_code == 303

    together(other_way_round, act)
    with see_all():
        assert set(Site.objects.filter(pk__in=[first, second]).values_list("notes", "tags__0")) == {("other", "x")}
    assert last().changed == 2


def test_an_edit_begun_before_is_told_that_the_record_moved_on(cast: Cast, client_of):
    with see_all():
        editing = Site.objects.get(pk=cast.depot.pk)
    client_of(cast.bob).post("/bulk/sites/", {"act": "tag", "tag": "x", "pick": [cast.depot.pk]})
    with see_all(), pytest.raises(StaleEdit):
        editing.change(version=editing.version, tags=["mine"])


def test_one_run_by_two_workers_is_done_once(cast: Cast, client_of):
    make_sites(cast.acme, 1500)
    run = order(client_of(cast.bob), 1500)
    together(*[lambda: tasks.work(run.pk)] * 3)
    tasks.work(run.pk)
    assert (fresh(run).state, fresh(run).changed) == ("done", 1500)
    with see_all():
        assert Change.objects.filter(kind="sites_site", action="changed").count() == 1500


def test_undone_by_two_at_once_it_is_undone_once(cast: Cast, client_of):
    bob = client_of(cast.bob)
    bob.post("/bulk/customers/", {"act": "tag", "tag": "x", "pick": [cast.acme.pk, cast.birch.pk]})
    run, answers = last(), []
    again = client_of(cast.bob)
    together(*(lambda one=one: answers.append(one.post(f"/bulk/{run.pk}/undo/").status_code) for one in (bob, again)))
    assert sorted(answers) == [303, 409]


def test_more_rows_cost_no_more_statements_a_batch(cast: Cast, client_of):
    make_sites(cast.acme, 1010)
    for act, more in (("tag", {"tag": "x"}), ("type", {"type": "Shop"}), ("archive", {})):
        run = order(client_of(cast.bob), 1010, act, **more)
        counts = []
        for _batch in range(3):
            with CaptureQueriesContext(connection) as queries:
                tasks.step(run.pk)
            counts.append(len(queries))
        assert 10 < counts[0] == counts[2] <= 25, (act, counts)


def test_after_thirty_days_it_is_forgotten(cast: Cast, client_of):
    client_of(cast.bob).post("/bulk/customers/", {"act": "tag", "tag": "x", "pick": [cast.acme.pk]})
    later = datetime.now(UTC) + timedelta(days=29)
    tasks.purge(later)
    assert last().title == "Tag “x” on 1 customer"
    tasks.purge(later + timedelta(days=2))
    with see_all():
        assert not Run.objects.exists()
        assert not Outcome.objects.exists()
