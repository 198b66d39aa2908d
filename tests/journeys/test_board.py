"""Cards on the board of assets: dragged with the mouse, moved by keys, refused and put back, and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from sitebook.assets.models import Asset
from sitebook.assets.periods import AssetAct
from tests.cast import make_cast, see_all
from tests.journeys.conftest import violations


@pytest.fixture
def cast():
    made = make_cast()
    with see_all():
        for number in range(3):
            Asset.add(owner=made.acme, site=made.depot, serial=f"LIFT-{number}", description="Lift")
        Asset.add(owner=made.acme, serial="OLD", lifecycle="scrapped")
        Asset.add(owner=made.birch, serial="BIRCH")
    return made


def lane(page: Page, name: str):
    return page.get_by_role("region", name=name, exact=True)


def drag(page: Page, card, to) -> None:
    card.scroll_into_view_if_needed()
    start = card.bounding_box()
    page.mouse.move(start["x"] + 20, start["y"] + 30)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + 40, steps=4)
    end = to.bounding_box()
    page.mouse.move(end["x"] + 60, end["y"] + 120, steps=8)
    page.mouse.up()


def state_of(serial: str) -> str:
    with see_all():
        return Asset.objects.get(serial=serial).lifecycle


def test_a_card_is_dragged_to_another_status_and_taken_back(open_as, cast):
    page = open_as(cast.bob)
    page.goto("/assets/")
    page.get_by_role("link", name="Board").click()
    service, workshop = lane(page, "In service"), lane(page, "In workshop")
    expect(service.get_by_role("link", name="LIFT-1", exact=True)).to_be_visible()
    expect(service.locator(".count")).to_have_text("4")
    assert violations(page) == []

    drag(page, service.locator(".card", has_text="LIFT-1"), workshop)
    expect(workshop.get_by_role("link", name="LIFT-1", exact=True)).to_be_visible()
    expect(page.get_by_text("Lift is “In workshop” now.")).to_be_visible()
    expect(service.locator(".count")).to_have_text("3")
    expect(workshop.locator(".count")).to_have_text("1")
    assert state_of("LIFT-1") == "in workshop"
    with see_all():
        assert AssetAct.objects.get().made_by_id == cast.bob.pk

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It is taken back.")).to_be_visible()
    expect(page).to_have_url(re.compile("/assets/board/"))
    assert state_of("LIFT-1") == "in service"


def test_a_refused_move_says_why_and_puts_the_card_back(open_as, cast):
    page = open_as(cast.bob)
    page.goto("/assets/board/?q=old")
    scrapped = lane(page, "Scrapped")
    scrapped.scroll_into_view_if_needed()
    expect(scrapped.locator(".card")).to_have_count(1)
    drag(page, scrapped.locator(".card"), lane(page, "Retired"))
    expect(page.get_by_text("is “Scrapped” and cannot become “Retired” from there")).to_be_visible()
    expect(scrapped.locator(".card")).to_have_count(1)
    assert state_of("OLD") == "scrapped"


def test_a_card_is_moved_by_keys_alone(open_as, cast):
    page = open_as(cast.bob)
    page.goto("/assets/board/?q=lift")
    card = lane(page, "In service").get_by_role("link", name="LIFT-2", exact=True)
    card.focus()
    page.keyboard.press("ArrowDown")
    expect(lane(page, "In service").get_by_role("link", name="LIFT-1", exact=True)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    expect(page.locator("card-board [role=status]")).to_contain_text("Lifted: LIFT-2")
    page.keyboard.press("ArrowRight")
    expect(page.locator("card-board [role=status]")).to_have_text("In workshop, 5 of 10")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(lane(page, "On loan").get_by_role("link", name="LIFT-2", exact=True)).to_be_focused()
    expect(lane(page, "On loan").locator(".count")).to_have_text("1")
    assert state_of("LIFT-2") == "on loan"

    # S asks where to, in a dialog.
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Move to")).to_be_focused()
    assert violations(page) == []
    dialog.get_by_label("Move to").select_option("In stock")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Lift is “In stock” now.")).to_be_visible()
    expect(lane(page, "In stock").get_by_role("link", name="LIFT-2", exact=True)).to_be_visible()
    # Lifted and left alone, it stays.
    lane(page, "In stock").get_by_role("link", name="LIFT-2", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(page.locator("card-board [role=status]")).to_have_text("LIFT-2 stays where it was.")
    assert state_of("LIFT-2") == "in stock"


def test_a_card_dragged_to_another_customer_shows_first_what_it_touches(open_as, cast):
    page = open_as(cast.bob)
    page.goto("/assets/board/?by=customer")
    acme, birch = lane(page, "Acme Supermarkets"), lane(page, "Birch Housing")
    drag(page, acme.locator(".card", has_text="LIFT-0"), birch)
    expect(page.get_by_text("Owner: Acme Supermarkets → Birch Housing")).to_be_visible()
    page.get_by_role("button", name="Change the owner").click()
    expect(page.get_by_text("It is done")).to_be_visible()
    with see_all():
        assert Asset.objects.get(serial="LIFT-0").owner_id == cast.birch.pk


def test_it_works_without_scripts(open_as, cast):
    page = open_as(cast.bob, scripts=False)
    page.goto("/assets/board/")
    page.get_by_role("link", name="Show In service").click()
    page.get_by_role("link", name="Move LIFT-0").click()
    page.get_by_label("Move to").select_option("Lost")
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_text("Lift is “Lost” now.")).to_be_visible()
    assert state_of("LIFT-0") == "lost"


@pytest.mark.parametrize(("width", "dark"), [(1440, True), (390, False)])
def test_the_board_is_for_everybody(open_as, cast, width, dark):
    page = open_as(cast.bob, width=width, dark=dark)
    page.goto("/assets/board/?by=customer")
    expect(page.locator(".card").first).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
