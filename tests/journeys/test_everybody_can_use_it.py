"""No page has an accessibility error that a machine can find, light and dark, wide and narrow."""

from __future__ import annotations

from typing import Any

import pytest

from sitebook.access.identity import acting
from sitebook.files.tests import made
from sitebook.lists.models import SavedView
from tests.cast import make_cast, make_document
from tests.guards.crawl import records, routes
from tests.guards.planted import Planted, plant
from tests.journeys.conftest import violations

# Addresses that only act, or that show nothing of their own; or what is there only once a second factor is.
NOT_PAGES = {
    "home",
    "firm:welcome",
    "customers:distributors",
    "choices",
    "account_logout",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "users:sso",
    "users:sso-callback",
}


def pages(planted: Planted) -> list[str]:
    """Every address without parameters, and those of one record of each kind."""
    from django.urls import NoReverseMatch, reverse

    found = []
    make_document("sites_site", planted.cast.depot.pk, "Drawing.pdf", made.pdf())
    photo = make_document("sites_site", planted.cast.depot.pk, "Depot.jpg", made.picture())
    with acting(user=planted.cast.alice):
        view = SavedView.keep(
            list_key="sites", name="Mine", query="q=d", owner_id=planted.cast.alice.pk, shared=False, may_share=True
        )
    own = {"documents": photo.pk, "lists/views": view.pk, "changes": planted.hidden.pk}
    for route in routes():
        if route.name in NOT_PAGES or route.name.endswith((":pick", "-to-pick")):
            continue
        known: dict[str, Any] = {"slug": "customers", "kind": "customers_customer", "what": "area", "name": "Depot.jpg"}
        known |= {"user_id": planted.cast.bob.pk}
        if "pk" in route.parameters:
            known["pk"] = own.get(route.pattern.split("/<")[0], records(route)(planted)[1])
        if set(route.parameters) <= set(known):
            try:
                found.append(reverse(route.name, kwargs={name: known[name] for name in route.parameters}))
            except NoReverseMatch:
                continue
    return sorted(set(found))


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_no_page_has_an_accessibility_error(width: int, dark: bool, open_as):
    planted = plant()
    page = open_as(planted.cast.alice, width=width, dark=dark)
    found = {}
    visited = 0
    for address in pages(planted):
        asked = page.request.get(address)
        if asked.status != 200 or "text/html" not in asked.headers["content-type"]:
            # 405: an address that only acts; 409: what this record cannot have done to it.
            assert asked.status in (200, 405, 409), address
            continue
        page.goto(address)
        visited += 1
        assert " object (" not in page.inner_text("body"), address  # a record that nobody gave a name
        if faults := violations(page):
            found[address] = faults
    assert found == {}
    assert visited > 50


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
