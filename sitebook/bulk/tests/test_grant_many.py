"""Access to many customers, given and taken in one action."""

from __future__ import annotations

from typing import Any

from sitebook.access.identity import acting
from sitebook.access.models import Grant, give, take
from sitebook.bulk.tests.test_act_on_many import body, last, order, undo
from sitebook.customers.models import Customer
from sitebook.users.models import User
from tests.cast import Cast, make_customer, make_site, see_all


def seen_by(user: User) -> set[str]:
    with acting(user=user, via="screen"):
        return set(Customer.objects.values_list("name", flat=True))


def grants() -> list[Any]:
    with see_all():
        return list(
            Grant.objects.order_by("user_id", "customer_id").values_list("user_id", "customer_id", "granted_by")
        )


def test_the_customers_of_the_sites_are_given_and_only_the_new_ones_taken_back(cast: Cast, client_of):
    alice, before = client_of(cast.alice), grants()
    shop = make_site(cast.cedar, "Shop")
    page = body(order(alice, "sites", "give", cast.depot, cast.vault, shop))
    assert "2 customers have them" in page
    order(alice, "sites", "give", cast.depot, cast.vault, shop, user=cast.charlie.pk)
    run = last()
    assert (run.title, run.changed, run.unchanged) == ("Give Charlie Cole access to the customers of 3 sites", 1, 1)
    assert seen_by(cast.charlie) == {"Acme Supermarkets", "Cedar Hospital"}
    assert undo(alice).changed == 1
    assert grants() == before


def test_what_was_taken_and_given_again_since_stays(cast: Cast, client_of):
    alice = client_of(cast.alice)
    order(alice, "customers", "give", cast.birch, cast.cedar, user=cast.charlie.pk)
    with acting(user=cast.alice, via="screen"):
        take(user_id=cast.charlie.pk, customers=[cast.cedar.pk])
    with acting(user=cast.alice, via="screen"):
        give(user_id=cast.charlie.pk, customers=[cast.cedar.pk])
    undone = undo(alice)
    assert (undone.changed, undone.refused) == (1, 1)
    assert seen_by(cast.charlie) == {"Acme Supermarkets", "Cedar Hospital"}


def test_taken_access_comes_back(cast: Cast, client_of):
    alice = client_of(cast.alice)
    order(alice, "customers", "take", cast.acme, cast.birch, user=cast.charlie.pk)
    assert (last().changed, seen_by(cast.charlie)) == (1, set())
    undo(alice)
    assert seen_by(cast.charlie) == {"Acme Supermarkets"}


def test_nobody_gives_what_they_do_not_see_or_takes_their_own(cast: Cast, client_of):
    bob = client_of(cast.bob)
    order(bob, "customers", "give", cast.acme, cast.cedar, user=cast.vera.pk)
    assert seen_by(cast.vera) == {"Acme Supermarkets", "Birch Housing"}
    order(bob, "customers", "take", cast.acme, user=cast.bob.pk)
    assert (last().changed, last().refused) == (0, 1)
    assert "Acme Supermarkets" in seen_by(cast.bob)


def test_an_unknown_user_is_told_at_the_field(cast: Cast, client_of):
    for user in ("", "x", "987654"):
        assert order(client_of(cast.alice), "customers", "give", cast.acme, user=user).status_code == 422


def test_the_same_filter_gives_all_that_match(cast: Cast, client_of):
    for number in range(60):
        make_site(make_customer(f"Keeper {number}"), f"Store {number}")
    asked = {"all": "1", "address": "/sites/?q=store", "act": "give", "user": cast.vera.pk, "confirmed": "60"}
    client_of(cast.alice).post("/bulk/sites/", asked)
    assert (last().changed, len(seen_by(cast.vera))) == (60, 61)
