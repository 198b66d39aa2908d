"""An asset whose owner one may not see, at a place that one may, and the reverse: every door says the same."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from sitebook.assets.models import Asset
from sitebook.users.models import Scope
from sitebook.users.tokens import make
from tests.cast import see_all

pytestmark = pytest.mark.django_db
HIDDEN = ("Cedar", "Vault")


@pytest.fixture
def leased_and_away(cast):
    """Charlie sees Acme alone: a lift of Cedar's at Acme's depot, a lift of Acme's at Cedar's vault, one that is all
    Cedar's."""
    with see_all():
        leased = Asset.add(owner=cast.cedar, site=cast.depot, serial="LEASED")
        away = Asset.add(owner=cast.acme, site=cast.vault, serial="AWAY")
        Asset.add(owner=cast.cedar, site=cast.vault, serial="THEIRS")
    return leased, away


@pytest.fixture
def charlie(cast, client_of):
    return client_of(cast.charlie)


def said_of(page):
    return [name for name in HIDDEN if name in page]


def names_of(page):
    return re.findall(r'<th scope="row"[^>]*><a [^>]*title="([^"]*)"', page)


def test_the_lists_and_numbers_agree(cast, charlie, leased_and_away):
    leased, away = leased_and_away
    every = charlie.get("/assets/").content.decode()
    assert names_of(every) == [leased.reference, away.reference]
    assert 'id="list-count">2<' in every
    tab = f"/customers/{cast.acme.pk}/assets/"
    pages = {which: charlie.get(f"{tab}?which={which}").content.decode() for which in ("owned", "at", "either")}
    assert {which: names_of(page) for which, page in pages.items()} == {
        "owned": ["AWAY"],
        "at": ["LEASED"],
        "either": ["LEASED", "AWAY"],
    }
    site = charlie.get(f"/sites/{cast.depot.pk}/assets/").content.decode()
    assert names_of(site) == ["LEASED"]
    customers = charlie.get("/customers/").content.decode()
    assert f'<a href="{tab}">1</a>' in customers
    assert f'<a href="{tab}?which=at">1</a>' in customers
    for page in (every, *pages.values(), site, customers):
        assert said_of(page) == []
    for page in (every, pages["owned"], pages["at"], pages["either"], site):
        assert "another customer" in page


def test_their_pages_and_history_name_nobody_hidden(charlie, leased_and_away):
    for asset in leased_and_away:
        page = charlie.get(f"/assets/{asset.pk}/").content.decode()
        assert "another customer" in page
        for tab in ("", "life/", "installation/", "history/"):
            answer = charlie.get(f"/assets/{asset.pk}/{tab}")
            assert answer.status_code == 200
            assert said_of(answer.content.decode()) == []


def test_files_and_programs_say_the_same(cast, charlie, leased_and_away):
    answer = charlie.get("/assets/export.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = {row["Serial number"]: row for row in csv.DictReader(io.StringIO(text))}
    assert set(rows) == {"LEASED", "AWAY"}
    assert rows["LEASED"]["Customer"] == "another customer"
    assert rows["AWAY"]["Place"] == "another customer"
    assert said_of(text) == []
    with see_all():
        _token, secret = make(cast.charlie, name="Test", scopes=[Scope.READ], days=30, now=timezone.now())
    told = Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/assets").json()
    assert {each["serial"] for each in told["items"]} == {"LEASED", "AWAY"}
    assert said_of(json.dumps(told)) == []


def test_breakdowns_count_what_the_lists_show(cast, charlie, leased_and_away):
    page = charlie.get(f"/customers/{cast.acme.pk}/").content.decode()
    legend = page[page.index("Assets by status") :]
    assert re.search(r'<span class="truncate">In service</span><b>1</b>', legend)
    assert said_of(page) == []


def test_the_map_shows_those_at_places_one_sees_and_the_rest_is_nowhere(cast, charlie, leased_and_away):
    with see_all():
        for site, place in ((cast.depot, 10), (cast.vault, 50)):
            type(site).objects.filter(pk=site.pk).update(latitude=place, longitude=place)
    page = charlie.get("/assets/map/").content.decode()
    found = re.findall(r'<li data-number="(\d+)"[^>]*><a href="([^"]*)">([^<]*)</a>', page)
    assert [(number, said) for number, _url, said in found] == [("1", "Depot")]
    assert 'id="list-count">2<' in page
    assert names_of(charlie.get(found[0][1].replace("&amp;", "&")).content.decode()) == [leased_and_away[0].reference]
    nowhere = charlie.get("/assets/?cell=none").content.decode()
    assert names_of(nowhere) == [leased_and_away[1].reference]
    assert said_of(page + nowhere) == []
