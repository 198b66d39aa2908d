"""Whose invoices go to whom, and who is supplied through whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from sitebook.customers.groups import change_customer, put_under
from sitebook.customers.models import Customer
from tests.cast import Cast, make_customer, see_all
from tests.refusals import refused

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Any], Client]
JANUARY, TODAY = date(2026, 1, 1), date(2026, 11, 1)


def change(customer: Customer, **values: Any) -> None:
    with see_all():
        customer.refresh_from_db()
        change_customer(customer, version=customer.version, on=TODAY, **values)


def typed(customer: Customer, **more: Any) -> dict[str, Any]:
    """The edit form as it is shown, with some fields changed."""
    formsets = {
        f"{name}-{what}": 0 for name in ("phones", "emails", "ids") for what in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    own = {"name": customer.name, "kind": customer.kind, "account": customer.account, "send_by": customer.send_by}
    return own | {"version": customer.version} | formsets | more


def test_invoices_go_to_any_customer_of_the_group(cast: Cast) -> None:
    with see_all():
        put_under(cast.birch, parent=cast.acme, since=JANUARY)
        put_under(cast.cedar, parent=cast.acme, since=JANUARY)
    change(cast.birch, bill_to_id=cast.cedar.pk)
    assert cast.birch.bill_to_id == cast.cedar.pk
    change(cast.birch, bill_to_id=cast.birch.pk)
    assert cast.birch.bill_to_id is None


def test_outside_the_group_only_when_that_is_meant(cast: Cast) -> None:
    with refused("outside_group", match="Acme Supermarkets is not in the group of Birch Housing"):
        change(cast.birch, bill_to_id=cast.acme.pk)
    change(cast.birch, bill_to_id=cast.acme.pk, bill_outside=True)
    with refused("outside_group"):
        change(cast.birch, bill_outside=False)
    change(cast.birch, name="Birch Homes")


def test_it_is_supplied_only_through_a_distributor(cast: Cast) -> None:
    supplier = make_customer("Dora Distribution", is_distributor=True)
    with refused("not_distributor", match="Acme Supermarkets is not marked as a distributor"):
        change(cast.birch, distributor_id=cast.acme.pk)
    change(cast.birch, distributor_id=supplier.pk)
    with refused("not_distributor", match="through itself"):
        change(supplier, distributor_id=supplier.pk)


def test_a_distributor_that_supplies_somebody_stays_one(cast: Cast) -> None:
    supplier = make_customer("Dora Distribution", is_distributor=True)
    change(cast.birch, distributor_id=supplier.pk)
    change(cast.acme, distributor_id=supplier.pk)
    with refused("distributor_in_use", match="2 customers are supplied through Dora Distribution: Acme"):
        change(supplier, is_distributor=False)
    for each in (cast.birch, cast.acme):
        change(each, distributor_id=None)
    change(supplier, is_distributor=False)
    assert not supplier.is_distributor


def test_office_says_so_on_the_form_and_both_pages_show_it(cast: Cast, client_of: ClientOf) -> None:
    client, address = client_of(cast.bob), f"/customers/{cast.birch.pk}/edit/"
    assert "Invoices go to" in client.get(address).text
    refused = client.post(address, typed(cast.birch, bill_to=cast.acme.pk))
    assert (refused.status_code, "is not in the group" in refused.text) == (409, True)
    assert client.post(address, typed(cast.birch, bill_to=cast.acme.pk, bill_outside="on")).status_code == 303
    page = client.get(f"/customers/{cast.birch.pk}/").text
    assert "Pays instead" in page
    assert "outside the group" in page
    page = client.get(f"/customers/{cast.acme.pk}/").text
    assert "Pays for" in page
    assert "Birch Housing" in page


def test_the_distributors_page_leads_to_whom_it_supplies(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    with see_all():
        Customer.objects.filter(pk=cast.acme.pk).update(is_distributor=True)
    address = f"/customers/{cast.birch.pk}/edit/"
    refused = client.post(address, typed(cast.birch, distributor=cast.birch.pk))
    assert (refused.status_code, "cannot be supplied through itself" in refused.text) == (409, True)
    assert client.post(address, typed(cast.birch, distributor=cast.acme.pk)).status_code == 303
    assert "Supplied through" in client.get(f"/customers/{cast.birch.pk}/").text
    listed = f"/customers/?distributor={cast.acme.pk}"
    assert listed in client.get(f"/customers/{cast.acme.pk}/").text
    page = client.get(listed).text
    assert ">Birch Housing</a>" in page
    assert ">Acme Supermarkets</a></th>" not in page
    assert ">Acme Supermarkets</a></th>" in client.get("/customers/?distributor=yes").text
    assert "does not know" in client.get(f"/customers/?distributor={cast.cedar.pk}").text
    options = client.get("/customers/pick-distributor/?q=ac").text
    assert "Acme" in options
    assert "Birch" not in client.get("/customers/pick-distributor/?q=birch").text


def test_a_hidden_payer_stays_when_somebody_else_edits(cast: Cast, client_of: ClientOf) -> None:
    with see_all():
        Customer.objects.filter(pk=cast.birch.pk).update(bill_to=cast.cedar, bill_outside=True)
        cast.birch.refresh_from_db()
    client, address = client_of(cast.bob), f"/customers/{cast.birch.pk}/edit/"
    shown = client.get(address).text
    assert "Cedar" not in shown
    assert "another customer" in client.get(f"/customers/{cast.birch.pk}/").text
    assert client.post(address, typed(cast.birch, bill_outside="on", notes="New")).status_code == 303
    with see_all():
        cast.birch.refresh_from_db()
        assert (cast.birch.bill_to_id, cast.birch.notes) == (cast.cedar.pk, "New")
    refused = client.post(address, typed(cast.birch, bill_to=cast.cedar.pk, bill_outside="on"))
    assert (refused.status_code, "you may not see it" in refused.text) == (422, True)
