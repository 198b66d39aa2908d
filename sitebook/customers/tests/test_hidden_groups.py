"""What a customer one does not see decides in a group tells nobody that it is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from sitebook.api.tests.conftest import Program, make_token
from sitebook.customers.groups import put_under
from sitebook.customers.models import Customer
from sitebook.customers.tests.test_bill_and_supply import typed
from tests.cast import Cast, make_customer, see_all

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Any], Client]
JANUARY = date(2026, 1, 1)


def one_hidden_parent(cast: Cast) -> None:
    """Acme and Birch stand under Cedar, which Bob does not see."""
    with see_all():
        put_under(cast.acme, parent=cast.cedar, since=JANUARY)
        put_under(cast.birch, parent=cast.cedar, since=JANUARY)


def program_of(user: Any) -> Program:
    return Program(make_token(user), Client(raise_request_exception=False))


def hidden_payer_of_the_group(cast: Cast) -> None:
    """Birch is billed to Cedar, which stands under Acme as Birch does."""
    with see_all():
        put_under(cast.cedar, parent=cast.acme, since=JANUARY)
        put_under(cast.birch, parent=cast.acme, since=JANUARY)
        Customer.objects.filter(pk=cast.birch.pk).update(bill_to=cast.cedar, bill_outside=True)


def hidden_payer_of_another_group(cast: Cast) -> None:
    with see_all():
        put_under(cast.birch, parent=cast.acme, since=JANUARY)
        Customer.objects.filter(pk=cast.birch.pk).update(bill_to=cast.cedar, bill_outside=True)


def answers_about_the_payer(cast: Cast, client: Client, program: Any) -> list[tuple[int, str]]:
    """By the form, by a program, in a bulk, and on the page once it is meant."""
    with see_all():
        cast.birch.refresh_from_db()
    address = f"/customers/{cast.birch.pk}/edit/"
    page = client.post(address, typed(cast.birch, bill_to=cast.acme.pk))
    alert = page.text.partition('role="alert"')[2].partition("</div>")[0]
    at = f"customers/{cast.birch.pk}"
    sent = program.patch(at, {"bill_to": cast.acme.pk}, If_Match=program.get(at)["ETag"])
    row = {"id": cast.birch.pk, "version": cast.birch.version, "bill_to": cast.acme.pk}
    bulk = program.post("customers/bulk", {"items": [row]})
    meant = program.patch(at, {"bill_to": cast.acme.pk, "bill_outside": True}, If_Match=program.get(at)["ETag"])
    shown = client.get(f"/customers/{cast.birch.pk}/").text.partition("Pays instead")[2].partition("</dd>")[0]
    return [
        (page.status_code, alert),
        (sent.status_code, sent.json().get("detail", "")),
        (bulk.status_code, str([row["status"] for row in bulk.json()["results"]])),
        (meant.status_code, shown),
    ]


def test_a_hidden_parent_that_two_share_is_not_told_by_who_may_pay(cast: Cast, client_of: ClientOf):
    one_hidden_parent(cast)
    shared = answers_about_the_payer(cast, client_of(cast.bob), program_of(cast.bob))
    other = make_customer("Daisy Holding")
    with see_all():
        Customer.objects.filter(pk=cast.birch.pk).update(bill_to=None, bill_outside=False)
        put_under(cast.birch, parent=other, since=JANUARY)
    apart = answers_about_the_payer(cast, client_of(cast.bob), program_of(cast.bob))
    assert shared == apart
    assert [status for status, _said in shared] == [409, 409, 200, 200]
    assert "outside the group" not in shared[3][1]


@pytest.mark.parametrize("arranged", [hidden_payer_of_the_group, hidden_payer_of_another_group])
def test_where_a_hidden_payer_stands_is_not_told_by_what_may_be_left_out(
    arranged: Callable[[Cast], None], cast: Cast, client_of: ClientOf
):
    arranged(cast)
    program, at = program_of(cast.bob), f"customers/{cast.birch.pk}"
    assert "outside the group" not in client_of(cast.bob).get(f"/customers/{cast.birch.pk}/").text
    sent = program.patch(at, {"bill_outside": False}, If_Match=program.get(at)["ETag"])
    assert (sent.status_code, sent.json()["code"]) == (409, "outside_group")
    assert sent.json()["detail"].startswith("another customer is not in the group of Birch Housing as far as you see")


def test_who_sees_the_parent_bills_within_the_group(cast: Cast):
    one_hidden_parent(cast)
    program, at = program_of(cast.alice), f"customers/{cast.birch.pk}"
    assert program.patch(at, {"bill_to": cast.acme.pk}, If_Match=program.get(at)["ETag"]).status_code == 200


def test_a_loop_is_refused_only_where_the_page_shows_who_stands_below(cast: Cast, client_of: ClientOf):
    """Whoever stands below whom of those one sees is shown, whatever stands between: the refusal tells no more."""
    bob, address = client_of(cast.bob), f"/customers/{cast.acme.pk}/group/"
    with see_all():
        put_under(cast.birch, parent=cast.cedar, since=JANUARY)
    sent = {"parent": cast.birch.pk, "since": JANUARY.isoformat()}
    assert "Birch Housing" not in bob.get(f"/customers/{cast.acme.pk}/").text
    with see_all():
        put_under(cast.cedar, parent=cast.acme, since=JANUARY)
    assert "Birch Housing" in bob.get(f"/customers/{cast.acme.pk}/").text
    refused = bob.post(address, sent)
    assert refused.status_code == 409
    assert "Cedar" not in refused.text
