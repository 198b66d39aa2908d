"""What lies inside a site: areas and positions are added, renamed, moved and removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sitebook.sites.areas import add_area, add_position, change_area, change_position, inside, remove_area
from sitebook.sites.models import Area, Position, Site
from tests.cast import Cast, make_customer, make_site, see_all
from tests.refusals import refused

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


def house(site: Site) -> tuple[Area, Area, Area]:
    """A boiler house with a ground floor and a plant room on it."""
    with see_all():
        whole = add_area(site, name="Boiler house", kind="Building")
        floor = add_area(site, name="Ground floor", parent=whole.pk)
        room = add_area(site, name="Plant room", parent=floor.pk)
    return whole, floor, room


def test_it_draws_the_tree_with_positions_inside(cast: Cast) -> None:
    _, _, room = house(cast.depot)
    with see_all():
        add_position(cast.depot, name="Boiler 1", tag_number="B-1", product_class="Boiler", area=room.pk)
        add_position(cast.depot, name="Main valve")
        at = inside(cast.depot)
    assert [(node.level, node.area.name, node.count) for node in at.in_order()] == [
        (0, "Boiler house", 3),
        (1, "Ground floor", 2),
        (2, "Plant room", 1),
    ]
    assert [each.name for each in at.positions] == ["Main valve"]
    assert at.path(room) == "Boiler house / Ground floor / Plant room"


def test_it_refuses_a_loop_in_words(cast: Cast) -> None:
    whole, _, room = house(cast.depot)
    with see_all():
        for into, said in ((room, "Plant room, which lies in it"), (whole, "cannot go into itself")):
            with refused("area_not_there", match=said):
                change_area(whole, name=whole.name, kind="", notes="", parent=into.pk)


def test_it_refuses_an_area_of_another_site(cast: Cast) -> None:
    with see_all():
        elsewhere = add_area(cast.mill, name="Yard")
        for act in (
            lambda: add_area(cast.depot, name="Shed", parent=elsewhere.pk),
            lambda: add_position(cast.depot, name="Pump", area=elsewhere.pk),
        ):
            with refused("area_not_there", match="not at Depot"):
                act()


def test_it_moves_an_area_with_all_that_lies_in_it(cast: Cast) -> None:
    _, floor, room = house(cast.depot)
    with see_all():
        change_area(floor, name="Ground floor", kind="Floor", notes="", parent=None)
        at = inside(cast.depot)
    assert at.path(room) == "Ground floor / Plant room"
    assert [node.area.name for node in at.tops] == ["Boiler house", "Ground floor"]


def test_it_refuses_a_name_twice_in_one_place_and_a_tag_twice_on_the_site(cast: Cast) -> None:
    whole, _, room = house(cast.depot)
    with see_all():
        with refused("name_taken", match="“ground FLOOR” is there already, in Boiler house"):
            add_area(cast.depot, name="ground FLOOR", parent=whole.pk)
        add_area(cast.depot, name="Ground floor")
        add_position(cast.depot, name="Boiler 1", tag_number="b-1", area=room.pk)
        with refused("tag_number_taken", match="Boiler 1 at Depot has the tag number"):
            add_position(cast.depot, name="Boiler 2", tag_number="B-1")
        second = add_position(cast.depot, name="Boiler 1")
        with refused("name_taken"):
            change_position(second, name="Boiler 1", tag_number="", product_class="", area=room.pk)
        add_position(cast.mill, name="Boiler 1", tag_number="B-1")


@pytest.mark.parametrize(("one", "other"), [("MIX", "mıx"), ("SEAL", "ſeal"), ("MASSE", "maße")])
def test_it_takes_names_and_tags_that_only_other_foldings_take_for_one(cast: Cast, one: str, other: str) -> None:
    with see_all():
        add_area(cast.depot, name=one)
        add_area(cast.depot, name=other)
        add_position(cast.depot, name=one, tag_number=one)
        add_position(cast.depot, name=other, tag_number=other)
        with refused("tag_number_taken", match=f"{other} at Depot"):
            add_position(cast.depot, name="Third", tag_number=other)


def test_it_removes_only_what_is_empty_and_says_what_is_in_it(cast: Cast) -> None:
    whole, floor, room = house(cast.depot)
    with see_all():
        add_position(cast.depot, name="Boiler 1", area=floor.pk)
        with refused("area_not_empty", match=r"1 area and 1 position \(Plant room, Boiler 1\)"):
            remove_area(floor)
        with refused("area_not_empty", match=r"1 area \(Ground floor\)"):
            remove_area(whole)
        remove_area(room)
        assert not Area.objects.filter(pk=room.pk).exists()


def test_a_dispatcher_adds_one_after_another_in_the_same_place(cast: Cast, client_of: SignIn) -> None:
    client, here = client_of(cast.bob), f"/sites/{cast.depot.pk}/areas/"
    whole, _, _ = house(cast.depot)
    response = client.post(f"{here}add/area/", {"name": " First  floor ", "kind": "Floor", "into": whole.pk})
    assert (response.status_code, response.headers["Location"]) == (303, f"{here}?what=area&in={whole.pk}")
    again = client.get(response.headers["Location"]).text
    assert "autofocus" in again
    assert f'<option value="{whole.pk}" selected>' in again
    assert "First floor" in again
    response = client.post(
        f"{here}add/position/", {"name": "Boiler 1", "tag_number": "B-1", "product_class": "Boiler", "into": whole.pk}
    )
    assert response.status_code == 303
    with see_all():
        assert Position.objects.get(site=cast.depot).area == whole


def test_what_was_typed_wrong_stays_in_the_line(cast: Cast, client_of: SignIn) -> None:
    client, here = client_of(cast.bob), f"/sites/{cast.depot.pk}/areas/add/"
    house(cast.depot)
    for what, typed, status, said in (
        ("area", {"name": ""}, 422, "required"),
        ("area", {"name": "boiler HOUSE"}, 409, "is there already"),
        ("area", {"name": "Shed", "into": "987654"}, 422, "not at this site"),
        ("area", {"name": "Shed", "into": "x"}, 422, "not at this site"),
        ("area", {"name": "x" * 101}, 422, "at most 100"),
        ("position", {"name": "nul\0"}, 422, "Null"),
    ):
        response = client.post(f"{here}{what}/", typed)
        assert response.status_code == status, typed
        assert said in response.text
    assert client.post(f"{here}nonsense/", {"name": "Shed"}).status_code == 303
    with see_all():
        assert Area.objects.filter(site=cast.depot).count() == 3


def test_it_edits_and_removes_on_the_screen(cast: Cast, client_of: SignIn) -> None:
    client = client_of(cast.bob)
    whole, floor, room = house(cast.depot)
    response = client.post(f"/areas/{whole.pk}/edit/", {"name": "Boiler house", "into": room.pk})
    assert (response.status_code, "which lies in it" in response.text) == (409, True)
    assert client.post(f"/areas/{floor.pk}/edit/", {"name": "Level 0", "kind": "Floor"}).status_code == 303
    assert "is not empty" in client.get(f"/areas/{floor.pk}/remove/").text
    assert client.post(f"/areas/{floor.pk}/remove/").status_code == 409
    assert client.post(f"/areas/{room.pk}/remove/").status_code == 303
    with see_all():
        floor.refresh_from_db()
        assert (floor.name, floor.parent_id) == ("Level 0", None)


def test_others_may_not_touch_what_they_do_not_see_or_may_not_change(cast: Cast, client_of: SignIn) -> None:
    whole, _, _ = house(cast.vault)
    mine, _, _ = house(cast.depot)
    bob, charlie = client_of(cast.bob), client_of(cast.charlie)
    assert bob.get(f"/sites/{cast.vault.pk}/areas/").status_code == 404
    assert bob.post(f"/sites/{cast.vault.pk}/areas/add/area/", {"name": "Shed"}).status_code == 404
    assert bob.post(f"/areas/{whole.pk}/edit/", {"name": "Shed"}).status_code == 404
    assert bob.post(f"/areas/{whole.pk}/remove/").status_code == 404
    response = bob.post(f"/sites/{cast.depot.pk}/areas/add/area/", {"name": "Shed", "into": whole.pk})
    assert (response.status_code, "Boiler house" in response.text) == (422, True)
    page = charlie.get(f"/sites/{cast.depot.pk}/areas/")
    assert (page.status_code, "Add an area" in page.text, "Plant room" in page.text) == (200, False, True)
    assert charlie.post(f"/areas/{mine.pk}/edit/", {"name": "Shed"}).status_code == 403


def test_five_hundred_areas_cost_no_more_queries(cast: Cast, client_of: SignIn) -> None:
    client, site = client_of(cast.alice), make_site(make_customer(), "Campus")
    address = f"/sites/{site.pk}/areas/"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    with see_all():
        top = Area.objects.create(site=site, name="House 0")
        Area.objects.bulk_create(Area(site=site, name=f"Room {n}", parent=top if n % 2 else None) for n in range(500))
        Position.objects.bulk_create(Position(site=site, name=f"Unit {n}", area=top) for n in range(200))
    with CaptureQueriesContext(connection) as many:
        page = client.get(address)
    assert len(many) == len(few)
    assert page.text.count('class="row"') == 701
