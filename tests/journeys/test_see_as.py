"""An administrator looks at Sitebook as somebody else, with a browser, and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.cast import make_cast
from tests.journeys.conftest import violations


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_the_line_at_the_top_stays_in_sight_and_stops_it(width, dark, open_as):
    cast = make_cast()
    page = open_as(cast.alice, width=width, dark=dark)
    page.goto(f"/users/{cast.bob.pk}/customers/")
    page.get_by_role("button", name="See as this user").click()
    stop = page.get_by_role("button", name="Stop")
    for address in ("/customers/", f"/customers/{cast.acme.pk}/", "/help/", "/account/profile/"):
        page.goto(address)
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.mouse.wheel(0, 2000)
        expect(stop).to_be_in_viewport()
    page.goto(f"/sites/{cast.depot.pk}/edit/")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("nothing can be changed. Stop first")).to_be_visible()
    stop.click()
    expect(page.get_by_role("heading", name="Bob Baker", level=1)).to_be_visible()
    expect(stop).to_have_count(0)


def test_it_works_without_scripts(open_as):
    cast = make_cast()
    page = open_as(cast.alice, scripts=False)
    page.goto(f"/users/{cast.charlie.pk}/customers/")
    page.get_by_role("button", name="See as this user").click()
    expect(page.get_by_role("link", name="Acme Supermarkets")).to_be_visible()
    expect(page.get_by_role("link", name="Birch Housing")).to_have_count(0)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("You are yourself again")).to_be_visible()
