"""Assets as of a day: list, filters, page, file and programs say the owner, place and status of that day."""

from __future__ import annotations

import csv
import json
import re
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from sitebook.assets import moves
from sitebook.assets.acts import Doing, take_back
from sitebook.assets.models import Asset
from sitebook.assets.moves import Where
from sitebook.assets.periods import OwnPlace
from sitebook.handovers.handover import hand_over
from sitebook.handovers.split_join import join, split
from sitebook.sites.models import Area
from sitebook.users.models import Scope
from sitebook.users.tokens import make
from tests.cast import make_site, see_all

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
FEBRUARY, MARCH, APRIL, MAY = (date(2026, month, 1) for month in (2, 3, 4, 5))


def told(user, path):
    with see_all():
        _token, secret = make(user, name="Test", scopes=[Scope.READ], days=30, now=timezone.now())
    return json.loads(Client(headers={"Authorization": f"Bearer {secret}"}).get(f"/api/v1/{path}").content)


def said(cast, client_of, asset, day):
    """Owner and place of the day through page, list, file and programs, which must agree."""
    client = client_of(cast.alice)
    query = f"on={day.isoformat()}"
    page = client.get(f"/assets/{asset.pk}/?{query}").content.decode()
    facts = re.findall(r"<li[^>]*>.*?</li>", page.partition('<ul class="facts">')[2].partition("</ul>")[0], re.S)
    texts = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", fact)).strip() for fact in facts]
    owner = next(text.removesuffix(" owner") for text in texts if text.endswith(" owner"))
    place = next((text.removesuffix(" place") for text in texts if text.endswith(" place")), "")
    lines = b"".join(client.get(f"/assets/export.csv?{query}").streaming_content).decode("utf-8-sig").splitlines()
    row = next(row for row in csv.DictReader(lines) if row["Reference"] == asset.reference)
    assert (row["Customer"], row["Place"]) == (owner, place)
    one = told(cast.alice, f"assets/{asset.pk}?as_of={day.isoformat()}")
    many = told(cast.alice, f"assets?as_of={day.isoformat()}")["items"]
    assert next(each for each in many if each["id"] == asset.pk)["place"] == one["place"] == place
    assert ((one["owner"] or {}).get("name") or "our own") == owner
    return owner, place


def add(**values):
    with see_all():
        return Asset.add(**values)


def doing(day):
    return Doing(day=day, today=TODAY, by_id=None)


def moved(cast, asset, parent):
    return moves.place(asset, Where(site=cast.mill), doing(APRIL))


def moved_alone(cast, asset, parent):
    return moves.place(asset, Where(site=cast.mill), doing(APRIL), alone=True)


def moved_with_its_parent(cast, asset, parent):
    return moves.place(parent, Where(site=cast.mill), doing(APRIL))


def sold(cast, asset, parent):
    return moves.sell(asset, cast.birch, doing(APRIL))


def to_workshop(cast, asset, parent):
    return moves.send_to_workshop(asset, OwnPlace.add(name="Hall", kind="workshop"), doing(APRIL))


def swapped(cast, asset, parent):
    return moves.replace(asset, Asset.add(owner=cast.acme), doing(APRIL), where=Where())


ACME, BIRCH = "Acme Supermarkets", "Birch Housing"
STORIES = [
    (moved, False, (ACME, "Mill")),
    (moved_alone, False, (ACME, "Mill")),
    (moved_with_its_parent, True, (ACME, "Mill")),
    (sold, False, (BIRCH, "Depot")),
    (to_workshop, False, (ACME, "Hall")),
    (swapped, False, (ACME, "")),
]


@pytest.mark.parametrize(("story", "mounted", "after"), STORIES, ids=lambda value: getattr(value, "__name__", ""))
def test_each_way_says_the_same_on_three_days_and_it_is_taken_back(cast, client_of, story, mounted, after):
    parent = add(owner=cast.acme, site=cast.depot)
    asset = add(owner=cast.acme, **({"parent": parent} if mounted else {"site": cast.depot}))
    with see_all():
        act = story(cast, asset, parent)
    assert said(cast, client_of, asset, FEBRUARY) == (ACME, "Depot")
    assert said(cast, client_of, asset, APRIL) == after
    assert said(cast, client_of, asset, MAY) == after
    with see_all():
        take_back(act, at=timezone.now())
    assert said(cast, client_of, asset, MAY) == (ACME, "Depot")


def test_a_house_that_is_sold_twice_changes_whose_place_it_is(cast, client_of):
    asset = add(owner=cast.acme, site=cast.depot)
    with see_all():
        hand_over(cast.depot, to=cast.birch, day=MARCH, today=TODAY, by_id=None)
        hand_over(cast.depot, to=cast.cedar, day=MAY, today=TODAY, by_id=None)
    client = client_of(cast.alice)
    for day, holder in ((FEBRUARY, cast.acme), (APRIL, cast.birch), (MAY, cast.cedar)):
        assert said(cast, client_of, asset, day) == (ACME, "Depot")
        assert told(cast.alice, f"assets/{asset.pk}?as_of={day}")["place_customer"]["id"] == holder.pk
        for other in (cast.acme, cast.birch, cast.cedar):
            shown = asset.reference in client.get(f"/assets/?on={day}&at={other.pk}").content.decode()
            assert shown == (other == holder), (day, other)


def test_a_site_split_in_two_and_two_joined_are_told_by_the_day(cast, client_of):
    with see_all():
        wing = Area.objects.create(site=cast.depot, name="Wing")
        annexe = make_site(cast.acme, "Annexe")
    asset = add(owner=cast.acme, site=cast.depot, area=wing)
    there = add(owner=cast.acme, site=annexe)
    with see_all():
        split(cast.depot, name="West", day=MARCH, today=TODAY, areas=[wing], by_id=None)
        join(annexe, into=cast.depot, day=APRIL, at=timezone.now(), today=TODAY, by_id=None)
    assert said(cast, client_of, asset, FEBRUARY) == (ACME, "Depot, Wing")
    assert said(cast, client_of, asset, APRIL) == (ACME, "West, Wing")
    assert said(cast, client_of, there, MARCH)[1] == "Annexe"
    assert said(cast, client_of, there, MAY)[1].startswith("Depot")


def test_the_filters_ask_about_the_day(cast, client_of):
    asset = add(owner=cast.acme, site=cast.depot)
    with see_all():
        moves.place(asset, Where(site=cast.mill), doing(MARCH))
        moves.sell(asset, cast.birch, doing(APRIL))
        moves.enter(asset, "retired", doing(MAY))
    client = client_of(cast.bob)
    for query, days in (
        (f"site={cast.depot.pk}", {FEBRUARY}),
        (f"owner={cast.acme.pk}", {FEBRUARY, MARCH}),
        (f"either={cast.acme.pk}", {FEBRUARY, MARCH}),
        ("lifecycle=retired", {MAY}),
        ("place_kind=site", {FEBRUARY, MARCH, APRIL, MAY}),
    ):
        for day in (FEBRUARY, MARCH, APRIL, MAY):
            shown = asset.reference in client.get(f"/assets/?{query}&on={day}").content.decode()
            assert shown == (day in days), (query, day)
