"""The elevators of New York with their buildings, from the city's own list: every row is accounted for."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from sitebook.assets.models import Asset
from sitebook.assets.register import ASSETS
from sitebook.registers.imports import take
from sitebook.sites.imports import take_sites
from sitebook.sites.models import Site
from tests.cast import see_all

pytestmark = pytest.mark.django_db
FILE = Path(__file__).parent / "data" / "nyc-elevators.csv"
UNKNOWN, AUTHORITY = "Owner not known (New York City elevators)", "New York City Housing Authority"


@pytest.fixture
def taken(cast):
    buildings = take_sites(FILE, mapping="nyc-elevator-buildings", everything=True)
    return buildings, take(ASSETS, FILE, mapping="nyc-elevators", everything=True)


def rows_of_the_file():
    with FILE.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(line for line in text if line.strip()))


def test_every_row_is_created_or_refused_with_the_reason(taken):
    _buildings, report = taken
    rows = rows_of_the_file()
    assert report.read == len(rows)
    assert report.read == report.created + report.updated + report.unchanged + report.refused
    dates = [row["DV_APPROVAL_DATE"] for row in rows]
    no_dates = [text for text in dates if text and not re.fullmatch(r"\d{8}", text)]
    refused = Counter((each.column, each.value) for each in report.refused_rows)
    assert refused == Counter(("DV_APPROVAL_DATE", text) for text in no_dates)
    assert all(each.reason for each in report.refused_rows)
    with see_all():
        assert Asset.objects.count() == report.created


def test_the_same_file_again_changes_nothing(taken):
    _buildings, first = taken
    again = take(ASSETS, FILE, mapping="nyc-elevators", everything=True)
    assert (again.created, again.updated) == (0, 0)
    assert (again.unchanged, again.refused) == (first.created, first.refused)


def test_the_housing_authority_owns_its_devices_and_the_others_have_one_named_owner(taken):
    rows = {row["DV_DEVICE_NUMBER"]: row for row in rows_of_the_file()}
    with see_all():
        found = list(Asset.objects.select_related("owner", "site", "product_class"))
    for asset in found:
        row = rows[asset.serial]
        theirs = row["DV_DEVICE_STATUS_DESCRIPTION"] == "NYCHA"
        assert asset.owner.name == (AUTHORITY if theirs else UNKNOWN)
        assert (asset.site.code if asset.site else "") == row["BIN"]
    states = Counter(asset.lifecycle for asset in found)
    assert set(states) == {"in service", "planned", "retired"}


def test_a_device_stands_in_a_building_of_another_owner(taken):
    with see_all():
        theirs = Asset.objects.filter(owner__name=AUTHORITY, site__code="1079192").select_related("place_customer")
        assert [asset.place_customer.name for asset in theirs] == [UNKNOWN]


def test_postcodes_lose_the_noughts_that_say_nothing(taken):
    with see_all():
        found = set(Site.objects.exclude(code="").values_list("postcode", flat=True))
    assert found
    assert not [text for text in found if not re.fullmatch(r"\d{5}(-\d{4})?|", text)]


def test_the_building_with_119_devices_opens_and_pages(taken, cast, client_of):
    client = client_of(cast.alice)
    with see_all():
        site = Site.objects.get(code="1015219")
    address, seen = f"/sites/{site.pk}/assets/", []
    assert ">119<" in client.get(address).content.decode()
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'<th scope="row"[^>]*><a [^>]*title="([^"]*)"', page)
        after = re.search(r'href="([^"]*after=[^"]*)"', page)
        address = after.group(1).replace("&amp;", "&") if after else ""
    assert len(seen) == len(set(seen)) == 119
