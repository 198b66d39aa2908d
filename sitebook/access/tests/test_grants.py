"""Granting and taking back, on both pages and in bulk: effective with the very next request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import ProgrammingError
from django.test import Client

from sitebook.access.identity import acting
from sitebook.access.models import Grant, give, take
from sitebook.customers.models import Customer
from sitebook.history.models import Change
from sitebook.users.models import User
from tests.cast import Cast, make_customer, see_all

ClientOf = Callable[[Any], Client]


def seen_by(user: User) -> set[str]:
    with acting(user=user, via="screen"):
        return set(Customer.objects.values_list("name", flat=True))


def test_it_shows_a_user_what_was_granted_and_no_more(cast: Cast) -> None:
    assert seen_by(cast.bob) == {"Acme Supermarkets", "Birch Housing"}
    assert seen_by(cast.charlie) == {"Acme Supermarkets"}
    assert seen_by(cast.alice) >= {"Cedar Hospital"}


def test_it_grants_several_from_the_users_page_at_once(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    picked = {"pick": [cast.birch.pk, cast.cedar.pk], "of": cast.charlie.pk, "user": cast.charlie.pk}
    assert alice.post("/bulk/to-grant/", picked | {"act": "give"}).status_code == 303
    assert seen_by(cast.charlie) == {"Acme Supermarkets", "Birch Housing", "Cedar Hospital"}
    assert alice.post("/bulk/granted/", picked | {"act": "take"}).status_code == 303
    assert seen_by(cast.charlie) == {"Acme Supermarkets"}


def test_it_grants_one_by_the_picker(cast: Cast, client_of: ClientOf) -> None:
    alice, address = client_of(cast.alice), f"/users/{cast.charlie.pk}/customers/"
    assert alice.post(address, {"customer": "", "customer_text": "cedar"}).status_code == 303
    assert "Cedar Hospital" in seen_by(cast.charlie)
    assert alice.post(address, {"customer": "", "customer_text": "nobody"}).status_code == 422


def test_it_grants_by_pasted_references_and_names_the_unknown(cast: Cast, client_of: ClientOf) -> None:
    text = f"{cast.birch.reference.lower()}; {cast.cedar.reference}\nC-999999"
    answer = client_of(cast.alice).post(f"/users/{cast.charlie.pk}/customers/add/", {"references": text}, follow=True)
    assert "C-999999" in answer.content.decode()
    assert seen_by(cast.charlie) == {"Acme Supermarkets", "Birch Housing", "Cedar Hospital"}


def test_it_grants_all_that_match_a_filter(cast: Cast, client_of: ClientOf) -> None:
    for number in range(60):
        make_customer(f"Harbour {number}")
    alice = client_of(cast.alice)
    page = alice.get(f"/users/{cast.vera.pk}/customers/add/?q=harbour").content.decode()
    assert "All 60 that match" in page
    harbour = {"all": "1", "address": "?q=harbour", "of": cast.vera.pk, "user": cast.vera.pk, "confirmed": "60"}
    alice.post("/bulk/to-grant/", harbour | {"act": "give"})
    assert len(seen_by(cast.vera)) == 61
    alice.post("/bulk/granted/", harbour | {"act": "take"})
    assert seen_by(cast.vera) == {"Birch Housing"}


def test_it_grants_to_several_users_from_the_customers_page(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    address = f"/customers/{cast.cedar.pk}/access/"
    assert alice.post(address, {"users": [cast.bob.pk, cast.vera.pk]}).status_code == 303
    assert "Cedar Hospital" in seen_by(cast.bob) & seen_by(cast.vera)
    page = alice.get(address).content.decode()
    assert "Bob Baker" in page
    assert "Alice Archer" in page
    alice.post(f"{address}{cast.bob.pk}/take-back/")
    assert "Cedar Hospital" not in seen_by(cast.bob)


def test_it_hides_the_access_page_of_what_one_may_not_see(cast: Cast, client_of: ClientOf) -> None:
    bob = client_of(cast.bob)
    assert bob.get(f"/customers/{cast.acme.pk}/access/").status_code == 200
    assert bob.get(f"/customers/{cast.cedar.pk}/access/").status_code == 404
    assert bob.post(f"/customers/{cast.cedar.pk}/access/", {"users": [cast.bob.pk]}).status_code == 404
    assert bob.get("/customers/999999/access/").status_code == 404


@pytest.mark.parametrize("who", ["charlie", "vera"])
def test_it_is_for_those_who_may_grant(cast: Cast, client_of: ClientOf, who: str) -> None:
    client = client_of(getattr(cast, who))
    assert client.get(f"/customers/{cast.acme.pk}/access/").status_code == 403
    with pytest.raises(ProgrammingError), acting(user=getattr(cast, who), via="screen"):
        give(user_id=getattr(cast, who).pk, customers=[cast.cedar.pk])


def test_it_gives_nothing_the_giver_does_not_see(cast: Cast) -> None:
    with acting(user=cast.bob, via="screen"):
        assert give(user_id=cast.bob.pk, customers=[cast.cedar.pk]) == 0
        assert give(user_id=cast.charlie.pk, customers=[cast.cedar.pk, cast.birch.pk]) == 1
        assert take(user_id=cast.vera.pk, customers=[cast.cedar.pk]) == 0
    assert "Cedar Hospital" not in seen_by(cast.bob) | seen_by(cast.charlie)


@pytest.mark.parametrize("who", ["bob", "charlie", "vera", "alice"])
def test_it_lets_no_role_write_grants_past_the_functions(cast: Cast, who: str) -> None:
    user = getattr(cast, who)
    with pytest.raises(ProgrammingError), acting(user=user, via="screen"):
        Grant.objects.create(user=user, customer_id=cast.cedar.pk)


def test_it_shows_the_maker_what_they_made(cast: Cast) -> None:
    with acting(user=cast.bob, via="screen"):
        Customer.add(name="Bobs own")
    assert "Bobs own" in seen_by(cast.bob)
    assert "Bobs own" not in seen_by(cast.charlie)


def test_it_gives_all_customers_future_ones_too(cast: Cast) -> None:
    make_customer("Made later")
    assert "Made later" in seen_by(cast.alice)
    assert "Made later" not in seen_by(cast.bob)


def test_it_records_who_gave_and_took(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    picked = {"pick": [cast.birch.pk], "of": cast.charlie.pk, "user": cast.charlie.pk}
    alice.post("/bulk/to-grant/", picked | {"act": "give"})
    alice.post("/bulk/granted/", picked | {"act": "take"})
    with see_all():
        rows = list(Change.objects.filter(kind="access_grant", customer_id=cast.birch.pk, subject_id=cast.charlie.pk))
    assert [(row.action, row.actor_id, row.via) for row in rows] == [
        ("deleted", cast.alice.pk, "screen"),
        ("made", cast.alice.pk, "screen"),
    ]
