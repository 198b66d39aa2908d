"""Who is who, and what happens when a place changes hands, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.sites.models import Site
from tests.cast import make_cast, make_site, see_all
from tests.journeys.conftest import violations


@pytest.mark.parametrize("width", [1440, 390])
def test_a_site_is_handed_over_and_the_former_customer_still_reads_its_time(
    width: int, open_as: Callable[..., Page]
) -> None:
    cast = make_cast()
    with see_all():
        Contact.add(name="Jane Doe", customer=cast.acme)
    page = open_as(cast.bob, width=width)
    page.goto(f"/sites/{cast.depot.pk}/")
    page.get_by_role("link", name="Hand over").first.click()
    page.get_by_role("combobox", name=re.compile("Next customer|To|Customer")).first.fill("birch")
    page.get_by_role("option", name=re.compile("Birch Housing")).click()
    page.get_by_label(re.compile("^From")).fill("2026-03-01")
    page.keyboard.press("Tab")
    expect(page.locator("#touches")).to_contain_text("Acme Supermarkets")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_role("heading", name="Depot", level=1)).to_be_visible()
    expect(page.locator(".facts")).to_contain_text("Birch Housing")
    page.goto(f"/sites/{cast.depot.pk}/?on=2026-02-01")
    expect(page.locator("main")).to_contain_text("Acme Supermarkets")

    former = open_as(cast.charlie, width=width)
    former.goto(f"/sites/{cast.depot.pk}/")
    expect(former.get_by_text(re.compile("had this site until"))).to_be_visible()
    expect(former.locator("main")).not_to_contain_text("Birch")
    assert violations(former) == []


def test_a_hand_over_is_taken_back_from_its_message(open_as: Callable[..., Page]) -> None:
    cast = make_cast()
    page = open_as(cast.bob)
    page.goto(f"/sites/{cast.depot.pk}/hand-over/")
    page.get_by_label(re.compile("vacant", re.IGNORECASE)).check()
    expect(page.locator("#touches")).to_contain_text("Acme Supermarkets")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text(re.compile("had this site until"))).to_be_visible()
    with see_all():
        assert Site.objects.get(pk=cast.depot.pk).customer_id is None
    page = open_as(cast.alice)
    page.goto(f"/sites/{cast.depot.pk}/")
    page.get_by_role("link", name=re.compile("^Take back")).first.click()
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".facts")).to_contain_text("Acme Supermarkets")


def test_a_contact_gets_two_roles_and_both_show_at_the_site(open_as: Callable[..., Page]) -> None:
    cast = make_cast()
    page = open_as(cast.bob)
    page.goto(f"/sites/{cast.depot.pk}/contacts/")
    page.get_by_role("link", name=re.compile("New contact")).first.click()
    page.get_by_label(re.compile("^Name")).fill("Jane Doe")
    page.get_by_label(re.compile("^Role")).fill("Site manager")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/sites/{cast.depot.pk}/contacts/"))
    page.get_by_role("link", name=re.compile("Give a role|Add a contact|Existing contact")).first.click()
    page.get_by_role("combobox", name=re.compile("^Contact")).fill("jane")
    page.get_by_role("option", name=re.compile("Jane Doe")).click()
    page.get_by_label(re.compile("^Role")).fill("Key holder")
    page.get_by_role("button", name="Give the role").click()
    main = page.locator("main")
    expect(main).to_contain_text(re.compile("Site manager", re.IGNORECASE))
    expect(main).to_contain_text(re.compile("Key holder", re.IGNORECASE))
    assert violations(page) == []


def test_a_customer_with_forty_sites_is_archived_and_taken_back(open_as: Callable[..., Page]) -> None:
    cast = make_cast()
    for number in range(39):
        make_site(cast.acme, f"Store {number}")
    page = open_as(cast.bob)
    page.goto(f"/customers/{cast.acme.pk}/archive/")
    expect(page.get_by_role("checkbox", name=re.compile("40 sites"))).to_be_checked()
    assert violations(page) == []
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    with see_all():
        assert Site.objects.archived().filter(customer=cast.acme).count() == 40
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It shows in lists and pickers only when asked for.")).to_have_count(0)
    with see_all():
        assert Site.objects.current().filter(customer=cast.acme).count() == 40
        assert not Customer.objects.get(pk=cast.acme.pk).is_archived
