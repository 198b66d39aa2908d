"""The map of a customer, and copying what another one has."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.utils import timezone

from sitebook.basics.refused import Refused
from sitebook.catalogue import prices
from sitebook.catalogue.catalogue_copy import KINDS, copy_catalogue, uplifted
from sitebook.catalogue.models import (
    Activity,
    CodingCustomer,
    CustomerActivity,
    Service,
    TeamService,
    WorkTypeCustomer,
)
from sitebook.catalogue.tests.test_check import build
from tests.cast import see_all

pytestmark = pytest.mark.django_db


def test_f303_f326_the_map_draws_what_hangs_together_each_node_a_link(cast, client_of):
    with see_all():
        build(cast)
    client = client_of(cast.bob)
    page = client.get(f"/customers/{cast.acme.pk}/catalogue/").content.decode()
    drawn = page[page.index('<svg class="net"') : page.index("</svg>", page.index('<svg class="net"'))]
    for name in ("Reactive", "Breakdown", "Lift repair", "L-101", "Lift team A", "Dana Ortiz"):
        assert f"<title>{name}</title>" in drawn
    assert drawn.count('<path class="edge"') == 5
    for address in re.findall(r'<a href="([^"]+)"', drawn):
        assert client.get(address).status_code == 200
    assert "everything the customer has can be chosen" in page


def test_a_dead_end_is_dashed_and_says_what_mends_it(cast, client_of):
    with see_all():
        build(cast)
        TeamService.objects.all().delete()
    page = client_of(cast.bob).get(f"/customers/{cast.acme.pk}/catalogue/").content.decode()
    assert 'class="edge off"' in page
    assert 'stroke-dasharray="4 3"' in page
    assert "No team has the service Lift repair." in page
    assert "Add it to a team" in page
    assert "Add it to a team" not in client_of(cast.charlie).get(
        f"/customers/{cast.acme.pk}/catalogue/").content.decode()  # fmt: skip


def test_an_empty_map_offers_to_copy(cast, client_of):
    page = client_of(cast.bob).get(f"/customers/{cast.birch.pk}/catalogue/").content.decode()
    assert "Copy from a customer" in page
    assert client_of(cast.vera).get(f"/customers/{cast.acme.pk}/catalogue/").status_code == 404


@pytest.mark.parametrize(
    ("amount", "percent", "after"),
    [("0", "5", "0"), (None, "5", None), ("285", "5", "299.25"), ("285", "0", "285"), ("10", "-10", "9.00"),
     ("0.0125", "0", "0.0125"), ("19.99", "3.5", "20.69")],
)  # fmt: skip
def test_zero_stays_zero(amount, percent, after):
    given = None if amount is None else Decimal(amount)
    assert uplifted(given, Decimal(percent)) == (None if after is None else Decimal(after))


def test_f313_a_new_client_copies_and_both_are_equal_and_independent(cast, client_of):
    day = timezone.localdate()
    with see_all():
        build(cast)
        free = Activity.add(code="L-0", service=Service.objects.get(), sale=Decimal(0), currency="GBP")
        prices.agree(free, customer=cast.acme, since=day)
    client, address = client_of(cast.bob), f"/customers/{cast.birch.pk}/catalogue/copy/"
    typed = {"source": cast.acme.pk, "kinds": KINDS, "uplift": "5", "do": "look"}
    page = client.get(address).content.decode()
    assert "What is copied" not in page
    page = client.post(address, typed).content.decode()
    assert "£285.00" in page
    assert "£299.25" in page
    with see_all():
        assert not CustomerActivity.objects.filter(customer=cast.birch).exists()
    assert client.post(address, typed | {"do": "copy"}).status_code == 303
    with see_all():
        rows = (
            CustomerActivity.objects.filter(customer=cast.birch).select_related("activity").order_by("activity__code")
        )
        assert [(row.activity.code, row.sells_for(row.activity)) for row in rows] == [
            ("L-0", Decimal(0)),
            ("L-101", Decimal("299.25")),
        ]
        assert WorkTypeCustomer.objects.filter(customer=cast.birch).count() == 1
        assert CodingCustomer.objects.filter(customer=cast.birch).count() == 1
        prices.agree(rows[1].activity, customer=cast.acme, since=day, sale=Decimal(1))
        assert CustomerActivity.objects.get(pk=rows[1].pk).sale == Decimal("299.25")
        again = copy_catalogue(source=cast.acme, target=cast.birch, kinds=KINDS, uplift=Decimal(0), on=day)
    assert (bool(again), again.there) == (False, 4)


def test_a_copy_from_itself_is_refused_and_by_others_forbidden(cast, client_of):
    address = f"/customers/{cast.acme.pk}/catalogue/copy/"
    typed = {"source": cast.acme.pk, "kinds": KINDS, "uplift": "0", "do": "copy"}
    assert client_of(cast.bob).post(address, typed).status_code == 409
    assert client_of(cast.charlie).post(address, typed).status_code == 403
    with see_all(), pytest.raises(Refused) as refused:
        copy_catalogue(source=cast.acme, target=cast.birch, kinds=KINDS, uplift=Decimal(2000), on=timezone.localdate())
    assert refused.value.code == "bad_uplift"
