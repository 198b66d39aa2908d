"""A site changes hands: each day has one customer, whatever was written down, corrected or taken back when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitebook.access.identity import acting, put_back
from sitebook.basics.refused import Refused
from sitebook.customers.models import Customer
from sitebook.handovers.handover import correct, hand_over, take_back
from sitebook.sites.models import Handover, Site, Tenure
from tests.cast import Cast, make_customer, make_site, see_all
from tests.refusals import refused

TODAY = date(2026, 11, 1)
MARCH = date(2026, 3, 1)


def turn(site: Site, to: Customer | None, day: date, **more: Any) -> Handover:
    return hand_over(site, to=to, day=day, today=TODAY, by_id=None, **more)


def who_had(site: Site, *days: date) -> list[str]:
    with see_all():
        found = []
        for day in days:
            (tenure,) = Tenure.objects.filter(site=site, during__contains=day).select_related("customer")
            found.append(str(tenure.customer or "vacant"))
        return found


@pytest.mark.django_db
def test_it_gives_the_site_to_the_next_customer_from_that_day(cast: Cast) -> None:
    with see_all():
        turn(cast.depot, cast.birch, MARCH, reason="sold")
        cast.depot.refresh_from_db()
    assert cast.depot.customer_id == cast.birch.pk
    assert who_had(cast.depot, MARCH - timedelta(1), MARCH, TODAY) == [
        "Acme Supermarkets", "Birch Housing", "Birch Housing",
    ]  # fmt: skip


@pytest.mark.django_db
def test_what_the_customer_wrote_leaves_with_it_and_the_place_stays(cast: Cast) -> None:
    mine = {"phones": [{"kind": "office", "number": "+441132222222", "odd": False}], "notes": "Ask for Jane."}
    place = {"line1": "1 Dock Road", "hazards": "Asbestos", "access_instructions": "Gate 3", "type": "Depot"}
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(**mine, **place)
        turn(cast.depot, cast.birch, MARCH, name="Birch yard")
        now = Site.objects.get(pk=cast.depot.pk)
        was = Tenure.objects.get(site=now, customer=cast.acme).place
        new = Tenure.objects.get(site=now, customer=cast.birch).place
    assert (now.name, now.phones, now.notes, now.code) == ("Birch yard", [], "", "")
    assert {name: getattr(now, name) for name in place} == place
    assert (was["name"], was["code"], was["notes"], was["phones"]) == ("Depot", "D-1", "Ask for Jane.", mine["phones"])
    assert (new["name"], new["notes"]) == ("Birch yard", "")


@pytest.mark.django_db
def test_neither_customer_reads_of_the_other_in_the_history(cast: Cast) -> None:
    from sitebook.history.models import Change

    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(notes="Ask for Jane.")
    with acting(user=cast.alice, via="screen"):
        turn(cast.depot, cast.birch, MARCH, name="Birch yard", reason="bankrupt")
        Site.objects.filter(pk=cast.depot.pk).update(notes="New lock")
    with acting(user=cast.charlie, via="screen"):
        former = repr(list(Change.objects.values()))
    with acting(user=cast.vera, via="screen"):
        new = repr(list(Change.objects.values()))
    assert "Jane" in former
    assert not any(word in former for word in ("Birch", "New lock", "bankrupt"))
    assert "New lock" in new
    assert not any(word in new for word in ("Jane", "Acme", "Depot", "D-1"))


@pytest.mark.django_db
def test_taking_it_back_gives_the_former_customer_all_it_had(cast: Cast) -> None:
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(notes="Ask for Jane.", tags=["key"])
        before = Site.objects.values().get(pk=cast.depot.pk)
        change = turn(cast.depot, cast.birch, MARCH, name="Birch yard")
        Site.objects.filter(pk=cast.depot.pk).update(notes="Birch only")
        take_back(change, at=timezone.now())
        after = Site.objects.values().get(pk=cast.depot.pk)
        change.refresh_from_db()
    stamps = ("version", "updated_at")
    assert {k: v for k, v in after.items() if k not in stamps} == {k: v for k, v in before.items() if k not in stamps}
    assert change.reversed_at
    assert who_had(cast.depot, date(2020, 1, 1), MARCH, TODAY) == ["Acme Supermarkets"] * 3
    with see_all(), refused("does_not_stand", match="does not stand"):
        take_back(change, at=timezone.now())


@pytest.mark.django_db
def test_it_was_sold_a_month_ago(cast: Cast) -> None:
    with see_all():
        change = turn(cast.depot, cast.birch, date(2026, 4, 1))
        correct(change, to=cast.birch, day=MARCH, today=TODAY)
        correct(change, to=cast.cedar, day=MARCH, today=TODAY)
    assert who_had(cast.depot, MARCH - timedelta(1), MARCH) == ["Acme Supermarkets", "Cedar Hospital"]


@pytest.mark.django_db
def test_a_correction_of_the_reason_counts_also_when_it_is_emptied(cast: Cast) -> None:
    with see_all():
        change = turn(cast.depot, cast.birch, MARCH, reason="Sold")

        def written() -> set[str]:
            change.refresh_from_db()
            return {change.reason, Tenure.objects.get(site=cast.depot, customer=cast.birch).reason}

        correct(change, to=cast.birch, day=date(2026, 3, 2), today=TODAY)
        assert written() == {"Sold"}
        correct(change, to=cast.birch, day=MARCH, today=TODAY, reason="Let")
        assert written() == {"Let"}
        correct(change, to=cast.cedar, day=MARCH, today=TODAY, reason="Let to Cedar")
        change.refresh_from_db()
        assert {change.reason, Tenure.objects.get(site=cast.depot, customer=cast.cedar).reason} == {"Let to Cedar"}
        correct(change, to=cast.birch, day=MARCH, today=TODAY, reason="")
        assert written() == {""}


@pytest.mark.django_db
def test_a_correction_to_another_customer_tells_it_nothing_of_the_first(cast: Cast) -> None:
    from sitebook.access.models import give
    from sitebook.history.models import Change
    from tests.cast import make_user

    cid = make_user(name="Cid Cole", role="viewer")
    with acting(user=cast.alice, via="screen"):
        give(user_id=cid.pk, customers=[cast.cedar.pk])
        change = turn(cast.depot, cast.birch, MARCH, reason="Birch pays cash")
        Site.objects.filter(pk=cast.depot.pk).update(notes="Birch only", tags=["birches"])
        correct(change, to=cast.cedar, day=MARCH, today=TODAY)
    with acting(user=cid, via="screen"):
        seen = [list(rows.values()) for rows in (Change.objects, Site.objects, Tenure.objects, Handover.objects)]
    assert "birch" not in repr(seen).lower()
    assert "Vault" in repr(seen)


@pytest.mark.django_db
def test_what_cannot_be_is_refused_in_words(cast: Cast) -> None:
    with see_all():
        with refused("day_not_possible", match="still to come"):
            turn(cast.depot, cast.birch, TODAY + timedelta(1))
        with refused("already_theirs", match="Acme Supermarkets had Depot"):
            turn(cast.depot, cast.acme, MARCH)
        change = turn(cast.depot, cast.birch, MARCH)
        with refused("day_not_possible", match="changed hands on 1 Mar 2026"):
            turn(cast.depot, cast.cedar, MARCH)
        with refused("already_theirs"):
            correct(change, to=cast.acme, day=MARCH, today=TODAY)
        turn(cast.depot, cast.cedar, date(2026, 5, 1))
        with refused("day_not_possible", match="The next hand-over was on 1 May 2026"):
            correct(change, to=cast.birch, day=date(2026, 5, 1), today=TODAY)
        late = Site.add(customer=cast.acme, name="Late", since=date(2025, 1, 1))
        with refused("day_not_possible", match="known here from 1 Jan 2025"):
            turn(late, cast.birch, date(2024, 1, 1))


@pytest.mark.django_db
def test_a_restricted_user_touches_only_what_they_see(cast: Cast) -> None:
    with see_all():
        turn(cast.depot, cast.cedar, date(2025, 1, 1))
        hidden = turn(cast.depot, cast.acme, date(2025, 6, 1))
    with acting(user=cast.bob, via="screen"):
        with refused("out_of_sight", match="do not see"):
            turn(cast.depot, cast.birch, date(2025, 3, 1))
        with refused("out_of_sight"):
            take_back(hidden, at=timezone.now())
        turn(cast.depot, cast.birch, MARCH)
    assert who_had(cast.depot, date(2025, 3, 1), MARCH) == ["Cedar Hospital", "Birch Housing"]


@pytest.mark.django_db
def test_a_restricted_user_leaves_a_site_to_nobody(cast: Cast) -> None:
    """The outcome is out of their sight; that they could do it, and nothing more, is the database's word."""
    with acting(user=cast.bob, via="screen"):
        turn(cast.depot, None, MARCH, reason="moved out")
        assert not Site.objects.filter(pk=cast.depot.pk).exists()
        assert list(Tenure.objects.filter(site=cast.depot).values_list("customer_id", flat=True)) == [cast.acme.pk]
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('role')")
            assert cursor.fetchone()[0].endswith("_few")
    assert who_had(cast.depot, MARCH) == ["vacant"]


