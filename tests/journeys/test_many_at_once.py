"""One action on many records, in a browser."""

from __future__ import annotations

from typing import Any

from django.db import connection
from playwright.sync_api import Page, expect

from sitebook.access.identity import acting
from sitebook.customers.models import Customer
from sitebook.sites.models import Site
from sitebook.users.models import User
from tests.cast import make_cast, make_customer, make_site, see_all
from tests.journeys.conftest import violations


def press(page: Page, role: Any, name: str, key: str = "Enter") -> None:
    """By keyboard: the focus on it, then the key."""
    target = page.get_by_role(role, name=name, exact=True)
    target.focus()
    expect(target).to_be_focused()
    page.keyboard.press(key)


def seen_by(user: User) -> set[str]:
    with acting(user=user, via="screen"):
        return set(Customer.objects.values_list("name", flat=True))


def test_three_hundred_sites_are_granted_anew_and_undone(open_as):
    cast = make_cast()
    for number in range(300):
        make_site(make_customer(f"Keeper {number}"), f"Store {number}")
    page = open_as(cast.alice)
    page.goto("/sites/")
    page.keyboard.press("f")
    page.keyboard.type("store")
    expect(page.locator("#list-count")).to_have_text("300")
    press(page, "checkbox", "Select all on this page", "Space")
    press(page, "checkbox", "All 300 that match", "Space")
    expect(page.get_by_text("All 300 selected")).to_be_visible()
    assert violations(page) == []
    press(page, "button", "More")
    expect(page.get_by_role("heading", name="What shall be done to 300 sites?")).to_be_visible()
    assert violations(page) == []
    press(page, "button", "Give access")
    expect(page.get_by_text("300 customers have them")).to_be_visible()
    expect(page.get_by_text("300 sites: all that match “store”")).to_be_visible()
    page.get_by_label("User required").focus()
    page.keyboard.type("Vera")
    assert violations(page) == []
    press(page, "button", "Give access")
    expect(page.get_by_text("Give Vera Vane access to the customers of 300 sites: 300 changed.")).to_be_visible()
    assert len(seen_by(cast.vera)) == 301
    press(page, "button", "Undo")
    expect(page.get_by_text("300 changed.")).to_be_visible()
    assert seen_by(cast.vera) == {"Birch Housing"}
    expect(page.get_by_role("heading", name="Give Vera Vane access to the customers of 300 sites")).to_be_visible()
    assert violations(page) == []


def test_all_that_match_follows_the_filter_while_it_is_typed(open_as):
    cast = make_cast()
    for number in range(110):
        make_site(cast.acme, f"{'Shop' if number < 60 else 'Store'} {number}")
    page = open_as(cast.bob)
    page.goto("/sites/")
    page.get_by_role("checkbox", name="Select all on this page").check()
    page.get_by_role("checkbox", name="All 112 that match").check()
    page.keyboard.press("f")
    page.keyboard.type("shop")
    expect(page.locator("#list-count")).to_have_text("60")
    expect(page.get_by_role("checkbox", name="that match")).to_be_hidden()
    page.get_by_role("checkbox", name="Select all on this page").check()
    page.get_by_role("checkbox", name="All 60 that match").check()
    page.get_by_role("textbox", name="Tag").fill("shop")
    page.get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_text("60 sites: all that match “shop”")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_text("Tag “shop” on 60 sites: 60 changed.")).to_be_visible()
    with see_all():
        assert set(Site.objects.filter(tags=["shop"]).values_list("name", flat=True)) == {
            f"Shop {number}" for number in range(60)
        }


def test_without_scripts_a_long_one_shows_its_progress_and_can_be_stopped(open_as):
    cast = make_cast()
    with see_all(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_contact (name, phones, emails, tags, notes, position, language, consent,"
            " archive_reason, version, is_customer) SELECT 'Person ' || n, '[]', '[]', '{}', '', '', '', 'unknown',"
            " '', 1, false FROM generate_series(1, 600) n"
        )
    page = open_as(cast.bob, scripts=False, width=1024)
    page.goto("/contacts/")
    page.get_by_role("checkbox", name="All 600 that match").check()
    page.get_by_role("textbox", name="Tag").fill("card")
    page.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_role("main").get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_role("heading", name="Tag “card” on 600 contacts")).to_be_visible()
    expect(page.get_by_text("0 of 600")).to_be_visible()
    page.get_by_role("link", name="Reload").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped by Bob Baker.")).to_be_visible()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()


def test_rows_are_ticked_on_a_phone_once_one_asks_to(open_as):
    cast = make_cast()
    make_site(cast.acme, "Annexe")
    page = open_as(cast.bob, width=390, dark=True)
    page.goto("/sites/")
    box = page.get_by_role("checkbox", name="Select Annexe")
    expect(box).to_be_hidden()
    page.get_by_role("checkbox", name="Select", exact=True).check()
    box.check()
    page.get_by_role("checkbox", name="Select Depot").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Tag", exact=True).fill("spring")
    page.get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_text("Tag “spring” on 2 sites: 2 changed.")).to_be_visible()
    with see_all():
        assert set(Site.objects.filter(tags=["spring"]).values_list("name", flat=True)) == {"Annexe", "Depot"}
