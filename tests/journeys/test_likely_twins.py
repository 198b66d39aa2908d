"""Somebody types a customer who is there already, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from sitebook.customers.models import Customer
from tests.cast import make_cast, see_all
from tests.journeys.conftest import violations


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_a_twin_is_shown_while_typing_and_nothing_moves(width, dark, open_as):
    cast = make_cast()
    page = open_as(cast.bob, width=width, dark=dark)
    page.goto("/customers/")
    page.get_by_role("link", name="New customer").first.click()
    dialog = page.get_by_role("dialog")
    kind, name = dialog.get_by_label("Kind"), dialog.get_by_label("Name")
    expect(name).to_be_focused()
    before = kind.bounding_box()
    page.keyboard.type("Amce Supermarkets Ltd")
    twin = dialog.get_by_role("link", name="Acme Supermarkets (opens in a new tab)")
    expect(twin).to_be_visible()
    expect(dialog.get_by_text("Similar name", exact=True)).to_be_visible()
    expect(name).to_be_focused()
    assert kind.bounding_box() == before
    assert violations(page) == []
    with page.context.expect_page() as opened:
        twin.click()
    expect(opened.value.get_by_role("heading", name="Acme Supermarkets", level=1)).to_be_visible()
    expect(name).to_have_value("Amce Supermarkets Ltd")


def test_who_is_quicker_than_the_panel_is_asked_once(open_as):
    cast = make_cast()
    with see_all():
        Customer.objects.filter(pk=cast.acme.pk).update(emails=[{"kind": "office", "address": "desk@acme.example"}])
    page = open_as(cast.bob)
    page.goto("/customers/")
    page.get_by_role("link", name="New customer").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Email").fill("desk@acme.example")
    dialog.get_by_label("Name").fill("Acme Supermarket")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This may be there already.")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Add it all the same").click()
    expect(page.get_by_role("link", name="Acme Supermarket", exact=True)).to_be_visible()


def test_without_scripts_it_asks_as_well(open_as):
    cast = make_cast()
    with see_all():
        Customer.objects.filter(pk=cast.acme.pk).update(head_postcode="LS1 4AB")
    page = open_as(cast.bob, scripts=False)
    page.goto("/customers/new/")
    page.get_by_label("Name").fill("ACME Supermarkets Limited")
    page.get_by_text("Address and first site").click()
    page.get_by_label("Postcode").fill("ls14ab")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("This may be there already.")).to_be_visible()
    expect(page.get_by_label("Postcode")).to_have_value("ls14ab")
    page.get_by_role("button", name="Add it all the same").click()
    expect(page.get_by_role("heading", name="ACME Supermarkets Limited", level=1)).to_be_visible()
