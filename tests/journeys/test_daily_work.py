"""What the office does all day, in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.cast import make_cast, make_customer, make_site
from tests.journeys.conftest import violations


def test_half_a_name_narrows_the_list(open_as):
    cast = make_cast()
    page = open_as(cast.alice)
    page.goto("/customers/")
    page.keyboard.press("f")
    page.keyboard.type("irch")
    expect(page.get_by_role("link", name="Acme Supermarkets")).to_have_count(0)
    page.get_by_role("link", name="Birch Housing").click()
    expect(page.get_by_role("heading", name="Birch Housing", level=1)).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_callers_half_number_leads_to_the_customer_in_ten_keys(width, open_as):
    """The letters come one by one, and yet the server is asked a few times only."""
    cast = make_cast()
    number = [{"kind": "office", "number": "+441132345678", "odd": False}]
    make_customer("Northern Lifts", phones=number)
    page = open_as(cast.alice, width=width)
    page.goto(f"/sites/{cast.depot.pk}/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_focused()
    page.keyboard.type("0113 234")
    expect(page.get_by_role("link", name="Northern Lifts")).to_be_visible()
    assert violations(page) == []
    assert len(asked) < len("0113 234"), asked
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Northern Lifts", level=1)).to_be_visible()


def test_the_search_goes_by_arrows_and_without_scripts(open_as):
    cast = make_cast()
    page = open_as(cast.bob)
    page.goto("/customers/")
    page.keyboard.press("/")
    page.keyboard.type("acme")
    expect(page.locator("dialog .found").get_by_role("link", name="Acme Supermarkets")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Acme Supermarkets", level=1)).to_be_visible()
    plain = open_as(cast.bob, scripts=False)
    plain.goto("/customers/")
    plain.get_by_role("link", name="Search everything").click()
    plain.get_by_role("searchbox").fill("brich")
    plain.get_by_role("searchbox").press("Enter")
    expect(plain.get_by_role("link", name="Birch Housing")).to_be_visible()
    expect(plain.get_by_text("spelt like it")).to_be_visible()


def test_archive_and_restore(open_as):
    cast = make_cast()
    page = open_as(cast.bob)
    page.goto(f"/customers/{cast.acme.pk}/")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("link", name="Archive").click()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("It shows in lists and pickers only when asked for.")).to_be_visible()
    page.goto("/customers/")
    expect(page.get_by_role("link", name="Acme Supermarkets")).to_have_count(0)
    page.goto(f"/customers/{cast.acme.pk}/")
    page.get_by_role("link", name="Restore").first.click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("It shows in lists and pickers only when asked for.")).to_have_count(0)
    page.goto("/customers/")
    expect(page.get_by_role("link", name="Acme Supermarkets")).to_be_visible()


def test_a_customer_is_added_on_a_phone(open_as):
    cast = make_cast()
    page = open_as(cast.bob, width=390)
    page.goto("/customers/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="New customer").click()
    page.get_by_label("Name required").fill("Corner Shop")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name="Corner Shop").click()
    expect(page.get_by_role("heading", name="Corner Shop", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_pages_work_with_scripts_off(open_as):
    cast = make_cast()
    page = open_as(cast.bob, scripts=False)
    page.goto("/customers/")
    page.get_by_role("searchbox").fill("acme")
    page.get_by_role("searchbox").press("Enter")
    expect(page).to_have_url(re.compile(r"q=acme"))
    page.get_by_role("link", name="Acme Supermarkets").click()
    page.get_by_role("link", name="New site").first.click()
    page.get_by_label(re.compile("^Name")).fill("Kiosk")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Kiosk", level=1)).to_be_visible()


def test_a_long_list_pages_and_selects_by_keyboard(open_as):
    cast = make_cast()
    for number in range(70):
        make_site(cast.acme, f"Store {number}")
    page = open_as(cast.bob)
    page.goto(f"/customers/{cast.acme.pk}/sites/")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text(re.compile(r"51.{1,3}71"))).to_be_visible()


def test_a_ninety_character_name_fits(open_as):
    cast = make_cast()
    long = make_customer("The Very Honourable Company of Boiler Makers and Lift Keepers of Upper Wharfedale " * 2)
    for width in (390, 1024, 1440):
        page = open_as(cast.alice, width=width)
        for path in ("/customers/", f"/customers/{long.pk}/"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
