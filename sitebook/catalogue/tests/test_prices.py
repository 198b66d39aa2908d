"""What an activity costs a customer, when."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sitebook.basics.refused import Refused
from sitebook.catalogue import prices
from sitebook.catalogue.models import Activity, CustomerActivity, Service
from tests.cast import see_all

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2026, 1, 1)


@pytest.fixture
def attend(cast):
    with see_all():
        service = Service.add(name="Lift repair")
        return Activity.add(code="L-101", description="Attend", service=service, sale=Decimal(285),
                            cost=Decimal(120), currency="GBP")  # fmt: skip


def sold(activity, customer, on):
    row = CustomerActivity.objects.in_force(on=on).get(activity=activity, customer=customer)
    return row.sells_for(activity), row.costs(activity), row.paid_in(activity)


def test_f302_the_same_activity_has_another_price_for_another_client(attend, cast):
    with see_all():
        prices.agree(attend, customer=cast.acme, since=NEW_YEAR)
        prices.agree(attend, customer=cast.birch, since=NEW_YEAR, sale=Decimal(250))
        prices.agree(attend, customer=cast.birch, since=date(2027, 1, 1), sale=Decimal(275))
        assert sold(attend, cast.acme, NEW_YEAR) == (Decimal(285), Decimal(120), "GBP")
        assert sold(attend, cast.birch, NEW_YEAR) == (Decimal(250), Decimal(120), "GBP")
        assert sold(attend, cast.birch, date(2027, 1, 1)) == (Decimal(275), Decimal(120), "GBP")


def test_two_prices_of_one_pair_never_overlap(attend, cast):
    with see_all():
        row = prices.agree(attend, customer=cast.acme, since=NEW_YEAR)
        with pytest.raises(IntegrityError, match="one_price_of_an_activity"), transaction.atomic():
            CustomerActivity.objects.create(activity=attend, customer=cast.acme, during=row.during, sale=Decimal(1))


def test_another_currency_needs_both_amounts(attend, cast):
    with see_all():
        with pytest.raises(Refused) as refused:
            prices.agree(attend, customer=cast.acme, since=NEW_YEAR, sale=Decimal(300), currency="USD")
        assert refused.value.code == "currency_needs_amounts"
        prices.agree(attend, customer=cast.acme, since=NEW_YEAR, sale=Decimal(300), cost=Decimal(0), currency="USD")
        assert sold(attend, cast.acme, NEW_YEAR) == (Decimal(300), Decimal(0), "USD")


def test_the_office_gives_a_customer_an_activity_and_ends_it(attend, cast, client_of):
    client, today = client_of(cast.bob), timezone.localdate()
    address = f"/customers/{cast.acme.pk}/catalogue/activities/"
    typed = {"activity": attend.pk, "since": today.isoformat(), "sale": "310.5", "cost": "98.76"}
    assert client.post(address, typed).status_code == 303
    page = client.get(address).content.decode()
    assert "£310.50" in page
    assert "£98.76" in page
    assert "98.76" not in client_of(cast.charlie).get(address).content.decode()
    assert client_of(cast.charlie).post(address, typed).status_code == 403
    there = client.get(f"/activities/{attend.pk}/customers/").content.decode()
    assert "Acme Supermarkets" in there
    with see_all():
        row = CustomerActivity.objects.get()
    last = today + timedelta(days=30)
    assert client_of(cast.charlie).post(f"/catalogue/prices/{row.pk}/end/", {"on": last}).status_code == 403
    assert client.post(f"/catalogue/prices/{row.pk}/end/", {"on": last.isoformat()}).status_code == 303
    with see_all():
        assert CustomerActivity.objects.get().during.upper == last
    assert client_of(cast.vera).get(address).status_code == 404
    assert "98.76" not in client.get(f"/activities/{attend.pk}/history/").content.decode()


def test_f301_f306_the_client_page_ticks_work_types_codings_and_teams(cast, client_of):
    from sitebook.catalogue.models import Coding, CodingCustomer, WorkLogType, WorkType, WorkTypeCustomer

    client = client_of(cast.bob)
    with see_all():
        kind = WorkLogType.add(name="Reactive")
        one, two = (WorkType.add(name=name, work_log_type=kind) for name in ("Breakdown", "Entrapment"))
        coding = Coding.add(code="6.5")
        WorkTypeCustomer.objects.create(work_type=one, customer=cast.acme)
    address = f"/customers/{cast.acme.pk}/catalogue/work-types/"
    page = client.get(address).content.decode()
    assert f'value="{one.pk}" checked' in page
    assert f'value="{two.pk}" checked' not in page
    assert "Catalogue" in client.get(f"/customers/{cast.acme.pk}/").content.decode()
    assert client.post(address, {"shown": [one.pk, two.pk], "entry": [two.pk]}).status_code == 303
    with see_all():
        assert set(WorkTypeCustomer.objects.values_list("work_type_id", flat=True)) == {two.pk}
    codings = f"/customers/{cast.acme.pk}/catalogue/codings/"
    assert client.post(codings, {"shown": [coding.pk], "entry": [coding.pk]}).status_code == 303
    with see_all():
        assert CodingCustomer.objects.count() == 1
    assert client_of(cast.charlie).post(codings, {"shown": [coding.pk]}).status_code == 403
    assert client.get(f"/customers/{cast.acme.pk}/catalogue/nonsense/").status_code == 404
    assert client.get(f"/customers/{cast.acme.pk}/catalogue/teams/").status_code == 200


def test_what_was_ticked_elsewhere_meanwhile_stays(cast, client_of):
    from sitebook.catalogue.models import WorkLogType, WorkType, WorkTypeCustomer

    with see_all():
        kind = WorkLogType.add(name="Reactive")
        one, new = (WorkType.add(name=name, work_log_type=kind) for name in ("Breakdown", "Entrapment"))
        WorkTypeCustomer.objects.create(work_type=new, customer=cast.acme)
    client_of(cast.bob).post(f"/customers/{cast.acme.pk}/catalogue/work-types/", {"shown": [one.pk]})
    with see_all():
        assert WorkTypeCustomer.objects.get().work_type_id == new.pk
