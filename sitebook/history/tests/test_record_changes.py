"""Whatever path a change comes by, each changed field is recorded once, with who and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from django.test import Client

from sitebook.access.identity import acting
from sitebook.basics.refused import Refused
from sitebook.customers.models import Customer
from sitebook.history.models import Change, Seal
from tests.cast import Cast, make_cast, make_customer, make_user, see_all

ClientOf = Callable[[Any], Client]


def changes_of(kind: str, pk: int, **narrowed: Any) -> list[Change]:
    with see_all():
        return list(Change.objects.filter(kind=kind, record_id=pk, **narrowed).order_by("id"))


def test_it_records_a_page(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    asked = {"name": "Bob", "email": cast.bob.email, "role": "viewer", "reach": "some", "is_active": "on"}
    with see_all():
        cast.bob.refresh_from_db()
    answer = alice.post(f"/users/{cast.bob.pk}/edit/", asked | {"version": cast.bob.version})
    (change,) = changes_of("users_user", cast.bob.pk, action="changed", via="screen", actor_id=cast.alice.pk)
    assert change.changes == {"name": ["Bob Baker", "Bob"], "role": ["office", "viewer"]}
    assert change.request_id == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("via", ["screen", "import", "api", "command", "worker"])
def test_it_records_each_field_once_by_each_path(cast: Cast, via: str) -> None:
    with acting(user=cast.bob, via=via, request_id="one", reason="Called in"):
        cast.acme.refresh_from_db()
        cast.acme.change(version=cast.acme.version, name="Acme Stores", payment_days=30)
    (change,) = changes_of("customers_customer", cast.acme.pk, action="changed")
    assert change.changes == {"name": ["Acme Supermarkets", "Acme Stores"], "payment_days": [None, 30]}
    assert (change.actor_id, change.via, change.request_id, change.reason) == (cast.bob.pk, via, "one", "Called in")
    assert (change.customer_id, change.subject_kind) == (cast.acme.pk, "customers_customer")


def test_it_records_a_bulk_change_row_by_row(cast: Cast) -> None:
    with acting(user=cast.bob, via="screen", request_id="bulk"):
        Customer.objects.update(website="https://www.example")
    for customer in (cast.acme, cast.birch):
        (change,) = changes_of("customers_customer", customer.pk, action="changed")
        assert change.changes == {"website": ["", "https://www.example"]}
    assert changes_of("customers_customer", cast.cedar.pk, action="changed") == []


@pytest.mark.usefixtures("committed")
def test_it_records_a_raw_update_by_the_owner() -> None:
    customer = make_customer("Acme")
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET name = 'Raw' WHERE id = %s", [customer.pk])
    (change,) = changes_of("customers_customer", customer.pk, action="changed")
    assert change.changes == {"name": ["Acme", "Raw"]}
    assert (change.via, change.actor_id) == ("sql", None)
    assert change.db_user.endswith("_owner")


def test_it_records_what_was_there_when_a_row_goes(cast: Cast) -> None:
    with acting(user=cast.alice, via="screen"):
        customer = Customer.add(name="Short-lived")
        pk = customer.pk
        customer.delete()
    made, deleted = changes_of("customers_customer", pk)
    assert made.changes["name"] == [None, "Short-lived"]
    assert deleted.changes["name"] == ["Short-lived", None]


def test_it_records_nothing_when_nothing_changed(cast: Cast) -> None:
    with see_all():
        Customer.objects.filter(pk=cast.acme.pk).update(name="Acme Supermarkets")
    assert changes_of("customers_customer", cast.acme.pk, action="changed") == []


def test_it_leaves_nothing_of_a_refused_verb(cast: Cast) -> None:
    def write_then_refuse() -> None:
        with acting(user=cast.bob, via="screen"):
            Customer.objects.filter(pk=cast.acme.pk).update(name="Half-done")
            raise Refused("No.", code="no")

    with pytest.raises(Refused):
        write_then_refuse()
    assert changes_of("customers_customer", cast.acme.pk, action="changed") == []
    with see_all():
        assert Customer.objects.get(pk=cast.acme.pk).name == "Acme Supermarkets"


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["history_change", "history_change_default", "history_seal"])
def test_it_lets_no_role_rewrite_it(cast: Cast, statement: str, table: str) -> None:
    for everything in (True, False):
        user = None if everything else cast.alice
        with (
            pytest.raises(DatabaseError),
            acting(user=user, via="command", everything=everything),
            transaction.get_connection().cursor() as cursor,
        ):
            cursor.execute(statement.format(table))


def test_it_lets_nobody_add_to_it(cast: Cast) -> None:
    with pytest.raises(DatabaseError), see_all():
        Seal.objects.create(id=99, made_at="2026-01-01", up_to="2026-01-01", changes=1)


def test_it_shows_restricted_users_only_their_customers(cast: Cast) -> None:
    with see_all():
        for customer in (cast.acme, cast.cedar):
            Customer.objects.filter(pk=customer.pk).update(notes="Marked")
    with acting(user=cast.charlie, via="screen"):
        seen = set(Change.objects.values_list("customer_id", flat=True))
    assert seen == {cast.acme.pk}


@pytest.mark.usefixtures("committed")
def test_it_stays_whole_over_many_requests() -> None:
    cast = make_cast()
    make_user(name="Ewa East")
    for number in range(5):
        with acting(user=cast.bob, via="screen", request_id=str(number)):
            Customer.objects.filter(pk=cast.acme.pk).update(notes=f"Note {number}")
    notes = [change.changes["notes"][1] for change in changes_of("customers_customer", cast.acme.pk, action="changed")]
    assert notes == [f"Note {number}" for number in range(5)]
