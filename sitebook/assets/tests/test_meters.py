"""Meters kept in the database: late and corrected readings, exchange, rollover, what is doubted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from sitebook.access.identity import acting
from sitebook.assets.meters import Meter, MeterSpan, Reading, meters_of, told_of
from sitebook.assets.models import Asset
from sitebook.basics.refused import Refused
from sitebook.products.meter_types import MeterType
from tests.cast import see_all

pytestmark = pytest.mark.django_db
START, NOW = datetime(2026, 1, 1, 8, tzinfo=UTC), datetime(2026, 11, 30, 8, tzinfo=UTC)


def day(number):
    return START + timedelta(days=number)


@pytest.fixture
def starts(cast):
    """The counter of starts of a lift of Acme's: five digits, 99,000 on the first of January."""
    with see_all():
        lift = Asset.add(owner=cast.acme, site=cast.depot, description="Goods lift")
        counted = MeterType.add(name="Starts", unit="start", rollover_limit=Decimal(100_000))
        return Meter.add(lift, type=counted, at=START, value=Decimal(99_000), now=NOW, serial="Z-1")


def read(meter, number, value, **more):
    return meter.take_reading(at=day(number), value=Decimal(value), now=NOW, **more)


def total(meter):
    (told,) = told_of([meter])
    return told.lifetime


def refusal_of(act):
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act()
    return refusal.value.code


def test_a_life_with_rollover_exchange_late_and_corrected_readings(starts):
    with see_all():
        read(starts, 10, 99_900)
        assert refusal_of(lambda: read(starts, 20, 100)) == "reading_falls"
        read(starts, 20, 100, rolled=True)
        assert total(starts) == 1_100
        read(starts, 15, 99_950)
        assert total(starts) == 1_100
        wrong = read(starts, 30, 900)
        right = wrong.correct(value=Decimal(300), now=NOW)
        assert (right.kind, total(starts)) == ("corrected", 1_300)
        starts.exchange(at=day(40), closing=Decimal(400), opening=Decimal(7), now=NOW, serial="Z-2")
        assert total(starts) == 1_400
        read(starts, 50, 107)
        read(starts, 35, 350)
        assert total(starts) == 1_500
        assert [(span.serial, span.ended_at) for span in MeterSpan.objects.order_by("pk")] == [
            ("Z-1", day(40)),
            ("Z-2", None),
        ]
        closing = Reading.objects.get(kind="last")
        closing.correct(value=Decimal(450), now=NOW)
        assert total(starts) == 1_550


def test_what_cannot_be_is_refused_by_name(starts):
    with see_all():
        one = read(starts, 10, 99_100)
        assert refusal_of(lambda: read(starts, 10, 99_200)) == "reading_there_already"
        assert refusal_of(lambda: read(starts, -1, 98_000)) == "no_counter_then"
        assert refusal_of(lambda: read(starts, 11, 100_000)) == "reading_outside"
        assert refusal_of(lambda: read(starts, 11, "99200.5")) == "reading_outside"
        assert refusal_of(lambda: read(starts, 400, 99_200)) == "day_not_possible"
        old = {"closing": Decimal(99_200), "opening": Decimal(0), "now": NOW}
        assert refusal_of(lambda: starts.exchange(at=day(9), **old)) == "counter_read_since"
        one.correct(value=Decimal(99_050), now=NOW)
        one.refresh_from_db()
        assert refusal_of(lambda: one.correct(value=Decimal(1), now=NOW)) == "already_corrected"
        again = {"type": starts.type, "at": START, "value": Decimal(0), "now": NOW}
        assert refusal_of(lambda: Meter.add(starts.asset, **again)) == "meter_there_already"
        Meter.add(starts.asset, label="Car B", **again)


def test_an_odd_reading_is_kept_and_marked_until_somebody_says_it_is_right(starts):
    with see_all():
        for number in range(1, 5):
            assert not read(starts, number, 99_000 + 10 * number).doubted
        odd = read(starts, 5, 99_500)
        assert odd.doubted
        assert total(starts) == 500
        odd.approve()
        assert not odd.doubted


def test_what_is_usual_is_known_from_the_counters_before(starts):
    with see_all():
        for number in range(1, 5):
            read(starts, number, 99_000 + 10 * number)
        starts.exchange(at=day(6), closing=Decimal(99_060), opening=Decimal(0), now=NOW)
        assert not read(starts, 7, 10).doubted
        assert read(starts, 8, 900).doubted


def test_an_estimate_gives_way_to_what_is_read(starts):
    with see_all():
        guess = read(starts, 10, 99_500, kind="estimated")
        seen = read(starts, 20, 99_400)
        guess.refresh_from_db()
        assert guess.superseded_by_id == seen.pk
        assert total(starts) == 400


def test_a_reading_is_never_changed_or_deleted_and_counters_do_not_overlap(cast, starts):
    with acting(user=cast.bob, via="screen"):
        one = Reading.objects.get()
        for values in ({"value": 1}, {"at": day(3)}, {"kind": "estimated"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Reading.objects.filter(pk=one.pk).update(**values)
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            Reading.objects.filter(pk=one.pk).delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            MeterSpan.objects.create(meter=starts, asset_id=starts.asset_id, started_at=day(5))
        assert one.made_by_id is None
        assert read(starts, 1, 99_001).made_by_id == cast.bob.pk


def test_those_who_do_not_see_the_asset_see_none_of_it(cast, starts):
    with acting(user=cast.vera, via="screen"):
        assert not Meter.objects.exists()
        assert not MeterSpan.objects.exists()
        assert not Reading.objects.exists()


def test_it_costs_two_statements_however_many_readings_and_meters(starts, django_assert_num_queries):
    with see_all():
        for number in range(1, 30):
            read(starts, number, 99_000 + number)
        hours = MeterType.add(name="Hours", unit="h", decimals=1)
        Meter.add(starts.asset, type=hours, at=START, value=Decimal("0.5"), now=NOW)
        found = list(meters_of(starts.asset_id))
        with django_assert_num_queries(2):
            assert [(str(each.meter), each.lifetime) for each in told_of(found)] == [("Hours", 0), ("Starts", 29)]
