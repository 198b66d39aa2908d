"""One site becomes two, two become one, and back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.basics.refused import Refused
from sitebook.contacts.models import Contact, ContactRole, SiteParty
from sitebook.handovers.handover import hand_over, take_back
from sitebook.handovers.split_join import join, split
from sitebook.sites.areas import add_area, add_position
from sitebook.sites.models import Area, Handover, Position, Site, Tenure
from tests.cast import Cast, see_all
from tests.refusals import refused

TODAY, MARCH = date(2026, 11, 1), date(2026, 3, 1)


def settled() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def apart(site: Site, *areas: Area, **more: Any) -> Handover:
    change = split(site, name="Annexe", day=MARCH, today=TODAY, areas=areas, by_id=None, **more)
    settled()
    return change


def together(site: Site, into: Site, day: date = MARCH) -> Handover:
    change = join(site, into=into, day=day, at=timezone.now(), today=TODAY, by_id=None)
    settled()
    return change


def back(change: Handover) -> None:
    take_back(change, at=timezone.now())
    settled()


def inside(site: Site) -> set[tuple[str, str | None]]:
    """Areas and positions with what they lie in."""
    areas = {(area.name, area.parent.name if area.parent else None) for area in site.areas.select_related("parent")}
    return areas | {(p.name, p.area.name if p.area else None) for p in site.positions.select_related("area")}


@pytest.fixture
def house(cast: Cast) -> dict[str, Area]:
    """Depot: a hall with a plant room and its boiler, a yard, and a gate that lies nowhere in particular."""
    with see_all():
        hall = Area.objects.create(site=cast.depot, name="Hall")
        room = Area.objects.create(site=cast.depot, parent=hall, name="Plant room")
        Position.objects.create(site=cast.depot, area=room, name="Boiler 1", tag_number="B1")
        Area.objects.create(site=cast.depot, name="Yard")
        Position.objects.create(site=cast.depot, name="Gate")
        settled()
    return {"hall": hall, "room": room}


@pytest.mark.django_db
def test_a_part_goes_with_all_that_lies_in_it(cast: Cast, house: dict[str, Area]) -> None:
    with see_all():
        whole = inside(cast.depot)
        jane = Contact.add(name="Jane", customer=cast.acme)
        ContactRole.objects.create(
            contact=jane, customer=cast.acme, site=cast.depot, role="key holder", during=DateRange(None, None)
        )
        change = apart(cast.depot, house["hall"], house["room"])
        annexe = change.other_site
        assert inside(annexe) == {("Hall", None), ("Plant room", "Hall"), ("Boiler 1", "Plant room")}
        assert inside(cast.depot) == {("Yard", None), ("Gate", None)}
        assert annexe.customer == cast.acme
        assert [role.contact for role in annexe.contact_roles.all()] == [jane]
        assert Tenure.objects.get(site=annexe).during == DateRange(MARCH, None)
        back(change)
        assert inside(cast.depot) == whole
        assert not Site.objects.filter(pk=annexe.pk).exists()


@pytest.mark.django_db
def test_a_landlord_one_does_not_see_stays_one_of_both(cast: Cast) -> None:
    with see_all():
        SiteParty.objects.create(
            site=cast.depot, customer=cast.acme, role="owner", party=cast.cedar, during=DateRange(None, None)
        )
    with acting(user=cast.bob, via="screen"):
        annexe = apart(cast.depot).other_site
        assert [party.party_id for party in annexe.parties.all()] == [cast.cedar.pk]


@pytest.mark.django_db
def test_an_inner_part_alone_comes_back_to_where_it_was(cast: Cast, house: dict[str, Area]) -> None:
    with see_all():
        whole = inside(cast.depot)
        change = apart(cast.depot, house["room"])
        assert inside(change.other_site) == {("Plant room", None), ("Boiler 1", "Plant room")}
        back(change)
        assert inside(cast.depot) == whole


@pytest.mark.django_db
def test_what_happened_to_the_new_site_since_is_not_thrown_away(cast: Cast, house: dict[str, Area]) -> None:
    with see_all():
        change = apart(cast.depot, house["hall"])
        hand_over(change.other_site, to=cast.birch, day=date(2026, 4, 1), today=TODAY, by_id=None)
        settled()
        with refused("site_in_use", match="have different customers by now"):
            take_back(change, at=timezone.now())


@pytest.mark.django_db
def test_two_become_one_and_two_again(cast: Cast, house: dict[str, Area]) -> None:
    with see_all():
        shop = Site.add(customer=cast.acme, name="Shop", code="S1")
        Area.objects.create(site=shop, name="Yard")
        settled()
        depot, before = inside(cast.depot), Site.objects.values().get(pk=cast.depot.pk)
        change = together(cast.depot, shop)
        assert {("Depot", None), ("Hall", "Depot"), ("Gate", "Depot"), ("Yard", None)} < inside(shop)
        ended = Site.objects.get(pk=cast.depot.pk)
        assert (ended.ended_on, ended.joined_into, ended.is_archived) == (MARCH, shop, True)
        assert not Tenure.objects.filter(site=ended, during__contains=MARCH).exists()
        back(change)
        assert inside(cast.depot) == depot
        assert inside(shop) == {("Yard", None)}
        after = Site.objects.values().get(pk=cast.depot.pk)
        assert {k for k in after if after[k] != before[k]} <= {"version", "updated_at"}


@pytest.mark.django_db
def test_a_site_that_was_joined_takes_nothing_new_inside(cast: Cast) -> None:
    with see_all():
        shed = Site.add(customer=cast.acme, name="Shed")
        together(shed, cast.depot)
        with refused("site_ended", match="Shed was joined into Depot on 1 Mar 2026. Write it down there"):
            add_area(shed, name="Loft")
        with refused("site_ended"):
            add_position(shed, name="Boiler")


@pytest.mark.django_db
def test_sites_of_two_customers_are_not_joined(cast: Cast) -> None:
    with see_all():
        with refused("cannot_join", match="have different customers"):
            together(cast.depot, cast.mill)
        with refused("cannot_join", match="into itself"):
            together(cast.depot, cast.depot)
        shop = Site.add(customer=cast.acme, name="Shop", since=date(2026, 6, 1))
        with refused("day_not_possible"):
            together(cast.depot, shop)


@pytest.mark.django_db
def test_a_tag_number_both_use_is_named(cast: Cast, house: dict[str, Area]) -> None:
    with see_all():
        shop = Site.add(customer=cast.acme, name="Shop")
        Position.objects.create(site=shop, name="Other", tag_number="B1")
        with refused("cannot_join", match="tag number B1"):
            together(cast.depot, shop)


@pytest.mark.django_db
def test_whoever_has_the_place_reads_all_that_was_done_to_its_parts(cast: Cast) -> None:
    from sitebook.history.models import Change

    with see_all():
        area = Area.objects.create(site=cast.depot, name="Plant room")
        hand_over(cast.depot, to=cast.birch, day=MARCH, today=TODAY, by_id=None)
        Area.objects.filter(pk=area.pk).update(name="Boiler room")
    with acting(user=cast.vera, via="screen"):
        new = [change.changes for change in Change.objects.filter(kind="sites_area").order_by("id")]
    with acting(user=cast.charlie, via="screen"):
        former = [change.changes for change in Change.objects.filter(kind="sites_area").order_by("id")]
    assert [change["name"] for change in new] == [[None, "Plant room"], ["Plant room", "Boiler room"]]
    assert [change["name"] for change in former] == [[None, "Plant room"]]


@pytest.mark.django_db
@pytest.mark.parametrize("to", ["birch", "cedar"])
def test_a_part_that_has_another_customer_now_is_not_taken_back(cast: Cast, to: str) -> None:
    with see_all():
        change = apart(cast.depot)
        hand_over(cast.depot, to=getattr(cast, to), day=date(2026, 5, 1), today=TODAY, by_id=None)
    with acting(user=cast.bob, via="screen"), pytest.raises(Refused, match=r"different customers|do not see"):
        take_back(change, at=timezone.now())


@pytest.mark.django_db
def test_why_it_was_archived_stays_with_the_customer(cast: Cast) -> None:
    with see_all():
        cast.depot.archive(by_id=None, at=timezone.now(), reason="Acme is bankrupt")
        hand_over(cast.depot, to=cast.birch, day=MARCH, today=TODAY, by_id=None)
        assert Site.objects.get(pk=cast.depot.pk).archive_reason == ""


@pytest.mark.django_db
def test_a_split_is_taken_back_though_a_hand_over_one_does_not_see_was_too(cast: Cast) -> None:
    with see_all():
        change = apart(cast.depot)
        gone = hand_over(change.other_site, to=cast.cedar, day=date(2026, 5, 1), today=TODAY, by_id=None)
        take_back(gone, at=timezone.now())
    with acting(user=cast.bob, via="screen"):
        take_back(Handover.objects.get(pk=change.pk), at=timezone.now())
        settled()
    with see_all():
        assert not Site.objects.filter(pk=change.other_site_id).exists()


@pytest.mark.django_db
def test_a_tag_number_in_other_letters_is_the_same_one(cast: Cast) -> None:
    with see_all():
        yard = Site.add(customer=cast.acme, name="Yard")
        Position.objects.create(site=yard, name="Boiler", tag_number="B1")
        Position.objects.create(site=cast.depot, name="Boiler", tag_number="b1")
        with refused("cannot_join", match="B1"):
            together(cast.depot, yard)


@pytest.mark.django_db
@pytest.mark.parametrize(("one", "other"), [("MIX", "mıx"), ("SEAL", "ſeal"), ("MASSE", "maße")])
def test_tag_numbers_and_areas_in_other_letters_go_along(cast: Cast, one: str, other: str) -> None:
    with see_all():
        yard = Site.add(customer=cast.acme, name="Yard")
        Position.objects.create(site=yard, name="Boiler", tag_number=one)
        Position.objects.create(site=cast.depot, name="Boiler", tag_number=other)
        areas = [add_area(yard, name=one), add_area(yard, name=other)]
        apart(yard, *areas)
        together(cast.depot, yard)


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "is_free"), [("mıx", True), ("MİX", None), ("mix", False)])
def test_a_code_comes_back_unless_the_database_says_it_is_used(cast: Cast, code: str, is_free: bool | None) -> None:
    with see_all():
        cast.depot.change(version=cast.depot.version, code="MIX")
        hand_over(cast.depot, to=cast.cedar, day=MARCH, today=TODAY, by_id=None)
        Site.add(customer=cast.acme, name="Yard", code=code)
        site = Site.objects.get(pk=cast.depot.pk)
        hand_over(site, to=cast.acme, day=date(2026, 5, 1), today=TODAY, by_id=None)
        if is_free is None:
            is_free = not Site.objects.filter(pk=site.pk, code__in_any_case=code).exists() and site.code == "MIX"
        assert Site.objects.get(pk=site.pk).code == ("MIX" if is_free else "")
