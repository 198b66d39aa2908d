"""The tabs of an asset's page: photos taken with a phone, notes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sitebook.assets.meters import Meter
from sitebook.assets.models import Asset
from sitebook.files.tests import made
from sitebook.products.meter_types import MeterType
from sitebook.products.models import Product
from tests.cast import make_cast, see_all
from tests.journeys.conftest import violations


def test_a_technician_takes_a_photo_on_a_phone(open_as, tmp_path: Path) -> None:
    cast = make_cast()
    with see_all():
        lift = Asset.add(owner=cast.acme, site=cast.depot, description="Goods lift")
    page: Page = open_as(cast.charlie, width=390, touch=True)
    page.goto(f"/assets/{lift.pk}/documents/")
    camera = page.locator("input[capture]")
    expect(page.get_by_text("Take a photo")).to_be_visible()
    assert camera.get_attribute("capture") == "environment"
    (tmp_path / "plate.jpg").write_bytes(made.photo_lying_down())
    page.get_by_label("Take out where photos were taken").check()
    camera.set_input_files(tmp_path / "plate.jpg")
    picture = page.get_by_role("img", name="plate.jpg")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalHeight > image.naturalWidth)")
    assert violations(page) == []


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_a_note_is_pinned_and_read_before_the_work(width: int, dark: bool, open_as) -> None:
    cast = make_cast()
    with see_all():
        lift = Asset.add(owner=cast.acme, site=cast.depot, description="Goods lift")
    office: Page = open_as(cast.bob, width=width, dark=dark)
    office.goto(f"/assets/{lift.pk}/notes/")
    office.get_by_label("New note").fill("Lock out both cars.")
    office.get_by_label("Pinned").check()
    office.get_by_role("button", name="Add note").click()
    expect(office.get_by_text("Shown to technicians.")).to_be_visible()
    office.get_by_label("New note").fill("Owner pays late.")
    office.get_by_label("Internal remark").check()
    office.get_by_role("button", name="Add note").click()
    expect(office.get_by_text("Stays in the office.")).to_be_visible()
    assert violations(office) == []
    technician: Page = open_as(cast.charlie, width=width, dark=dark)
    technician.goto(f"/assets/{lift.pk}/")
    expect(technician.get_by_text("Lock out both cars.")).to_be_visible()
    technician.goto(f"/assets/{lift.pk}/notes/")
    expect(technician.get_by_text("Owner pays late.")).to_have_count(0)
    assert violations(technician) == []


@pytest.mark.parametrize(("width", "dark"), [(1440, True), (390, False)])
def test_parts_are_fitted_and_meters_read_by_keyboard(width: int, dark: bool, open_as) -> None:
    cast = make_cast()
    with see_all():
        lift = Asset.add(owner=cast.acme, site=cast.depot, description="Goods lift")
        Asset.add(owner=cast.acme, parent=lift, description="Motor")
        Product.add(code="BELT", description="Drive belt", kind="part")
        starts = MeterType.add(name="Starts", unit="start")
        now = datetime.now(UTC)
        meter = Meter.add(lift, type=starts, at=now - timedelta(days=20), value=Decimal(100), now=now)
        meter.take_reading(at=now - timedelta(days=10), value=Decimal(150), now=now)
    page: Page = open_as(cast.bob, width=width, dark=dark)
    page.goto(f"/assets/{lift.pk}/materials/")
    page.keyboard.press("n")
    page.get_by_role("combobox", name="Part required").fill("belt")
    page.get_by_role("option", name="Drive belt").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Drive belt")).to_be_visible()
    assert violations(page) == []
    page.goto(f"/assets/{lift.pk}/meters/")
    expect(page.get_by_role("img", name="Starts from 0 to 50")).to_be_visible()
    page.keyboard.press("n")
    page.get_by_label("It shows required").fill("190")
    page.keyboard.press("Enter")
    expect(page.get_by_text("90 start", exact=False).first).to_be_visible()
    assert violations(page) == []
