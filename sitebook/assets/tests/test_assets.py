"""An asset: its number and serial, its owner and place, who sees it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.assets.models import Asset
from sitebook.assets.periods import AssetPeriod, Ownership, OwnPlace, Parentage, Placement
from sitebook.basics.refused import Refused
from sitebook.handovers.handover import hand_over, take_back
from sitebook.handovers.split_join import join, split
from sitebook.handovers.split_join import take_back as undivide
from sitebook.sites.models import Area, Position
from tests.cast import make_site, see_all

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


def add(**values):
    with see_all():
        return Asset.add(**values)


def checked():
    """What the database only asks at the end of a transaction is asked now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def wrongly_placed(asset, site):
    """Somebody writes past the verbs."""
    with transaction.atomic(), see_all():
        Asset.objects.filter(pk=asset.pk).update(site=site)
        checked()


def test_it_is_numbered_by_itself_past_numbers_written_by_hand(cast):
    first = add(owner=cast.acme)
    number = int(first.reference.removeprefix("A-"))
    by_hand = add(owner=cast.acme, reference=f"A-{number + 1:04}")
    third = add(owner=cast.acme)
    assert by_hand.reference == f"A-{number + 1:04}"
    assert third.reference == f"A-{number + 2:04}"
    with pytest.raises(Refused, match="already in use"):
        add(reference=first.reference)


def test_a_serial_names_one_asset_however_it_is_written(cast):
    holder = add(owner=cast.cedar, serial="ab 12-34")
    with pytest.raises(Refused) as refused, acting(user=cast.alice, via="screen"):
        Asset.add(serial="AB–1234")
    assert refused.value.holder == holder
    assert holder.reference in str(refused.value)
    with pytest.raises(Refused) as hidden, acting(user=cast.bob, via="screen"):
        Asset.add(owner=cast.acme, serial="ab1234")
    assert hidden.value.holder is None
    assert str(hidden.value) == "The serial number “ab1234” is already in use."
    with see_all():
        holder.archive(by_id=None, at=timezone.now())
    with pytest.raises(Refused, match="archived asset"):
        add(serial="AB1234")
    assert add(serial="-").serial_key == add(serial="").serial_key == ""


def test_what_it_says_of_now_follows_from_its_periods(cast):
    asset = add(owner=cast.acme, site=cast.mill, since=date(2025, 1, 1))
    assert (asset.site_id, asset.place_kind, asset.place_customer_id) == (cast.mill.pk, "site", cast.birch.pk)
    assert (asset.holder_id, asset.guest_id) == (cast.acme.pk, cast.birch.pk)
    with see_all():
        periods = [(p.during.lower, p.site_id, p.place_customer_id) for p in asset.periods.order_by("during")]
        assert periods == [(None, None, None), (date(2025, 1, 1), cast.mill.pk, cast.birch.pk)]
    with pytest.raises(IntegrityError):
        wrongly_placed(asset, cast.depot)
    with see_all():
        checked()


def test_what_is_mounted_is_where_its_parent_is_and_never_on_itself(cast):
    boiler = add(owner=cast.acme, site=cast.depot)
    burner = add(owner=cast.birch, parent=boiler)
    nozzle = add(owner=cast.acme, parent=burner)
    assert (nozzle.site_id, nozzle.place_customer_id, burner.guest_id) == (cast.depot.pk, cast.acme.pk, cast.acme.pk)
    with see_all():
        Placement.objects.get(asset=boiler).delete()
        burner.refresh_from_db()
        assert burner.site is None
        for child, parent in ((boiler, nozzle), (boiler, boiler)):
            with pytest.raises(IntegrityError), transaction.atomic():
                Parentage.objects.create(child=child, parent=parent, during=(date(2026, 1, 1), None))
        Placement.objects.create(asset=boiler, kind="transit", during=(date(2026, 1, 1), None))
        with pytest.raises(IntegrityError), transaction.atomic():
            Placement.objects.create(asset=burner, kind="transit", during=(date(2026, 1, 1), None))
        checked()


def test_a_position_holds_one_and_lies_at_the_site(cast):
    with see_all():
        boiler_1 = Position.objects.create(site=cast.depot, name="Boiler 1")
        attic = Area.objects.create(site=cast.mill, name="Attic")
    add(owner=cast.acme, site=cast.depot, position=boiler_1)
    with pytest.raises(Refused, match="Another asset"):
        add(owner=cast.acme, site=cast.depot, position=boiler_1)
    with pytest.raises(Refused, match="not at this site"):
        add(owner=cast.acme, site=cast.depot, area=attic)


