"""Meters on an asset's page and for programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sitebook.assets.meters import Meter, Reading
from sitebook.assets.models import Asset
from sitebook.products.meter_types import MeterType
from sitebook.products.tests.test_products_for_programs import call
from tests.cast import see_all

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 8, tzinfo=UTC)


@pytest.fixture
def lift(cast):
    with see_all():
        return Asset.add(owner=cast.acme, site=cast.depot, description="Goods lift")


@pytest.fixture
def kind(cast):
    with see_all():
        return MeterType.add(name="Starts", unit="start", rollover_limit=Decimal(1_000))


def test_a_meter_is_added_read_corrected_and_its_counter_exchanged_on_the_page(cast, client_of, lift, kind):
    client, tab = client_of(cast.bob), f"/assets/{lift.pk}/meters/"
    typed = {"type": kind.pk, "at": "2026-01-01T08:00", "value": "900", "serial": "Z-1"}
    assert client.post(f"{tab}new/", typed)["Location"] == tab
    with see_all():
        meter = Meter.objects.get()
    at = f"/meters/{meter.pk}"
    fallen = {"at": "2026-02-01T08:00", "value": "20", "kind": "actual"}
    refused = client.post(f"{at}/read/", fallen)
    assert refused.status_code == 409
    assert "If it has passed its limit" in refused.content.decode()
    assert client.post(f"{at}/read/", fallen | {"rolled": "on"})["Location"] == tab
    assert client.post(f"{at}/read/", {"at": "2026-01-15T08:00", "value": "950", "kind": "actual"})["Location"] == tab
    page = client.get(tab).content.decode()
    assert "120 start" in page
    assert "<polyline points=" in page
    with see_all():
        late = Reading.objects.get(value=950)
    at_reading = f"/readings/{late.pk}"
    assert client.post(f"{at_reading}/correct/", {"at": "2026-01-15T08:00", "value": "960"})["Location"] == tab
    assert client.post(f"{at_reading}/correct/", {"at": "2026-01-15T08:00", "value": "970"}).status_code == 409
    new = {"at": "2026-03-01T08:00", "closing": "30", "opening": "5", "serial": "Z-2"}
    assert client.post(f"{at}/exchange/", new)["Location"] == tab
    page = client.get(tab).content.decode()
    assert "130 start" in page
    assert "counter Z-1 taken off" in page
    assert client.post(f"{at}/read/", {"at": "", "value": "x"}).status_code == 422


def test_a_doubted_reading_is_marked_until_it_is_said_to_be_right(cast, client_of, lift, kind):
    with see_all():
        meter = Meter.add(lift, type=kind, at=START, value=Decimal(0), now=datetime.now(UTC), most_a_day=Decimal(10))
        odd = meter.take_reading(at=START + timedelta(days=1), value=Decimal(400), now=datetime.now(UTC))
    client, tab = client_of(cast.bob), f"/assets/{lift.pk}/meters/"
    assert "Look at this" in client.get(tab).content.decode()
    assert client.post(f"/readings/{odd.pk}/approve/")["Location"] == tab
    assert "Look at this" not in client.get(tab).content.decode()


def test_who_may_only_look_and_who_sees_other_customers_alone(cast, client_of, lift, kind):
    with see_all():
        meter = Meter.add(lift, type=kind, at=START, value=Decimal(0), now=datetime.now(UTC))
        first = Reading.objects.get()
    engineer, vera = client_of(cast.charlie), client_of(cast.vera)
    assert engineer.get(f"/assets/{lift.pk}/meters/").status_code == 200
    for address in (f"/meters/{meter.pk}/read/", f"/meters/{meter.pk}/exchange/", f"/readings/{first.pk}/approve/"):
        assert engineer.post(address).status_code == 403
    assert vera.get(f"/assets/{lift.pk}/meters/").status_code == 404
    assert call(cast.vera, "GET", f"meters/{meter.pk}/readings").status_code == 404
    with see_all():
        theirs = Asset.add(owner=cast.cedar, site=cast.vault)
        hidden = Meter.add(theirs, type=kind, at=START, value=Decimal(0), now=datetime.now(UTC))
    bob = client_of(cast.bob)
    assert bob.get(f"/meters/{hidden.pk}/read/").status_code == 404
    assert call(cast.bob, "POST", f"meters/{hidden.pk}/exchange", {}).status_code in (404, 422)


def test_programs_add_read_exchange_and_correct(cast, lift, kind):
    at = f"assets/{lift.pk}/meters"
    made = call(cast.bob, "POST", at, {"type": kind.pk, "at": "2026-01-01T08:00:00Z", "value": 990})
    assert made.status_code == 201, made.content
    meter = f"meters/{made.json()['id']}"
    fallen = {"at": "2026-01-02T08:00:00+01:00", "value": "5"}
    assert call(cast.bob, "POST", f"{meter}/readings", fallen).json()["code"] == "reading_falls"
    read = call(cast.bob, "POST", f"{meter}/readings", fallen | {"rolled": True})
    assert read.status_code == 201, read.content
    new = {"at": "2026-01-03T08:00:00Z", "closing": 8, "opening": 0}
    assert call(cast.bob, "POST", f"{meter}/exchange", new).json()["lifetime"] == 18
    right = call(cast.bob, "POST", f"readings/{read.json()['id']}/correct", {"value": 6})
    assert (right.json()["value"], right.json()["kind"]) == (6, "corrected")
    listed = call(cast.bob, "GET", f"{meter}/readings").json()["items"]
    assert [(each["value"], each["replaced"]) for each in listed] == [
        (0, False), (8, False), (6, False), (5, True), (990, False)]  # fmt: skip
    told = call(cast.bob, "GET", at).json()["items"]
    assert [(each["lifetime"], each["last"]["value"]) for each in told] == [(18, 0)]
    for wrong in ({"at": "2026-01-05", "value": 1}, {"at": "2026-01-05T08:00:00Z", "value": "many"}):
        assert call(cast.bob, "POST", f"{meter}/readings", wrong).status_code == 422
    assert call(cast.charlie, "POST", f"{meter}/readings", fallen).status_code == 403
