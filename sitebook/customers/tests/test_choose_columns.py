"""Choose the columns of a list: which, and in what order, stands in the address."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sitebook.contacts.models import Contact, ContactRole
from sitebook.customers.models import Customer
from sitebook.customers.pages.lists import CUSTOMERS
from sitebook.sites.pages.lists import SITES
from tests.cast import Cast, make_site, see_all


class Heads(HTMLParser):
    """The headings of the list's table, the cells of its first row, and what the chooser says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.heads: list[str] = []
        self.cells: list[str] = []
        self.chosen: list[str] = []
        self.at = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("name") == "columns" and "checked" in found:
            self.chosen.append(found["value"])
        if tag == "th" and found.get("scope") == "col":
            self.heads.append("")
            self.at = "heads"
        elif tag == "td" or (tag == "th" and found.get("scope") == "row"):
            self.cells.append("")
            self.at = "cells"

    def handle_data(self, data: str) -> None:
        if self.at:
            getattr(self, self.at)[-1] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td", "tr"):
            self.at = ""


def shown(client: Client, address: str) -> Heads:
    response = client.get(address)
    assert response.status_code == 200, address
    return Heads(response.content.decode())


@pytest.mark.django_db
def test_it_shows_the_columns_asked_for_in_their_order_with_their_cells(cast: Cast, client_of: Any) -> None:
    with see_all():
        Customer.objects.filter(pk=cast.acme.pk).update(vat_number="GB1", tags=["key", "north"])
    found = shown(client_of(cast.charlie), "/customers/?columns=tags,vat_number,place&choices=all")
    assert found.heads == ["Customer", "Tags", "VAT number", "Place"]
    assert found.cells == ["Acme Supermarkets", "key, north", "GB1", "Leeds"]
    assert found.chosen == ["tags", "vat_number", "place"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/customers/", "/sites/", "/contacts/", "/customers/?on=2019-01-01", "/sites/?on=2030-01-01"]
)
def test_every_column_can_be_shown(address: str, cast: Cast, client_of: Any) -> None:
    with see_all():
        Contact.add(name="Ann", customer=cast.acme)
    client, mark = client_of(cast.charlie), "&" if "?" in address else "?"
    html = client.get(f"{address}{mark}choices=all").content.decode()
    keys = [part.split('"')[0] for part in html.split('id="column-')[1:]]
    assert len(keys) >= 10
    found = shown(client, f"{address}{mark}columns={','.join(keys)}&choices=all")
    assert len(found.heads) == len(keys) + 1
    assert len(found.cells) == len(found.heads)
    assert found.chosen == keys
    assert "This list has no column" not in client.get(f"{address}{mark}columns={','.join(keys)}").content.decode()


@pytest.mark.django_db
def test_the_first_column_always_stays(cast: Cast, client_of: Any) -> None:
    assert shown(client_of(cast.charlie), "/sites/?columns=code,name").heads == ["Site", "Code"]
    assert shown(client_of(cast.charlie), "/sites/?columns=name").heads == ["Site"]


@pytest.mark.django_db
def test_an_unknown_column_is_said_and_left_out(cast: Cast, client_of: Any) -> None:
    response = client_of(cast.charlie).get("/sites/?columns=code,<b>,nonsense")
    html = response.content.decode()
    assert Heads(html).heads == ["Site", "Code"]
    assert "This list has no column “&lt;b&gt;”." in html
    assert "This list has no column “nonsense”." in html
    assert shown(client_of(cast.charlie), "/sites/?columns=" + "x," * 5000).heads == ["Site"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "tidy"),
    [
        ("columns=name&columns=code&columns=status", "columns=name,code,status"),
        ("columns=name,code,status&up=status", "columns=name,status,code"),
        ("columns=name&columns=code&columns=status&down=code&q=a%20b", "columns=name,status,code"),
        ("columns=name,code&up=nonsense", "columns=name,code"),
    ],
)
def test_what_the_form_sends_becomes_one_parameter(sent: str, tidy: str, cast: Cast, client_of: Any) -> None:
    response = client_of(cast.charlie).get(f"/sites/?{sent}")
    assert response.status_code == 302
    path, query = response["Location"].split("?")
    assert path == "/sites/"
    assert tidy in query
    assert ("q=a%20b" in query) == ("q=a%20b" in sent)


@pytest.mark.django_db
def test_a_chosen_column_stays_when_the_page_is_narrow(cast: Cast, client_of: Any) -> None:
    html = client_of(cast.charlie).get("/sites/?columns=code,type").content.decode()
    assert '<th scope="col" class="p3' not in html
    assert '<td class="p3' not in html


@pytest.mark.django_db
def test_a_column_of_the_day_tells_of_that_day(cast: Cast, client_of: Any) -> None:
    with see_all():
        ann = Contact.add(name="Ann", customer=cast.acme)
        during = DateRange(None, None)
        ContactRole.objects.create(contact=ann, customer=cast.acme, role="main", during=during)
        ContactRole.objects.create(contact=ann, customer=cast.acme, site=cast.depot, role="main", during=during)
    client = client_of(cast.charlie)
    assert shown(client, "/customers/?columns=contact").cells[1] == "Ann"
    assert shown(client, "/sites/?columns=contact").cells[1] == "Ann"
    assert shown(client, "/sites/?columns=contact&on=2030-01-01").cells[1] == "Ann"


@pytest.mark.django_db
def test_more_rows_cost_no_more_queries_whatever_is_shown(cast: Cast, client_of: Any) -> None:
    client, address = client_of(cast.charlie), "/sites/?columns=contact,customer,customer_reference,tags"
    counts = []
    for _round in range(2):
        for number in range(10):
            make_site(cast.acme, f"Shop {_round} {number}")
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_keys_are_given_once() -> None:
    for table in (CUSTOMERS, SITES):
        keys = [column.key for column in table.columns]
        assert len(keys) == len(set(keys))


@pytest.mark.django_db
def test_a_thousand_unknown_columns_are_not_a_thousand_sentences(cast: Cast, client_of: Any) -> None:
    html = client_of(cast.charlie).get("/sites/?columns=" + ",".join(f"x{n}" for n in range(1000))).content.decode()
    assert html.count("This list has no column") == 5