def test_it_is_seen_by_owner_and_place_and_of_neither_by_everybody(cast):
    theirs = add(owner=cast.cedar, site=cast.vault)
    leased = add(owner=cast.cedar, site=cast.depot)
    owned_elsewhere = add(owner=cast.acme, site=cast.vault)
    with see_all():
        store = OwnPlace.add(name="Store")
    stock = add(own_place=store)
    rented = add(site=cast.vault)
    with acting(user=cast.charlie, via="screen"):
        seen = {each.pk: each for each in Asset.objects.select_related("owner", "site")}
        assert set(seen) == {leased.pk, owned_elsewhere.pk, stock.pk}
        assert seen[leased.pk].name_of_owner == "another customer"
        assert seen[owned_elsewhere.pk].name_of_place == "another customer"
        assert {each.asset_id for each in AssetPeriod.objects.all()} <= set(seen)
        assert {each.asset_id for each in Placement.objects.all()} == set(seen)
        assert {each.asset_id for each in Ownership.objects.all()} == {owned_elsewhere.pk, stock.pk}
    assert {theirs.holder_id, rented.holder_id} == {cast.cedar.pk}


def test_the_customer_at_the_place_changes_when_the_site_is_handed_over(cast):
    asset = add(owner=cast.birch, site=cast.depot)
    with see_all():
        change = hand_over(cast.depot, to=cast.cedar, day=date(2026, 3, 1), today=TODAY, by_id=None)
        asset.refresh_from_db()
        assert (asset.place_customer, asset.guest_id) == (cast.cedar, cast.cedar.pk)
        then = [(p.during.upper, p.place_customer_id) for p in asset.periods.order_by("during")]
        assert then == [(date(2026, 3, 1), cast.acme.pk), (None, cast.cedar.pk)]
        checked()
    with acting(user=cast.charlie, via="screen"):
        assert not Asset.objects.filter(pk=asset.pk).exists()
        assert AssetPeriod.objects.get(asset=asset.pk).during.upper == date(2026, 3, 1)
        assert Placement.objects.filter(asset=asset.pk).exists()
    with see_all():
        take_back(change, at=timezone.now())
        asset.refresh_from_db()
        assert asset.place_customer == cast.acme
        checked()


def test_it_goes_along_when_a_site_is_split_or_joined_and_comes_back(cast):
    with see_all():
        wing = Area.objects.create(site=cast.depot, name="Wing")
        other = make_site(cast.acme, "Annexe")
    inside = add(owner=cast.acme, site=cast.depot, area=wing)
    outside = add(owner=cast.acme, site=cast.depot)
    before = content(inside), content(outside)
    with see_all():
        change = split(cast.depot, name="West", day=date(2026, 3, 1), today=TODAY, areas=[wing], by_id=None)
        inside.refresh_from_db()
        outside.refresh_from_db()
        assert (inside.site, outside.site) == (change.other_site, cast.depot)
        checked()
        undivide(change, at=timezone.now())
        checked()
    assert (content(inside), content(outside)) == before
    with see_all():
        change = join(cast.depot, into=other, day=date(2026, 3, 1), at=timezone.now(), today=TODAY, by_id=None)
        outside.refresh_from_db()
        assert outside.site == other
        assert outside.area.name == "Depot"
        checked()
        undivide(change, at=timezone.now())
        checked()
    assert (content(inside), content(outside)) == before


def content(asset):
    """All that the periods of an asset say."""
    with see_all():
        rows = asset.periods.order_by("during").values_list("during", "site_id", "area_id", "place_customer_id")
        return list(rows)


def test_many_are_made_at_once_with_their_first_periods(cast):
    with see_all():
        rows = [
            Asset(owner=cast.acme, site=cast.depot, place_kind="site", place_customer=cast.acme, serial=f"N-{number}")
            for number in range(20)
        ]
        made = Asset.objects.bulk_create(rows)
        assert {each.periods.get().site_id for each in made} == {cast.depot.pk}
        assert {each.placements.count() for each in made} == {1}
        assert {each.version for each in Asset.objects.all()} == {1}
        checked()
