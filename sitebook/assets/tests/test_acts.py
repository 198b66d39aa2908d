"""What is done to assets: each act holds from its day, is seen on every day as it was, and can be taken back whole."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.assets import moves
from sitebook.assets.acts import Doing, correct, take_back
from sitebook.assets.models import Asset
from sitebook.assets.moves import Where
from sitebook.assets.periods import AssetAct, OwnPlace
from sitebook.basics.refused import Refused
from sitebook.sites.models import Position
from tests.cast import make_site, see_all

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def add(**values):
    with see_all():
        return Asset.add(**values)


def doing(day=APRIL, **more):
    return Doing(day=day, today=TODAY, by_id=None, **more)


def then(asset, day):
    """Owner, site, customer there, parent and status of a day, by their numbers."""
    with see_all():
        row = asset.periods.in_force(on=day).get()
    return row.owner_id, row.site_id, row.place_customer_id, row.parent_id, row.lifecycle


def whole(*assets):
    """All that the periods of these assets say."""
    with see_all(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        names = (
            "during",
            "owner_id",
            "kind",
            "site_id",
            "area_id",
            "position_id",
            "own_place_id",
            "parent_id",
            "lifecycle",
        )
        return [list(each.periods.order_by("during").values_list(*names)) for each in assets]


def undo(act):
    with see_all():
        take_back(act, at=timezone.now())


def own_place(kind, name="Hall"):
    with see_all():
        return OwnPlace.add(name=name, kind=kind)


def test_an_asset_is_moved_with_what_is_mounted_on_it(cast):
    boiler = add(owner=cast.acme, site=cast.depot)
    burner = add(owner=cast.acme, parent=boiler)
    before = whole(boiler, burner)
    with see_all():
        act = moves.place(boiler, Where(site=cast.mill), doing())
    for asset in (boiler, burner):
        assert then(asset, MARCH)[1:3] == (cast.depot.pk, cast.acme.pk)
        assert then(asset, APRIL)[1:3] == (cast.mill.pk, cast.birch.pk)
        assert then(asset, TODAY)[1:3] == (cast.mill.pk, cast.birch.pk)
    undo(act)
    assert whole(boiler, burner) == before


def test_an_asset_is_moved_alone_and_what_was_mounted_stays(cast):
    boiler = add(owner=cast.acme, site=cast.depot)
    burner = add(owner=cast.acme, parent=boiler)
    before = whole(boiler, burner)
    with see_all():
        act = moves.place(boiler, Where(site=cast.mill), doing(), alone=True)
    assert then(burner, MARCH)[3] == boiler.pk
    assert then(burner, APRIL)[1:4] == (cast.depot.pk, cast.acme.pk, None)
    assert then(boiler, TODAY)[1] == cast.mill.pk
    undo(act)
    assert whole(boiler, burner) == before


def test_what_is_mounted_is_not_moved_by_itself(cast):
    boiler = add(owner=cast.acme, site=cast.depot)
    burner = add(owner=cast.acme, parent=boiler)
    with pytest.raises(Refused, match="is mounted on"), see_all():
        moves.place(burner, Where(site=cast.mill), doing())
    assert then(burner, TODAY)[3] == boiler.pk


def test_a_unit_goes_to_the_workshop_and_back(cast):
    workshop = own_place("workshop")
    boiler = add(owner=cast.acme, site=cast.depot)
    burner = add(owner=cast.acme, parent=boiler)
    before = whole(boiler, burner)
    with see_all():
        sent = [moves.send_to_workshop(each, workshop, doing(MARCH)) for each in (burner, boiler)]
    assert then(burner, MARCH)[1:] == (None, None, None, "in workshop")
    with see_all():
        back = [moves.bring_back(each, doing(MAY)) for each in (boiler, burner)]
    assert then(burner, APRIL)[4] == "in workshop"
    assert then(burner, MAY)[1:] == (cast.depot.pk, cast.acme.pk, boiler.pk, "in service")
    with pytest.raises(Refused, match="Something was done"):
        undo(sent[0])
    for act in [*reversed(back), *reversed(sent)]:
        undo(act)
    assert whole(boiler, burner) == before


def test_an_asset_is_sold_where_it_stands_and_its_people_see_their_time(cast):
    lift = add(owner=cast.acme, site=cast.vault)
    cabin = add(owner=cast.acme, parent=lift)
    before = whole(lift, cabin)
    with see_all():
        act = moves.sell(lift, cast.birch, doing(), document="Contract 7")
    assert [then(each, MARCH)[0] for each in (lift, cabin)] == [cast.acme.pk] * 2
    assert [then(each, TODAY)[0] for each in (lift, cabin)] == [cast.birch.pk] * 2
    with acting(user=cast.charlie, via="screen"):
        assert not Asset.objects.filter(pk=lift.pk).exists()
    with acting(user=cast.vera, via="screen"):
        assert Asset.objects.filter(pk=lift.pk).exists()
        assert not lift.ownerships.filter(owner=cast.acme.pk).exists()
    undo(act)
    assert whole(lift, cabin) == before


def test_a_unit_is_replaced_and_the_position_keeps_both(cast):
    store = own_place("store")
    with see_all():
        boiler_1 = Position.objects.create(site=cast.depot, name="Boiler 1")
    old = add(owner=cast.acme, site=cast.depot, position=boiler_1)
    burner = add(owner=cast.acme, parent=old)
    new = add(owner=cast.acme, own_place=store, lifecycle="in stock")
    before = whole(old, burner, new)
    with see_all():
        act = moves.replace(old, new, doing(), where=Where(own_place=store), mounted_go=True)
        held = [(row.asset_id, row.during.lower) for row in boiler_1_rows(boiler_1)]
    assert held == [(old.pk, None), (new.pk, APRIL)]
    assert (then(old, MARCH)[1], then(old, TODAY)[4]) == (cast.depot.pk, "removed")
    assert then(new, TODAY)[1:] == (cast.depot.pk, cast.acme.pk, None, "in service")
    assert (then(burner, MARCH)[3], then(burner, TODAY)[3]) == (old.pk, new.pk)
    undo(act)
    assert whole(old, burner, new) == before


def boiler_1_rows(position):
    from sitebook.assets.periods import Placement

    return Placement.objects.filter(position=position).order_by("during")


def test_a_wrong_move_of_last_month_is_corrected(cast):
    other = make_site(cast.acme, "Annexe")
    lift = add(owner=cast.acme, site=cast.depot)
    with see_all():
        act = moves.place(lift, Where(site=cast.mill), doing(MAY))
        correct(act, day=APRIL, today=TODAY)
    assert then(lift, MARCH)[1] == cast.depot.pk
    assert then(lift, APRIL)[1] == cast.mill.pk
    with see_all():  # and it had been somewhere else in between, which is written late
        moves.place(lift, Where(site=other), doing(MARCH))
    assert [then(lift, day)[1] for day in (date(2026, 2, 1), MARCH, APRIL)] == [cast.depot.pk, other.pk, cast.mill.pk]
    with pytest.raises(Refused, match="Something was done"), see_all():
        correct(act, day=MAY, today=TODAY)


def test_mounting_ends_a_place_and_taking_off_begins_one(cast):
    boiler = add(owner=cast.acme, site=cast.depot)
    burner = add(owner=cast.birch, site=cast.mill)
    before = whole(boiler, burner)
    with see_all():
        on = moves.mount(burner, boiler, doing(MARCH), mount_point="left")
        off = moves.take_off(burner, doing(MAY))
    assert then(burner, date(2026, 2, 1))[1:4] == (cast.mill.pk, cast.birch.pk, None)
    assert then(burner, APRIL)[1:4] == (cast.depot.pk, cast.acme.pk, boiler.pk)
    assert then(burner, TODAY)[1:4] == (cast.depot.pk, cast.acme.pk, None)
    with pytest.raises(Refused, match="mounted on itself"), see_all():
        moves.mount(boiler, boiler, doing())
    undo(off)
    undo(on)
    assert whole(boiler, burner) == before


def test_scrapping_is_the_end_until_it_is_taken_back(cast):
    pump = add(owner=cast.acme, site=cast.depot)
    before = whole(pump)
    with see_all():
        first = moves.enter(pump, "retired", doing(MARCH))
        act = moves.enter(pump, "scrapped", doing())
    assert then(pump, MARCH)[4] == "retired"
    assert then(pump, TODAY)[1:] == (None, None, None, "scrapped")
    with pytest.raises(Refused, match="cannot become"), see_all():
        moves.enter(pump, "in service", doing(MAY))
    undo(act)
    undo(first)
    assert whole(pump) == before


def test_days_to_come_and_hidden_assets_are_refused(cast):
    pump = add(owner=cast.acme, site=cast.depot)
    guest = add(owner=cast.cedar, site=cast.depot)
    with pytest.raises(Refused, match="still to come"), see_all():
        moves.place(pump, Where(site=cast.mill), doing(date(2026, 7, 1)))
    with acting(user=cast.bob, via="screen"):
        act = moves.place(guest, Where(site=cast.mill), doing())
    with acting(user=cast.charlie, via="screen"):
        assert not AssetAct.objects.filter(pk=act.pk).exists()
    with acting(user=cast.bob, via="screen"):
        take_back(act, at=timezone.now())
    assert then(guest, TODAY)[1] == cast.depot.pk
