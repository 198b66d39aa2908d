"""Whatever was done to a site, its page, the lists, files and programs tell the same of every day."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from sitebook.basics.refused import Refused
from sitebook.handovers.handover import hand_over
from sitebook.handovers.split_join import join, split
from sitebook.records.archive import restore
from sitebook.sites.models import Site
from sitebook.users.models import Scope, User
from sitebook.users.tokens import make as make_token
from tests.cast import Cast, see_all

DAY = timedelta(1)
DAYS = (0, 1, 4, 5, 6, 9, 10, 11, 400)


@dataclass(frozen=True)
class Told:
    """What one way says of a site on a day. ``customer`` "" : nobody has it, or it is not said."""

    customer: str
    status: str
    gone: bool  # archived, or joined into another


@dataclass
class Reader:
    """A person with a browser and a token."""

    user: User
    browser: Client

    def __post_init__(self) -> None:
        with see_all():
            _token, secret = make_token(self.user, name="Test", scopes=[Scope.READ], days=30, now=timezone.now())
        self.program = Client(headers={"Authorization": f"Bearer {secret}"})

    def page(self, site: Site, on: str) -> Told | None:
        answer = self.browser.get(f"/sites/{site.pk}/", {"on": on} if on else {})
        if answer.status_code == 404:
            return None
        text = answer.content.decode()
        aside = re.search(r"<aside.*?</aside>", text, re.DOTALL)[0]  # type: ignore[index]
        customer = re.search(r'href="/customers/\d+/">([^<]*)</a>', aside)
        status = next(str(label) for value, label in Site.Status.choices if f">{label}<" in aside)
        gone = "Archived on" in text or bool(re.search(r"Joined into (<a |another site)", text))
        return Told(customer[1] if customer else "", status, gone)

    def program_one(self, site: Site, on: str) -> Told | None:
        answer = self.program.get(f"/api/v1/sites/{site.pk}", {"as_of": on} if on else {})
        return _of_json(answer.json()) if answer.status_code == 200 else None

    def knows_it_from_before(self, site: Site, on: str) -> bool:
        """Whether the live site is hidden, and the last day of a former customer stands for today."""
        answer = self.program.get(f"/api/v1/sites/{site.pk}", {"as_of": on} if on else {})
        return " had this site until " in answer.json().get("said", "")

    def program_list(self, on: str) -> dict[str, Told]:
        answer = self.program.get("/api/v1/sites", {"as_of": on} if on else {})
        return {item["reference"]: _of_json(item) for item in answer.json()["items"]}

    def file(self, on: str) -> dict[str, Told]:
        answer = self.browser.get("/sites/export.csv", {"on": on} if on else {})
        rows = csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig")))  # type: ignore[call-overload]
        none = "vacant"
        return {
            row["Reference"]: Told("" if row["Customer"] == none else row["Customer"], row["Status"], gone=False)
            for row in rows
        }

    def page_list(self, on: str, sites: list[Site]) -> set[str]:
        text = self.browser.get("/sites/", {"on": on} if on else {}).content.decode()
        return {site.reference for site in sites if f'href="/sites/{site.pk}/' in text}


def _of_json(item: dict[str, Any]) -> Told:
    status = dict(Site.Status.choices)[item["status"]] if item["status"] else ""
    customer = (item["customer"] or {}).get("name", "")
    return Told(customer, str(status), bool(item.get("archived_at") or item.get("ended_on")))


def agree(reader: Reader, sites: list[Site], days: tuple[int, ...]) -> None:
    """On each of these days ago all ways say the same."""
    today = timezone.localdate()
    for days_ago in days:
        on = (today - days_ago * DAY).isoformat() if days_ago else ""
        listed, file = reader.program_list(on), reader.file(on)
        assert set(listed) == set(file), days_ago
        assert set(listed) & {site.reference for site in sites} == reader.page_list(on, sites), days_ago
        for site in sites:
            page, one = reader.page(site, on), reader.program_one(site, on)
            assert page == one, (days_ago, site.name)
            if site.reference in listed:
                assert page == listed[site.reference] == file[site.reference], (days_ago, site.name)
            elif page is not None and page.customer and not reader.knows_it_from_before(site, on):
                assert page.gone, (days_ago, site.name)


def handed_over(cast: Cast) -> None:
    hand_over(cast.depot, to=cast.birch, day=_ago(5), today=_ago(0), by_id=None)


def left_to_nobody(cast: Cast) -> None:
    hand_over(cast.depot, to=None, day=_ago(5), today=_ago(0), by_id=None)


def archived(cast: Cast) -> None:
    cast.depot.archive(by_id=None, at=timezone.now() - 5 * DAY)


def handed_over_and_archived(cast: Cast) -> None:
    hand_over(cast.depot, to=cast.birch, day=_ago(10), today=_ago(0), by_id=None)
    Site.objects.get(pk=cast.depot.pk).archive(by_id=None, at=timezone.now() - 5 * DAY)


def joined(cast: Cast) -> None:
    other = Site.add(customer=cast.acme, name="Shop")
    join(cast.depot, into=other, day=_ago(5), at=timezone.now(), today=_ago(0), by_id=None)


def split_off(cast: Cast) -> None:
    split(cast.depot, name="Annexe", day=_ago(5), today=_ago(0), areas=[], by_id=None)


def known_since(cast: Cast) -> None:
    Site.add(customer=cast.acme, name="Annexe", since=_ago(5))


def _ago(days: int) -> Any:
    return timezone.localdate() - days * DAY


STATES = [handed_over, left_to_nobody, archived, handed_over_and_archived, joined, split_off, known_since]


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["alice", "bob", "charlie"])
@pytest.mark.parametrize("done", STATES, ids=lambda done: done.__name__)
def test_every_way_says_the_same_of_every_day(
    cast: Cast, client_of: Any, done: Callable[[Cast], None], who: str
) -> None:
    with see_all():
        done(cast)
        sites = list(Site.objects.order_by("pk"))
    user = getattr(cast, who)
    agree(Reader(user, client_of(user)), sites, DAYS)


OPS = st.lists(
    st.tuples(
        st.sampled_from(["hand over", "vacate", "join", "archive", "restore", "split"]),
        st.integers(0, 1),
        st.integers(0, 12),
    ),
    min_size=1,
    max_size=5,
)


def do(cast: Cast, act: str, site: Site, other: Site, days: int) -> None:
    """One act, or none where it is refused."""
    day, today, at = _ago(days), _ago(0), timezone.now() - days * DAY
    acts: dict[str, Callable[[], object]] = {
        "hand over": lambda: hand_over(site, to=cast.birch, day=day, today=today, by_id=None),
        "vacate": lambda: hand_over(site, to=None, day=day, today=today, by_id=None),
        "join": lambda: join(site, into=other, day=day, at=timezone.now(), today=today, by_id=None),
        "archive": lambda: site.archive(by_id=None, at=at),
        "restore": lambda: restore(site),
        "split": lambda: split(site, name=f"Part {days}", day=day, today=today, areas=[], by_id=None),
    }
    with suppress(Refused), transaction.atomic():
        acts[act]()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.django_db
def test_whatever_is_done_one_after_another_every_way_agrees(cast: Cast, client_of: Any) -> None:
    readers = [Reader(user, client_of(user)) for user in (cast.alice, cast.charlie)]

    @settings(max_examples=8, deadline=None, database=None, derandomize=True)
    @given(OPS)
    def check(steps: list[tuple[str, int, int]]) -> None:
        with transaction.atomic():
            with see_all():
                pair = [cast.depot.pk, Site.add(customer=cast.acme, name="Shop").pk]
                for act, which, days in steps:
                    site, other = (Site.objects.get(pk=pair[place]) for place in (which, 1 - which))
                    do(cast, act, site, other, days)
                sites = list(Site.objects.order_by("pk"))
            for reader in readers:
                agree(reader, sites, (0, 1, 6, 13))
            transaction.set_rollback(True)

    check()
