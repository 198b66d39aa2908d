"""A day on lists and records without the mouse."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from sitebook.sites.models import Site
from tests.cast import make_cast, make_site, see_all


def focused(page: Page) -> str:
    """What has the focus, by its words; "" when it was lost to the page as a whole."""
    return page.evaluate("document.activeElement === document.body ? '' : document.activeElement.textContent.trim()")


def place(page: Page) -> str:
    return page.locator("record-steps span").inner_text()


def test_a_day_of_lists_goes_by_keys_alone(open_as):
    cast = make_cast()
    for number in range(60):
        make_site(cast.acme, f"Store {number:02}", town="Leeds" if number % 2 else "York")
    page = open_as(cast.bob)
    page.goto("/customers/")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name=re.compile("^Sites"), level=1)).to_be_visible()

    # Filter, and from the filter into the list.
    page.keyboard.press("f")
    page.keyboard.type("store")
    expect(page.locator("#list-count")).to_have_text("60")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Store 00"

    # Sort the other way: back to the heading, Enter.
    page.get_by_role("link", name="Site", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#list tbody th a").first).to_have_text("Store 59")
    assert "sort=-name" in page.url

    # Open the third row, go on and back, keep the tab.
    for _ in range(3):
        page.keyboard.press("j")
    assert focused(page) == "Store 57"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Store 57", level=1)).to_be_visible()
    expect(page.locator("record-steps")).to_be_visible()
    assert place(page) == "3 of 60"
    page.get_by_role("link", name="Documents").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/documents/$"))
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Store 56", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile("/documents/$"))
    assert place(page) == "4 of 60"
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Store 57", level=1)).to_be_visible()

    # Back in the list: on from that row, three rows, a tag, and the choice is cleared.
    page.goto("/sites/?q=store&sort=-name")
    page.keyboard.press("j")
    assert focused(page) == "Store 56"
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    assert focused(page) == "Store 54"
    page.keyboard.press("b")
    page.keyboard.type("keyed")
    page.keyboard.press("Tab")
    assert focused(page) == "Tag"
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 changed")).to_be_visible()
    with see_all():
        tagged = Site.objects.filter(tags__contains=["keyed"]).order_by("name").values_list("name", flat=True)
        assert list(tagged) == ["Store 54", "Store 55", "Store 56"]
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator("#bulk-tags option")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_text("1 selected")).to_be_hidden()
    page.keyboard.press("x")
    page.get_by_role("button", name="Clear selection").focus()
    page.keyboard.press("Enter")
    assert focused(page) != ""

    # A second sort with Shift; after the last row the next page.
    page.goto("/sites/?q=store")
    page.locator("#list thead a", has_text="Place").focus()
    page.keyboard.press("Shift+Enter")
    expect(page).to_have_url(re.compile(r"sort=name(,|%2C)"))
    page.goto("/sites/?q=store")
    page.keyboard.press("k")
    for _ in range(50):
        page.keyboard.press("j")
    assert focused(page) == "Next"
    page.keyboard.press("Enter")
    expect(page.locator("#list tbody th a").first).to_have_text("Store 50")


def test_the_next_record_goes_on_over_the_pages_of_the_list(open_as):
    cast = make_cast()
    for number in range(60):
        make_site(cast.acme, f"Store {number:02}")
    page = open_as(cast.bob)
    page.goto("/sites/?q=store")
    page.get_by_role("link", name="Store 49").click()
    expect(page.locator("record-steps")).to_be_visible()
    assert place(page) == "50 of 60"
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Store 50", level=1)).to_be_visible()
    expect(page.locator("record-steps")).to_be_visible()
    assert place(page) == "51 of 60"
    # And backwards over the beginning of a page that one began on.
    page.goto("/sites/?q=store")
    page.get_by_role("link", name="Next").click()
    page.get_by_role("link", name="Store 50").click()
    expect(page.locator("record-steps")).to_be_visible()
    page.get_by_role("link", name="Previous record").click()
    expect(page.get_by_role("heading", name="Store 49", level=1)).to_be_visible()
    expect(page.locator("record-steps")).to_be_visible()
    assert place(page) == "50 of 60"


def test_the_ends_of_the_list_lead_no_further(open_as):
    cast = make_cast()
    page = open_as(cast.alice)
    page.goto("/users/")
    page.get_by_role("link", name="Vera Vane").click()
    expect(page.locator("record-steps")).to_be_visible()
    assert place(page) == "4 of 4"
    expect(page.locator("record-steps [data-way=next]")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("link", name="History").click()
    expect(page.locator("record-steps")).to_be_visible()
    assert place(page) == "4 of 4"
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Charlie Cole", level=1)).to_be_visible()


def test_a_record_that_was_not_in_the_list_says_no_place(open_as):
    cast = make_cast()
    page = open_as(cast.alice)
    page.goto("/customers/?q=birch")
    page.locator("#list").get_by_role("link", name="Birch Housing").click()
    expect(page.locator("record-steps")).to_be_visible()
    page.goto(f"/customers/{cast.cedar.pk}/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("record-steps")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Cedar Hospital", level=1)).to_be_visible()
    # Nor does what one user went through show to the next one in the same tab.
    page.goto(f"/users/{cast.bob.pk}/customers/")
    page.get_by_role("button", name="See as this user").click()
    page.goto(f"/customers/{cast.birch.pk}/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("record-steps")).to_be_hidden()
    plain = open_as(cast.alice, scripts=False)
    plain.goto(f"/customers/{cast.birch.pk}/")
    expect(plain.locator("record-steps")).to_be_hidden()


def test_the_focus_comes_back_to_what_opened_a_dialog_or_a_menu(open_as):
    cast = make_cast()
    page = open_as(cast.bob)
    page.goto(f"/customers/{cast.acme.pk}/")
    more = page.get_by_role("button", name="More actions")
    more.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Archive").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    edit = page.get_by_role("link", name="Edit customer")
    edit.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(edit).to_be_focused()
    page.goto("/customers/")
    filters = page.get_by_role("button", name="Filter")
    filters.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#filters input").first).to_be_focused()
    page.get_by_role("checkbox", name="Company").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#filters")).to_be_hidden()
    expect(filters).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(filters).to_be_focused()


def test_escape_closes_the_list_of_a_picker_and_not_its_dialog(open_as):
    cast = make_cast()
    page = open_as(cast.bob)
    page.goto(f"/customers/{cast.acme.pk}/")
    page.keyboard.press("e")
    picker = page.locator("#dialog").get_by_role("combobox", name="Invoices go to")
    picker.focus()
    page.keyboard.type("bir")
    expect(page.get_by_role("option", name="Birch Housing")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option", name="Birch Housing")).to_be_hidden()
    expect(page.locator("#dialog")).to_be_visible()
    expect(picker).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Birch Housing")).to_be_visible()
    page.keyboard.press("Enter")
    expect(picker).to_have_value("Birch Housing")
    expect(page.locator("#dialog")).to_be_visible()


def test_what_was_done_is_undone_by_a_key(open_as):
    cast = make_cast()
    page = open_as(cast.bob)
    page.goto(f"/sites/{cast.mill.pk}/archive/")
    page.get_by_role("button", name="Archive").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("is back in the lists")).to_be_visible()
    with see_all():
        assert Site.objects.get(pk=cast.mill.pk).archived_at is None


def test_a_part_that_is_exchanged_leaves_the_focus_where_it_was(open_as):
    cast = make_cast()
    page = open_as(cast.bob)
    page.goto("/customers/")
    page.get_by_role("link", name="Birch Housing").focus()
    page.evaluate("htmx.ajax('GET', '/customers/', {target: '#list', swap: 'outerHTML', select: '#list'})")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("link", name="Birch Housing")).to_be_focused()