@pytest.mark.django_db
def test_sold_back_the_customer_finds_its_own_words_again(cast: Cast) -> None:
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(notes="Ask for Jane.")
        turn(cast.depot, cast.birch, MARCH)
        Site.objects.filter(pk=cast.depot.pk).update(notes="Birch only")
        turn(cast.depot, cast.acme, date(2026, 6, 1))
        depot = Site.objects.get(pk=cast.depot.pk)
        assert (depot.notes, depot.code) == ("Ask for Jane.", "D-1")
        assert Tenure.objects.get(site=depot, customer=cast.birch).place["notes"] == "Birch only"


@dataclass
class Story:
    """The brute force: hand-overs as a list of days, asked day by day."""

    first: str
    turns: dict[int, tuple[date, str | None]] = field(default_factory=dict)

    def on(self, day: date) -> str | None:
        past = [turn for turn in self.turns.values() if turn[0] <= day]
        return max(past)[1] if past else self.first


NAMES = ["Ash", "Beech", "Cypress", None]
FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(30)]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["hand over", "hand over", "correct", "take back"]),
        st.sampled_from(DAYS[1:]),
        st.sampled_from(NAMES),
        st.integers(0, 20),
    ),
    max_size=14,
)


@pytest.mark.django_db
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_each_day_has_one_answer_whatever_happened(cast: Cast, acts: list[tuple[str, date, str | None, int]]) -> None:
    who = {name: make_customer(name) for name in NAMES if name}
    site = make_site(who["Ash"], "Shop", since=FIRST)
    story, changes = Story("Ash"), {}
    with see_all():
        for act, day, name, number in acts:
            _do(site, story, changes, who, act=act, day=day, name=name, number=number)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        site.refresh_from_db()
        tenures = list(Tenure.objects.filter(site=site).order_by("during").select_related("customer"))
        for day in DAYS:
            holding = [t for t in tenures if t.during.lower <= day and (t.during.upper is None or day < t.during.upper)]
            assert [t.customer.name if t.customer else None for t in holding] == [story.on(day)]
        assert (site.customer.name if site.customer else None) == story.on(DAYS[-1])
        assert Handover.objects.filter(site=site, reversed_at=None).count() == len(story.turns)
    put_back()


def _do(
    site: Site,
    story: Story,
    changes: dict[int, Handover],
    who: dict[str, Customer],
    *,
    act: str,
    day: date,
    name: str | None,
    number: int,
) -> None:
    """One act on the register; what it did not refuse is written into the story too."""
    to = who[name] if name else None
    standing = sorted(story.turns)
    if act == "hand over":
        try:
            change = turn(site, to, day)
        except Refused:
            assert story.on(day) == name or day in {turn[0] for turn in story.turns.values()}
            return
        changes[change.pk] = change
        story.turns[change.pk] = (day, name)
    elif standing:
        pk = standing[number % len(standing)]
        if act == "take back":
            take_back(changes[pk], at=timezone.now())
            del story.turns[pk]
            return
        others = sorted(turn[0] for key, turn in story.turns.items() if key != pk)
        own = story.turns[pk][0]
        low, high = (
            max([d for d in others if d < own], default=FIRST),
            min([d for d in others if d > own], default=None),
        )
        before = story.on(own - timedelta(1))
        try:
            correct(changes[pk], to=to, day=day, today=TODAY)
        except Refused:
            assert not (low < day and (high is None or day < high)) or before == name
            return
        story.turns[pk] = (day, name)
