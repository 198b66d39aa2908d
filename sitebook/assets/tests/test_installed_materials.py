"""What is fitted in an asset and mounted on it: as a tree, as of a day, by page and programs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.assets.materials import InstalledMaterial, tree
from sitebook.assets.models import Asset
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.products.models import Product
from sitebook.products.tests.test_products_for_programs import call
from tests.cast import see_all
from tests.statements import statements

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)


@pytest.fixture
def lift(cast):
    """A lift with a motor, which has a gearbox, each with a part."""
    with see_all():
        belt = Product.add(code="BELT", description="Drive belt", kind="part")
        oil = Product.add(code="OIL", description="Gear oil", kind="part")
        top = Asset.add(owner=cast.acme, site=cast.depot, description="Goods lift")
        motor = Asset.add(owner=cast.acme, parent=top, description="Motor", since=date(2024, 3, 14))
        box = Asset.add(owner=cast.acme, parent=motor, description="Gearbox")
        InstalledMaterial.fit(top, product=belt, today=TODAY, quantity=2, fitted_on=date(2021, 6, 8), lot="88-41")
        InstalledMaterial.fit(box, product=oil, today=TODAY, quantity=18, fitted_on=date(2026, 11, 3))
    return top


def said(user, asset, **asked):
    with acting(user=user, via="screen"):
        return [(line.depth, str(line.asset or line.part), line.gone) for line in tree(asset, **asked)]


def test_the_tree_has_each_mounted_asset_with_its_parts(cast, lift):
    assert said(cast.bob, lift, on=TODAY) == [
        (0, "Motor", False),
        (1, "Gearbox", False),
        (2, "Gear oil", False),
        (0, "Drive belt", False),
    ]


def test_it_is_asked_as_of_a_day(cast, lift):
    with see_all():
        belt = InstalledMaterial.objects.get(product__code="BELT")
        belt.remove(on=date(2026, 1, 2), today=TODAY, using="J-28814")
    assert said(cast.bob, lift, on=date(2022, 1, 1)) == [(0, "Drive belt", False)]
    assert said(cast.bob, lift, on=date(2026, 1, 1)) == [(0, "Motor", False), (1, "Gearbox", False),
                                                         (0, "Drive belt", False)]  # fmt: skip
    assert (0, "Drive belt", False) not in said(cast.bob, lift, on=date(2026, 1, 2))
    assert (0, "Drive belt", True) in said(cast.bob, lift, on=TODAY, removed=True)
    assert said(cast.bob, lift, on=date(2020, 1, 1), removed=True) == []


def test_a_part_is_fitted_changed_removed_and_put_back_on_the_page(cast, client_of, lift):
    client, tab, today = client_of(cast.bob), f"/assets/{lift.pk}/materials/", timezone.localdate()
    typed = {"product_text": "oil", "quantity": "2,5", "lot": "A-0991", "fitted_on": today.isoformat()}
    assert client.post(f"{tab}fit/", typed)["Location"] == tab
    with see_all():
        part = InstalledMaterial.objects.get(lot="A-0991")
    at = f"/installed-parts/{part.pk}"
    typed |= {"product": part.product_id, "product_text": "", "quantity": "3", "fitted_with": "J-17", "version": "1"}
    assert client.post(f"{at}/change/", typed)["Location"] == tab
    assert client.post(f"{at}/change/", typed | {"quantity": "4"}).status_code == 409
    to_come = {"removed_on": (today + timedelta(days=1)).isoformat()}
    assert client.post(f"{at}/remove/", to_come).status_code == 409
    assert client.post(f"{at}/remove/", {"removed_on": today.isoformat()})["Location"] == tab
    assert "A-0991" not in client.get(tab).content.decode()
    assert "A-0991" in client.get(f"{tab}?removed=yes").content.decode()
    assert client.post(f"{at}/put-back/")["Location"] == tab
    page = client.get(tab).content.decode()
    assert "A-0991" in page
    assert "J-17" in page


def test_days_and_amounts_that_cannot_be_are_refused(cast, lift):
    with see_all():
        oil = Product.objects.get(code="OIL")
        for values in ({"quantity": 0}, {"fitted_on": TODAY + timedelta(days=1)}):
            with pytest.raises(Refused):
                InstalledMaterial.fit(lift, product=oil, today=TODAY, **values)
        part = InstalledMaterial.fit(lift, product=oil, today=TODAY, fitted_on=TODAY)
        with pytest.raises(Refused) as refusal:
            part.remove(on=TODAY - timedelta(days=1), today=TODAY)
        assert refusal.value.code == "day_not_possible"
        part.refresh_from_db()
        with pytest.raises(IntegrityError), transaction.atomic():
            InstalledMaterial.objects.filter(pk=part.pk).update(removed_on=TODAY - timedelta(days=1))
        same = InstalledMaterial.objects.get(pk=part.pk)
        part.change(version=1, today=TODAY, lot="1")
        with pytest.raises(StaleEdit):
            same.change(version=1, today=TODAY, lot="2")


def test_what_one_does_not_see_is_left_out_with_what_is_below(cast, lift):
    with see_all():
        theirs = Asset.add(owner=cast.cedar, site=cast.vault, description="Press")
        oil = Product.objects.get(code="OIL")
        part = InstalledMaterial.fit(theirs, product=oil, today=TODAY)
    with acting(user=cast.charlie, via="screen"):
        assert not InstalledMaterial.objects.filter(pk=part.pk).exists()
    assert call(cast.bob, "POST", f"installed-parts/{part.pk}/put-back").status_code == 404
    assert call(cast.bob, "GET", f"assets/{theirs.pk}/materials").status_code == 404


def test_a_deep_tree_costs_as_many_statements_as_a_flat_one(cast, lift):
    with acting(user=cast.bob, via="screen"), statements() as before:
        tree(lift, on=TODAY)
    with see_all():
        top = Asset.objects.get(description="Gearbox")
        for number in range(12):
            top = Asset.add(owner=cast.acme, parent=top, description=f"Stage {number}")
    with acting(user=cast.bob, via="screen"), statements() as after:
        assert len(tree(lift, on=TODAY)) == 16
    assert len(after) == len(before)


def test_programs_fit_list_and_remove(cast, lift):
    with see_all():
        oil = Product.objects.get(code="OIL")
    made = call(cast.bob, "POST", f"assets/{lift.pk}/materials", {"product": oil.pk, "quantity": 0.5})
    assert made.status_code == 201, made.content
    listed = call(cast.bob, "GET", f"assets/{lift.pk}/materials?as_of=2022-01-01").json()["items"]
    assert [(each["product"]["name"], each["fitted_on"]) for each in listed] == [
        ("Drive belt", "2021-06-08"),
        ("Gear oil", None),
    ]
    at, today = f"installed-parts/{made.json()['id']}", timezone.localdate().isoformat()
    assert call(cast.bob, "POST", f"{at}/remove", {"day": today}).json()["removed_on"] == today
    assert call(cast.bob, "POST", f"{at}/remove", {"day": today}).json()["code"] == "already_removed"
    assert call(cast.bob, "POST", f"{at}/put-back").json()["removed_on"] is None
    assert call(cast.charlie, "POST", f"{at}/put-back").status_code == 403
