"""A site that was joined into another says so on every day from then on, whichever way it is asked for."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from sitebook.handovers.handover import hand_over, take_back
from sitebook.handovers.split_join import join
from sitebook.records import external_ids
from sitebook.sites.actions import ended
from sitebook.sites.models import Handover, Site, Tenure
from sitebook.sites.status import set_status
from sitebook.users.models import Scope
from sitebook.users.tokens import make as make_token
from tests.cast import Cast, see_all
from tests.refusals import refused

DAY = timedelta(1)


def called(user: Any, method: str, path: str, body: Any = None, **headers: str) -> Any:
    with see_all():
        _token, secret = make_token(user, name="Test", scopes=[Scope.READ, Scope.WRITE], days=30, now=timezone.now())
    client = Client(headers={"Authorization": f"Bearer {secret}", **headers})
    text = "" if body is None else json.dumps(body)
    return client.generic(method, f"/api/v1/{path}", text, content_type="application/json")


@dataclass
class Joined:
    """The shed of Acme became a part of its depot on ``day``."""

    cast: Cast
    shed: Site
    day: date
    change: Handover

    def page(self, client: Client, on: date | None, tab: str = "") -> str:
        answer = client.get(f"/sites/{self.shed.pk}/{tab}", {"on": on.isoformat()} if on else {})
        assert answer.status_code == 200
        return str(answer.content.decode())

    def read(self, user: Any, on: date | None) -> dict[str, Any]:
        answer = called(user, "GET", f"sites/{self.shed.pk}{f'?as_of={on.isoformat()}' if on else ''}")
        assert answer.status_code == 200, answer.content
        return dict(answer.json())


@pytest.fixture
def joined(cast: Cast) -> Joined:
    today = timezone.localdate()
    with see_all():
        shed = Site.add(customer=cast.acme, name="Old shed", status="dormant", notes="Mind the step.")
        external_ids.set_ids(shed, {"erp": "4711"})
        day = today - 10 * DAY
        change = join(shed, into=cast.depot, day=day, at=timezone.now() - 8 * DAY, today=today, by_id=None)
        shed.refresh_from_db()
    return Joined(cast, shed, day, change)


WHO = ["alice", "charlie"]


@pytest.mark.django_db
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("days", [0, 1, 8, 9, 10])
def test_from_its_day_on_page_and_api_say_what_it_was_joined_into(
    joined: Joined, client_of: Any, who: str, days: int
) -> None:
    user, today = getattr(joined.cast, who), timezone.localdate()
    on = today - days * DAY if days else None
    page = joined.page(client_of(user), on)
    assert f'Joined into <a href="/sites/{joined.cast.depot.pk}/">Depot</a>' in page
    assert "not in the register" not in page
    assert "Closed" in page
    summary = page[page.index('<aside class="summary"') : page.index("</aside>")]
    assert "Acme" not in summary  # nobody has it any more
    for verb in ("edit/", "restore/", "archive/", "activate/", "rest/", "hand-over/", "split/", "join/"):
        assert f"/sites/{joined.shed.pk}/{verb}" not in page, verb
    read = joined.read(user, on)
    assert read["joined_into"] == {
        "id": joined.cast.depot.pk,
        "reference": joined.cast.depot.reference,
        "name": "Depot",
    }
    assert (read["status"], read["ended_on"]) == ("closed", joined.day.isoformat())
    assert read["customer"] is None
    assert read["archived_at"]


@pytest.mark.django_db
@pytest.mark.parametrize("who", WHO)
def test_before_its_day_it_is_shown_as_it_was(joined: Joined, client_of: Any, who: str) -> None:
    user, on = getattr(joined.cast, who), joined.day - DAY
    page = joined.page(client_of(user), on)
    assert "Joined into <a" not in page
    assert "Dormant" in page
    assert "Mind the step." in page
    read = joined.read(user, on)
    assert (read["status"], read["joined_into"], read["archived_at"]) == ("dormant", None, None)
    assert read["customer"]["name"] == "Acme Supermarkets"


def lists(joined: Joined, client: Client, user: Any, on: date | None, **more: str) -> dict[str, set[str]]:
    """The names in the list as page, as file and by programs."""
    asked, program = (more | ({name: on.isoformat()} if on else {}) for name in ("on", "as_of"))
    page = client.get("/sites/", asked).content.decode()
    file = b"".join(client.get("/sites/export.csv", asked)).decode("utf-8-sig")  # type: ignore[call-overload]
    rows = list(csv.DictReader(io.StringIO(file)))
    told = called(user, "GET", f"sites?{urlencode(program)}").json()["items"]
    names = {"Old shed", "Depot"}
    return {
        "page": {name for name in names if f">{name}<" in page},
        "file": {row["Site"] for row in rows} & names,
        "programs": {item["name"] for item in told} & names,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("who", WHO)
def test_lists_files_and_programs_agree_on_every_day(joined: Joined, client_of: Any, who: str) -> None:
    user, today = getattr(joined.cast, who), timezone.localdate()
    client = client_of(user)
    for on in (None, today - DAY, joined.day, joined.day + DAY):
        assert set(map(frozenset, lists(joined, client, user, on).values())) == {frozenset({"Depot"})}, on
    found = lists(joined, client, user, joined.day - DAY)
    assert set(map(frozenset, found.values())) == {frozenset({"Depot", "Old shed"})}, found


@pytest.mark.django_db
def test_the_file_and_the_picker_name_the_site_it_lives_on_in(joined: Joined, client_of: Any) -> None:
    client = client_of(joined.cast.charlie)
    file = b"".join(client.get("/sites/export.csv", {"archived": "all"})).decode("utf-8-sig")
    (row,) = [row for row in csv.DictReader(io.StringIO(file)) if row["Site"] == "Old shed"]
    assert (row["Customer"], row["Status"], row["Joined into"]) == ("", "Closed", "Depot")
    assert "joined into Depot" in client.get("/sites/pick/", {"q": "old shed"}).content.decode()
    found = called(joined.cast.charlie, "GET", "search?q=4711").json()
    assert str(joined.shed.pk) in json.dumps(found)


@pytest.mark.django_db
def test_nothing_is_written_to_it_by_any_way(joined: Joined, client_of: Any) -> None:
    bob, shed = joined.cast.bob, joined.shed
    read = called(bob, "GET", f"sites/{shed.pk}")
    changed = called(bob, "PATCH", f"sites/{shed.pk}", {"town": "Leeds"}, **{"If-Match": read["ETag"]})
    assert (changed.status_code, changed.json()["code"]) == (409, "site_ended")
    item = {"id": shed.pk, "version": shed.version, "town": "Leeds"}
    many = called(bob, "POST", "sites/bulk", {"items": [item]}).json()
    assert "was joined into Depot" in json.dumps(many), many
    restored = called(joined.cast.alice, "POST", f"sites/{shed.pk}/restore", {})
    assert "Take the joining back" in restored.json()["detail"]
    with see_all():
        for command in ("activate", "rest"):
            with refused("status_not_reachable"):
                set_status(shed, command=command)
        assert set(ended([shed.pk, joined.cast.depot.pk], 0)) == {shed.pk}


@pytest.mark.django_db
def test_whoever_does_not_see_the_other_site_is_not_told_its_name(joined: Joined, client_of: Any) -> None:
    with see_all():
        today = timezone.localdate()
        hand_over(joined.cast.depot, to=joined.cast.cedar, day=today, today=today, by_id=None, name="Cedar store")
    page = joined.page(client_of(joined.cast.charlie), None)
    assert "Joined into another site" in " ".join(page.split())
    assert "Cedar" not in page
    read = joined.read(joined.cast.charlie, None)
    assert read["joined_into"]["id"] is None
    assert "Cedar" not in json.dumps(read)


@pytest.mark.django_db
def test_taking_it_back_gives_it_the_status_it_had(joined: Joined, client_of: Any) -> None:
    with see_all():
        take_back(joined.change, at=timezone.now())
        shed = Site.objects.get(pk=joined.shed.pk)
        assert (shed.status, shed.ended_on, shed.joined_into_id) == ("dormant", None, None)
        assert [tenure.place["status"] for tenure in Tenure.objects.filter(site=shed)] == ["dormant"]
    page = joined.page(client_of(joined.cast.bob), None)
    assert "Joined into" not in page
    assert f"/sites/{shed.pk}/edit/" in page


@pytest.mark.django_db
def test_a_hand_over_written_down_after_the_joining_leaves_the_days_before_as_they_were(joined: Joined) -> None:
    with see_all():
        on, today = joined.day - 5 * DAY, timezone.localdate()
        hand_over(joined.shed, to=joined.cast.birch, day=on, today=today, by_id=None)
        shed = Site.objects.get(pk=joined.shed.pk)
        assert (shed.status, shed.customer) == ("closed", joined.cast.birch)
        kept = Tenure.objects.filter(site=shed).order_by("during")
        assert [tenure.place["status"] for tenure in kept] == ["dormant", "dormant"]


@pytest.mark.django_db
@pytest.mark.parametrize("who", WHO)
def test_an_archived_site_says_so_on_every_day_since(cast: Cast, client_of: Any, who: str) -> None:
    user, today = getattr(cast, who), timezone.localdate()
    with see_all():
        cast.depot.archive(by_id=None, at=timezone.now() - 5 * DAY, reason="Sold off")
    for days, archived in ((0, True), (3, True), (5, True), (6, False)):
        asked = {"on": (today - days * DAY).isoformat()} if days else {}
        page = client_of(user).get(f"/sites/{cast.depot.pk}/", asked).content.decode()
        assert ("Archived on" in page) is archived, days
        assert ("restore/" in page) is (days == 0 and who == "alice"), days
        day = f"?as_of={(today - days * DAY).isoformat()}" if days else ""
        assert bool(called(user, "GET", f"sites/{cast.depot.pk}{day}").json()["archived_at"]) is archived, days


@pytest.mark.django_db
def test_the_database_holds_that_a_site_that_ended_is_closed(joined: Joined) -> None:
    with see_all(), pytest.raises(IntegrityError, match="a_site_that_ended_is_closed"), transaction.atomic():
        Site.objects.filter(pk=joined.shed.pk).update(status="active")
