"""A list as one needs it, kept under a name and handed to a colleague, by keyboard alone."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.cast import make_cast, make_customer
from tests.journeys.conftest import violations


def to(page: Page, name: str, role: Any = "link") -> None:
    """Press Tab until it has the focus, then Enter."""
    wanted = page.get_by_role(role, name=name, exact=True)
    expect(wanted).to_be_visible()
    for _ in range(80):
        if wanted.evaluate("each => each === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


def test_a_view_is_saved_shared_opened_by_a_colleague_and_opens_first(open_as):
    cast = make_cast()
    make_customer("Zebra Crossings", head_town="Leeds", kind="individual")
    page = open_as(cast.bob)
    page.goto("/customers/?q=acme&columns=reference,place")
    to(page, "Save view")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.type("Around Leeds")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The view “Around Leeds” is saved.")).to_be_visible()
    expect(page.get_by_role("link", name="Around Leeds")).to_have_attribute("aria-current", "page")
    assert violations(page) == []

    other = open_as(cast.charlie)
    other.goto("/customers/")
    to(other, "Around Leeds shared")
    expect(other.get_by_role("columnheader")).to_have_text(["Customer", "Reference", "Place"])
    to(other, "View Around Leeds", "button")
    to(other, "Open the list with this view", "button")
    expect(other.get_by_text("The list opens with “Around Leeds” from now on.")).to_be_visible()
    other.goto("/sites/")
    to(other, "Customers")
    expect(other.get_by_role("link", name="Around Leeds shared")).to_have_attribute("aria-current", "page")
    to(other, "All")
    expect(other.get_by_role("columnheader", name="Kind")).to_be_visible()

    page.keyboard.press("f")
    page.keyboard.press("Control+a")
    page.keyboard.type("birch")
    expect(page.get_by_text("Changed", exact=True).first).to_be_visible()
    expect(page.get_by_role("link", name="Birch Housing")).to_be_visible()


def test_columns_are_chosen_and_moved_by_keyboard_and_without_scripts(open_as):
    cast = make_cast()
    page = open_as(cast.alice)
    page.goto("/sites/")
    to(page, "Columns", "button")
    page.get_by_role("checkbox", name="Tags").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Move Code up").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move Code up")).to_be_focused()
    assert violations(page) == []
    page.locator("#columns").get_by_role("button", name="Show").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sites/?columns=name,code,customer,place,postcode,type,status,changed,tags")
    expect(page.get_by_role("columnheader", name="Tags")).to_be_visible()

    plain = open_as(cast.alice, scripts=False)
    plain.goto("/sites/?columns=code,status")
    plain.get_by_role("button", name="Columns").click()
    plain.get_by_role("link", name="Show the columns").click()
    plain.get_by_role("button", name="Columns").click()
    plain.get_by_role("button", name="Move Status up").click()
    plain.wait_for_url("**/sites/?columns=name,status,code")
    plain.get_by_role("button", name="Export").click()
    with plain.expect_download() as download:
        plain.get_by_role("button", name="CSV", exact=True).click()
    assert download.value.suggested_filename.startswith("sitebook-sites-")
    assert download.value.path().read_text("utf-8-sig").splitlines()[0] == "Site,Status,Code"


def test_columns_one_asks_for_stand_on_a_phone_below_the_name(open_as):
    cast = make_cast()
    page = open_as(cast.bob, width=390)
    page.goto("/sites/?columns=code,status,phone")
    row = page.locator("#list tbody tr", has_text="Depot")
    code, phone = row.locator("[data-label=Code]"), row.locator("[data-label=Phone]")
    expect(code).to_be_visible()
    expect(code).to_have_text("D-1")
    expect(phone).to_be_hidden()
    assert "Code" in code.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert violations(page) == []
