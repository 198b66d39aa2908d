"""No page has an accessibility error that a machine can find, light and dark, wide and narrow."""

from __future__ import annotations

import pytest

from sitebook.customers.models import Contact
from sitebook.files.tests import made
from tests.cast import make_cast, make_document, see_all
from tests.guards.crawl import routes
from tests.journeys.conftest import violations

# Addresses that only act, or that show nothing of their own.
NOT_PAGES = {"home", "firm:welcome", "customers:pick", "customers:site-pick", "account_logout"}


def pages(cast) -> list[str]:
    """Every address without parameters, and those of one customer, site and user."""
    from django.urls import NoReverseMatch, reverse

    found = []
    with see_all():
        contact = Contact.add(name="Carla", customer=cast.acme)
    make_document("customers_site", cast.depot.pk, "Drawing.pdf", made.pdf())
    photo = make_document("customers_site", cast.depot.pk, "Depot.jpg", made.picture())
    of_files = {"files:customer": cast.acme.pk, "files:site": cast.depot.pk, "files:contact": contact.pk}
    for route in routes():
        if route.name in NOT_PAGES:
            continue
        pk = cast.acme.pk
        if route.name.startswith("customers:site"):
            pk = cast.depot.pk
        elif route.name.startswith("files:"):
            pk = of_files.get(route.name, photo.pk)
        elif route.name.startswith(("users:", "access:user")):
            pk = cast.bob.pk
        known = {"pk": pk, "slug": "customers", "kind": "customers_customer", "user_id": cast.bob.pk}
        if set(route.parameters) <= set(known):
            try:
                found.append(reverse(route.name, kwargs={name: known[name] for name in route.parameters}))
            except NoReverseMatch:
                continue
    return sorted(set(found))


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_no_page_has_an_accessibility_error(width: int, dark: bool, open_as):
    cast = make_cast()
    page = open_as(cast.alice, width=width, dark=dark)
    found = {}
    visited = 0
    for address in pages(cast):
        asked = page.request.get(address)
        if asked.status != 200 or "text/html" not in asked.headers["content-type"]:
            assert asked.status in (200, 405), address  # 405: an address that only acts
            continue
        page.goto(address)
        visited += 1
        if faults := violations(page):
            found[address] = faults
    assert found == {}
    assert visited > 20


def test_pages_for_strangers_have_none_either(open_as):
    make_cast()
    page = open_as()
    for address in ("/account/login/", "/account/reset/", "/customers/1/", "/nothing-here/"):
        page.goto(address)
        assert violations(page) == [], address


def test_the_first_page_of_all_has_none(open_as):
    page = open_as(dark=True)
    page.goto("/welcome/")
    assert violations(page) == []
