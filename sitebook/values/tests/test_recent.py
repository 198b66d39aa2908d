"""What one worked with last is offered first, and remembering it writes nothing into the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast, make_customer
from tests.statements import statements


@pytest.fixture
def browser(cast: Cast, client_of: Any) -> Client:
    client: Client = client_of(cast.bob)
    client.get("/customers/")
    return client


def offered(client: Client) -> list[str]:
    """The customers a picker offers before anything is typed."""
    page = client.get("/customers/pick/").content.decode()
    names = ("Acme Supermarkets", "Birch Housing", "Cedar Hospital")
    return sorted((name for name in names if name in page), key=page.index)


def test_opening_pages_writes_nothing_and_the_last_is_offered_first(cast: Cast, browser: Client) -> None:
    assert offered(browser) == []
    with statements() as sent:
        for customer in (cast.acme, cast.birch):
            assert browser.get(f"/customers/{customer.pk}/").status_code == 200
    assert not [each for each in sent if each.lstrip().startswith(("UPDATE", "INSERT", "DELETE"))]
    assert offered(browser) == ["Birch Housing", "Acme Supermarkets"]
    browser.get(f"/customers/{cast.acme.pk}/")
    assert offered(browser) == ["Acme Supermarkets", "Birch Housing"]


def test_another_session_of_the_same_browser_does_not_know_it(cast: Cast, browser: Client) -> None:
    browser.get(f"/customers/{cast.acme.pk}/")
    kept = browser.cookies["recent"].value
    browser.force_login(cast.alice)
    browser.cookies["recent"] = kept
    assert offered(browser) == []


def test_what_a_browser_makes_up_shows_nothing_hidden_and_breaks_nothing(cast: Cast, browser: Client) -> None:
    browser.get(f"/customers/{cast.acme.pk}/")
    mark = browser.cookies["recent"].value.partition("~")[0]
    for made_up in (
        f"customer:{cast.cedar.pk}.{cast.acme.pk}",
        f"customer:{'9' * 30}",
        "customer:²",
        "customer:",
        "~~",
        "x",
    ):
        browser.cookies["recent"] = f"{mark}~{made_up}"
        assert "Cedar Hospital" not in offered(browser)


def test_it_keeps_six_of_a_kind(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.alice)
    made = [make_customer(f"Store {number}") for number in range(8)]
    for each in made:
        client.get(f"/customers/{each.pk}/")
    kept = client.cookies["recent"].value.partition("customer:")[2].split(".")
    assert kept == [str(each.pk) for each in reversed(made[2:])]
