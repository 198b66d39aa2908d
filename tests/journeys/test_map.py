"""The map: circles and the list beside it show the same, each leads to the list, by keys and without scripts too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from sitebook.assets.models import Asset
from tests.cast import make_cast, make_site, see_all
from tests.journeys.conftest import violations


@pytest.fixture
def cast():
    made = make_cast()
    leeds = make_site(made.acme, "Leeds store", latitude="53.8", longitude="-1.55", town="Leeds")
    make_site(made.acme, "Bradford store", latitude="53.79", longitude="-1.75", town="Bradford")
    oslo = make_site(made.birch, "Oslo flats", latitude="59.91", longitude="10.75", town="Oslo")
    with see_all():
        for site, number in ((leeds, 3), (oslo, 2)):
            for each in range(number):
                Asset.add(owner=site.customer, site=site, serial=f"{site.pk}-{each}")
    return made


def test_a_circle_leads_to_the_list_of_what_is_there(open_as, cast):
    page = open_as(cast.bob)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/assets/")
    page.get_by_role("link", name="Map").click()
    expect(page.locator("site-map .land").first).to_be_attached()
    expect(page.locator("site-map .cluster")).to_have_count(2)
    expect(page.locator("#places li")).to_have_count(2)
    assert violations(page) == []
    page.locator("site-map .cluster a", has_text="3").click()
    expect(page.locator("#list-count")).to_have_text("3")
    assert "cell=" in page.url
    assert [url for url in asked if not url.startswith((page.url.split("/assets")[0], "data:"))] == []


def test_zooming_changes_the_list_and_the_address_and_filters_stay(open_as, cast):
    page = open_as(cast.bob)
    page.goto("/sites/map/?q=store")
    expect(page.locator("#places li")).to_have_count(2)  # as near as both fit on the screen
    for _step in range(7):
        page.get_by_role("button", name="Zoom out").click()
    expect(page.locator("#places li")).to_have_count(1)
    expect(page.locator("#places .n")).to_have_text("2")
    expect(page).to_have_url(re.compile("q=store.*screen="))
    page.reload()
    expect(page.locator("site-map .cluster")).to_have_count(1)


def test_by_keys_the_list_beside_the_map_is_gone_through(open_as, cast):
    page = open_as(cast.bob)
    page.goto("/assets/map/")
    expect(page.locator("site-map .cluster")).to_have_count(2)
    page.get_by_role("link", name="Oslo flats").focus()
    expect(page.locator("site-map .cluster.here")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#list-count")).to_have_text("2")


def test_it_is_a_list_without_scripts(open_as, cast):
    page = open_as(cast.bob, scripts=False)
    page.goto("/assets/map/")
    page.get_by_role("link", name="Leeds store").click()
    expect(page.locator("#list-count")).to_have_text("3")


@pytest.mark.parametrize(("width", "dark"), [(1440, True), (390, False)])
def test_the_map_is_for_everybody(open_as, cast, width, dark):
    page = open_as(cast.bob, width=width, dark=dark)
    page.goto("/sites/map/")
    expect(page.locator("site-map .cluster").first).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
