"""The map of sites: numbers that are what the list shows in the same place, under the reader's own policy."""

from __future__ import annotations

import math
import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitebook.basics.refused import Refused
from sitebook.config import environment
from sitebook.lists.maps import BITS, Cell, coordinates
from sitebook.sites.models import Site
from tests.cast import make_site, see_all

LEEDS, YORK, OSLO = ("53.800", "-1.550"), ("53.960", "-1.080"), ("59.910", "10.750")


def at(customer, place, name, **more):
    return make_site(customer, name, latitude=place[0], longitude=place[1], **more)


@pytest.fixture
def places(cast):
    at(cast.acme, LEEDS, "Leeds one", town="Leeds")
    at(cast.acme, LEEDS, "Leeds two", town="Leeds")
    at(cast.birch, YORK, "York one", town="York")
    at(cast.birch, OSLO, "Oslo one", town="Oslo")
    at(cast.cedar, OSLO, "Secret one", town="Secret")


def clusters(client, address="/sites/map/", **asked):
    page = client.get(address, asked).content.decode()
    found = re.findall(r'<li data-number="(\d+)"[^>]*><a href="([^"]*)">([^<]*)</a>', page)
    return [(int(number), unescape(url), unescape(said)) for number, url, said in found], page


def screen(zoom, west, north, east, south):
    """What is on the screen, of degrees."""
    with see_all():
        edges = [Site(latitude=lat, longitude=lon) for lat, lon in ((north, west), (south, east))]
    numbers = [place_of(each.latitude, each.longitude) for each in edges]
    return ".".join(map(str, (zoom, *numbers[0], *numbers[1])))


def place_of(latitude, longitude):
    side = 2**BITS
    sine = math.sin(math.radians(latitude))
    return int((longitude + 180) / 360 * side), int((0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * side)


def listed(client, url):
    return int(re.search(r'id="list-count">([\d,]+)<', client.get(url).content.decode()).group(1))


@pytest.mark.django_db
def test_each_number_is_what_the_list_of_its_link_shows(client_of, cast, places):
    bob = client_of(cast.bob)
    found, page = clusters(bob)
    assert sum(number for number, _url, _said in found) == 4
    for number, url, _said in found:
        assert listed(bob, url) == number
    assert "Secret" not in page
    assert listed(bob, "/sites/?cell=none") == 2  # Depot and Mill
    assert "/sites/?cell=none" in page


@pytest.mark.django_db
def test_nearer_it_shows_more_places_and_only_those_on_the_screen(client_of, cast, places):
    alice = client_of(cast.alice)
    found, _page = clusters(alice, screen=screen(9, -3, 55, 0, 53))
    assert sorted((number, said) for number, _url, said in found) == [(1, "York one"), (2, "near Leeds")]


@pytest.mark.django_db
def test_the_filters_of_the_list_apply(client_of, cast, places):
    alice = client_of(cast.alice)
    assert [number for number, _url, _said in clusters(alice, q="york")[0]] == [1]
    found, page = clusters(alice, customer=cast.acme.pk)
    assert [(number, said) for number, _url, said in found] == [(2, "near Leeds")]
    assert f"customer={cast.acme.pk}" in found[0][1]
    assert 'id="list-count">3<' in page


@pytest.mark.django_db
def test_htmx_gets_the_places_alone(client_of, cast, places):
    answer = client_of(cast.alice).get("/sites/map/", headers={"HX-Request": "true"}).content.decode()
    assert answer.strip().startswith("<section")
    assert "<html" not in answer


@pytest.mark.django_db
def test_the_list_says_what_of_the_map_it_shows(client_of, cast, places):
    alice = client_of(cast.alice)
    page = alice.get(clusters(alice, q="york")[0][0][1]).content.decode()
    assert "On the map <i>around</i>" in page
    assert "does not know" in alice.get("/sites/?cell=99.1.1").content.decode()
    assert "does not know" in alice.get("/sites/?cell=2.9.1").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("place", [(90, 180), (-90, -180), (85.06, 0), (0, 0), (53.8, -1.55)])
def test_the_database_says_where_a_site_is_on_the_map(cast, place):
    site = at(cast.acme, place, "Anywhere")
    with see_all():
        site.refresh_from_db()
        assert 0 <= site.map_x < 2**BITS
        assert 0 <= site.map_y < 2**BITS
        if abs(place[0]) < 85:
            assert coordinates(site.map_x, site.map_y) == pytest.approx(place, abs=0.00001)
            assert (site.map_x, site.map_y) == pytest.approx(place_of(*place), abs=1)
        Site.objects.filter(pk=site.pk).update(latitude=None, longitude=None)
        site.refresh_from_db()
        assert site.map_x is site.map_y is None


@given(st.integers(0, 20), st.integers(0, 2**20), st.integers(0, 2**20))
def test_a_cell_is_read_as_it_is_written(level, x, y):
    cell = Cell(level, x % 2**level, y % 2**level)
    assert Cell.read(str(cell)) == cell
    assert -90 < cell.middle[0] < 90
    assert -180 <= cell.middle[1] <= 180


@pytest.mark.parametrize("text", ["", "3.1", "3.8.1", "3.-1.1", "21.1.1", "a.b.c", "3.1.1.1", "٣.1.1"])
def test_what_is_no_cell_is_none(text):
    assert Cell.read(text) is None


def test_streets_are_drawn_where_a_setting_names_their_server(tmp_path):
    base = {"SITEBOOK_DATA_DIR": str(tmp_path)}
    assert environment.read(base).tiles_from == []
    named = environment.read(base | {"SITEBOOK_TILES_URL": "https://tiles.example/{z}/{x}/{y}.png"})
    assert named.tiles_from == ["https://tiles.example"]
    for wrong in (
        "tiles.example/{z}/{x}/{y}",
        "https://tiles.example/",
        "https://a/{z}/{x}/{y} https://b",
        "javascript:{z}{x}{y}",
    ):
        with pytest.raises(Refused):
            environment.read(base | {"SITEBOOK_TILES_URL": wrong})
