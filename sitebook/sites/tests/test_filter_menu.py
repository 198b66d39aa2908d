"""Choices that records hold are read when the filter menu is opened, and what is chosen counts meanwhile."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, make_site


def menu(html: str) -> str:
    start = html.index('id="filters"')
    return html[start : html.index("</form>", start)]


@pytest.fixture
def shops(cast: Cast) -> None:
    make_site(cast.acme, "Corner", type="Shop", tags=["vip"])


def test_a_list_reads_no_choices_and_its_menu_leads_to_them(shops: None, cast: Cast, client_of):
    client = client_of(cast.alice)
    with CaptureQueriesContext(connection) as queries:
        closed = client.get("/sites/?q=corner").content.decode()
    assert not [each["sql"] for each in queries.captured_queries if "5000" in each["sql"]]
    assert 'value="vip"' not in menu(closed)
    address = re.search(r'id="filters" popover data-late>.*?<a href="([^"]*)"', closed, re.S)[1].replace("&amp;", "&")
    assert address == "/sites/?q=corner&choices=all"
    opened = client.get(address).content.decode()
    assert '<input type="checkbox" name="tag" value="vip">' in menu(opened)
    assert '<input type="checkbox" name="type" value="Shop">' in menu(opened)
    assert "data-late" not in opened
    assert "choices=all" not in opened


def test_what_is_chosen_stays_in_the_form_and_is_said(shops: None, cast: Cast, client_of):
    client = client_of(cast.alice)
    closed = client.get("/sites/?tag=vip&type=-").content.decode()
    assert '<input type="hidden" name="tag" value="vip">' in menu(closed)
    assert "No type" in closed
    opened = client.get("/sites/?tag=vip&type=-&choices=all").content.decode()
    assert '<input type="checkbox" name="tag" value="vip" checked>' in menu(opened)
    assert '<input type="checkbox" name="type" value="-" checked>' in menu(opened)


def test_nobody_is_offered_what_stands_on_records_they_do_not_see(shops: None, cast: Cast, client_of):
    make_site(cast.cedar, "Ward", type="Clinic", tags=["secret"])
    opened = client_of(cast.charlie).get("/sites/?choices=all").content.decode()
    assert "vip" in menu(opened)
    assert "secret" not in opened
    assert "Clinic" not in opened
