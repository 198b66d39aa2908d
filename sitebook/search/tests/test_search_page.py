"""The search's page: groups, the best first; recent records before anything is typed; only what one may see."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from tests.cast import Cast, make_site, see_all

Clients = Callable[[Any], Client]


def found(client: Client, query: str, part: bool = True) -> list[str]:
    text = client.get(
        "/search/", {"q": query} | ({"part": "found"} if part else {}), headers={"HX-Request": "true"} if part else {}
    )
    assert text.status_code == 200
    plain = re.sub(r"</?mark>", "", text.content.decode())
    return re.findall(r'<li><a href="[^"]+">.*?<span>(.*?)</span>', plain, re.DOTALL)


@pytest.mark.django_db
def test_groups_stand_in_the_order_of_their_best_hit(cast: Cast, client_of: Clients) -> None:
    make_site(cast.birch, "Jane")
    with see_all():
        Contact.add(name="Jane Doe", customer=cast.birch)
    assert found(client_of(cast.bob), "jane") == ["Jane", "Jane Doe"]
    assert found(client_of(cast.bob), "jane d") == ["Jane Doe"]


@pytest.mark.django_db
def test_an_archived_record_says_so(cast: Cast, client_of: Clients) -> None:
    with see_all():
        Customer.objects.filter(pk=cast.birch.pk).update(archived_at="2026-01-01T00:00Z")
    page = client_of(cast.bob).get("/search/?q=birch").content.decode()
    assert "Archived" in page
    assert "Birch" in page


@pytest.mark.django_db
def test_before_typing_stands_what_one_used_last(cast: Cast, client_of: Clients) -> None:
    client = client_of(cast.bob)
    assert found(client, "") == []
    client.get(f"/customers/{cast.birch.pk}/")
    client.get(f"/sites/{cast.depot.pk}/")
    assert found(client, "") == ["Birch Housing", "Depot"]


@pytest.mark.django_db
def test_another_customers_records_are_not_there(cast: Cast, client_of: Clients) -> None:
    assert found(client_of(cast.bob), "cedar") == found(client_of(cast.bob), "ceder") == []
    page = client_of(cast.bob).get("/search/?q=cedar hospital").content.decode()
    assert "Nothing is found for “cedar hospital”" in page
    assert found(client_of(cast.alice), "ceder") == ["Cedar Hospital"]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["\0", "%", "a" * 5000, "' OR 1=1 --", "\\", "<script>", "((((", "+++++", "٣٤٥٦"])
def test_strange_words_do_no_harm(cast: Cast, client_of: Clients, query: str) -> None:
    answer = client_of(cast.bob).get("/search/", {"q": query})
    assert answer.status_code == 200
    assert b"<script>" not in answer.content


def test_a_stranger_is_sent_to_sign_in(cast: Cast) -> None:
    assert Client().get("/search/?q=acme").status_code == 302
