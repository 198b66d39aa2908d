"""Assets on pages, for programs and from files: add, find, change, who sees whose name."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.assets.models import Asset
from sitebook.assets.periods import OwnPlace
from sitebook.assets.register import ASSETS
from sitebook.products.classes import ProductClass
from sitebook.products.models import Product
from sitebook.registers.imports import take
from sitebook.users.models import Scope
from sitebook.users.tokens import make
from tests.cast import see_all

pytestmark = pytest.mark.django_db


def add(**values):
    with see_all():
        return Asset.add(**values)


def product():
    with see_all():
        return Product.add(
            code="HT-5", brand="Riello", model="RS 5", product_class=ProductClass.called_or_new("Burner")
        )


def call(user, method, path, body=None, **headers):
    with see_all():
        _token, secret = make(user, name="Test", scopes=[Scope.READ, Scope.WRITE], days=30, now=timezone.now())
    text = "" if body is None else json.dumps(body)
    client = Client(headers={"Authorization": f"Bearer {secret}", **headers})
    return client.generic(method, f"/api/v1/{path}", text, content_type="application/json")


def rows_of(client, address):
    """The references the list shows, in its order."""
    return re.findall(r'<th scope="row"[^>]*><a [^>]*title="([^"]*)"', client.get(address).content.decode())


def test_choosing_a_product_fills_three_fields_that_stay_editable(cast, client_of):
    burner = product()
    client = client_of(cast.bob)
    typed = {"product": burner.pk, "description": "Burner of boiler 1", "owner": cast.acme.pk, "site": cast.depot.pk,
             "serial": "X 1", "lifecycle": "in service", "condition": "working",
             "cost_centre": "4711 / Ärger"}  # fmt: skip
    assert client.post("/assets/new/", typed).status_code == 303
    with see_all():
        made = Asset.objects.select_related("owner", "site", "product_class").get()
    assert (made.brand, made.description, str(made.product_class)) == ("Riello", "Burner of boiler 1", "Burner")
    assert (made.owner, made.site, made.cost_centre) == (cast.acme, cast.depot, "4711 / Ärger")
    page = client.get(f"/assets/{made.pk}/").content.decode()
    assert "Acme Supermarkets" in page
    assert "Depot" in page
    assert client.get(f"/assets/from-product/?product={burner.pk}").json() == {
        "brand": "Riello", "description": "RS 5", "product_class": str(burner.product_class_id),
        "product_class_text": "Burner",
    }  # fmt: skip


def test_programs_get_the_same_fields_and_keep_their_own(cast):
    burner = product()
    with see_all():
        other = Product.add(code="B2", brand="Weishaupt")
    added = call(cast.bob, "POST", "assets", {"product": burner.pk, "owner": cast.acme.pk, "site": cast.depot.pk})
    assert added.status_code == 201, added.content
    told = added.json()
    assert (told["brand"], told["product_class"]["name"], told["owner"]["name"]) == (
        "Riello",
        "Burner",
        "Acme Supermarkets",
    )
    version = {"If-Match": added["ETag"]}
    changed = call(cast.bob, "PATCH", f"assets/{told['id']}", {"brand": "Own words"}, **version)
    again = call(cast.bob, "PATCH", f"assets/{told['id']}", {"product": burner.pk}, **{"If-Match": changed["ETag"]})
    assert again.json()["brand"] == "Own words"
    swapped = call(cast.bob, "PATCH", f"assets/{told['id']}", {"product": other.pk}, **{"If-Match": again["ETag"]})
    assert swapped.json()["brand"] == "Weishaupt"


def test_a_taken_serial_is_refused_with_a_link_to_who_has_it(cast, client_of):
    holder = add(owner=cast.acme, serial="S-77")
    hidden = add(owner=cast.cedar, serial="S-88")
    client = client_of(cast.bob)
    seen = client.post("/assets/new/", {"serial": "s77", "lifecycle": "in service", "condition": "working"})
    assert seen.status_code == 409
    assert f'href="/assets/{holder.pk}/"' in seen.content.decode()
    secret = client.post("/assets/new/", {"serial": "s 88", "lifecycle": "in service", "condition": "working"})
    assert secret.status_code == 409
    assert hidden.reference not in secret.content.decode()
    assert "already in use" in secret.content.decode()


def test_a_name_one_may_not_see_reads_another_customer_everywhere(cast, client_of):
    leased = add(owner=cast.cedar, site=cast.depot, description="Leased lift")
    away = add(owner=cast.acme, site=cast.vault, description="Own lift")
    client = client_of(cast.charlie)
    shown = client.get("/assets/?sort=-reference").content.decode()
    assert rows_of(client, "/assets/") == [leased.reference, away.reference]
    assert shown.count("another customer") == 2
    assert "Cedar" not in shown
    assert "Vault" not in shown
    for asset in (leased, away):
        page = client.get(f"/assets/{asset.pk}/").content.decode()
        assert "another customer" in page
        assert "Cedar" not in page
        assert client.get(f"/assets/{asset.pk}/history/").status_code == 200
        assert client.get(f"/assets/{asset.pk}/installation/").status_code == 200
    text = b"".join(client.get("/assets/export.csv").streaming_content).decode()
    assert text.count("another customer") == 3, "an owner, a site, and whose site it is"
    listed = call(cast.charlie, "GET", "assets").json()
    assert listed["count"]["number"] == 2
    assert {row["owner"]["name"] for row in listed["items"]} == {"another customer", "Acme Supermarkets"}
    assert f"/assets/{leased.pk}/" in client.get("/search/?q=leased").content.decode()
    assert rows_of(client_of(cast.vera), "/assets/") == []


def test_the_list_is_narrowed_by_what_people_ask_for(cast, client_of):
    first = add(owner=cast.acme, site=cast.mill, brand="Otis", serial="1", warranty_end="2999-01-01")
    second = add(owner=cast.birch, site=cast.depot, brand="Kone", serial="2", condition="down")
    with see_all():
        van = OwnPlace.add(name="Van 3", kind="van")
    third = add(own_place=van, serial="3")
    client = client_of(cast.bob)
    for query, found in (
        (f"owner={cast.acme.pk}", [first]),
        ("owner=own", [third]),
        (f"at={cast.acme.pk}", [second]),
        (f"either={cast.acme.pk}", [first, second]),
        (f"site={cast.mill.pk}", [first]),
        (f"own_place={van.pk}", [third]),
        ("place_kind=van", [third]),
        ("brand=Kone", [second]),
        ("condition=down", [second]),
        ("warranty=holds", [first]),
        ("q=kone", [second]),
        ("sort=-serial", [third, second, first]),
    ):
        assert rows_of(client, f"/assets/?{query}") == [each.reference for each in found], query


def test_the_owners_sites_are_offered_first(cast, client_of):
    page = client_of(cast.bob).get(f"/assets/sites-to-pick/?owner={cast.birch.pk}").content.decode()
    assert "Mill" in page
    assert "Depot" not in page


def test_an_office_user_archives_and_an_engineer_looks(cast, client_of):
    asset = add(owner=cast.acme)
    assert client_of(cast.charlie).get(f"/assets/{asset.pk}/edit/").status_code == 403
    assert client_of(cast.bob).post(f"/assets/{asset.pk}/archive/", {"reason": "gone"}).status_code == 303
    assert rows_of(client_of(cast.bob), "/assets/") == []
    assert client_of(cast.vera).get(f"/assets/{asset.pk}/").status_code == 404


def test_many_are_changed_at_once(cast, client_of):
    picks = [add(owner=cast.acme).pk, add(owner=cast.birch).pk]
    chosen = {"pick": picks, "act": "condition", "condition": "limited", "address": "/assets/"}
    assert client_of(cast.bob).post("/bulk/assets/", chosen).status_code == 303
    with see_all():
        assert {each.condition for each in Asset.objects.all()} == {"limited"}


MAPPING = """
register = "assets"
title = "Lifts"

[asset]
serial = "number"
owner = "owner"
site = "building"
type = "type"
product = "product"
"""
ROWS = """number,owner,building,type,product
1P-1,Acme Supermarkets,D-1,Passenger,
1P-2,Acme Supermarkets,Nowhere,Passenger,
1P-3,Nobody,D-1,Freight,
1P-4,Birch Housing,Mill,,HT-5
1p1,Acme Supermarkets,Depot,Freight,
"""


def test_a_file_names_owner_and_site_and_says_which_rows_it_refuses(cast, tmp_path):
    product()
    (tmp_path / "lifts.toml").write_text(MAPPING)
    (tmp_path / "lifts.csv").write_text(ROWS)
    report = take(ASSETS, tmp_path / "lifts.csv", mapping=str(tmp_path / "lifts.toml"), everything=True)
    assert (report.created, report.refused) == (2, 3)
    assert [(row.line, row.column) for row in report.refused_rows] == [(3, "building"), (4, "owner"), (6, "number")]
    again = take(ASSETS, tmp_path / "lifts.csv", mapping=str(tmp_path / "lifts.toml"), everything=True)
    assert (again.created, again.updated, again.unchanged, again.refused) == (0, 0, 2, 3)
    (tmp_path / "lifts.csv").write_text("number,owner,building,type,product\n1P-1,Birch Housing,Mill,Freight,\n")
    moved = take(ASSETS, tmp_path / "lifts.csv", mapping=str(tmp_path / "lifts.toml"), everything=True)
    assert (moved.updated, moved.refused) == (0, 1)
    with acting(user=cast.vera, via="screen"):
        assert Asset.objects.get().brand == "Riello"


def test_what_hangs_on_a_record_is_said_before_it_is_archived_or_handed_over(cast, client_of):
    boiler = add(owner=cast.acme, site=cast.depot)
    add(owner=cast.birch, parent=boiler)
    client = client_of(cast.alice)
    for address, text, linked in (
        (f"/customers/{cast.acme.pk}/archive/", "1 asset of theirs", f"/assets/?owner={cast.acme.pk}"),
        (f"/customers/{cast.acme.pk}/archive/", "1 asset of others at their sites", f"/assets/?at={cast.acme.pk}"),
        (f"/sites/{cast.depot.pk}/archive/", "2 assets stand there", f"/assets/?site={cast.depot.pk}"),
        (f"/sites/{cast.depot.pk}/hand-over/?to={cast.cedar.pk}&day=2026-01-01", "2 assets", "/assets/?site="),
        (f"/assets/{boiler.pk}/archive/", "1 asset is mounted on it", ""),
    ):
        page = client.get(address).content.decode()
        assert text in page, address
        assert linked in page, address


def test_its_page_says_first_how_it_is_and_whether_its_warranty_holds(cast, client_of):
    day = timezone.localdate()
    held = add(serial="W 1", owner=cast.acme, site=cast.depot, condition="down", warranty_end=day)
    over = add(serial="W 2", owner=cast.acme, site=cast.depot, warranty_end=day - timedelta(days=1))
    early = add(
        serial="W 3", owner=cast.acme, warranty_start=day + timedelta(days=1), warranty_end=day + timedelta(days=9)
    )

    def badges(asset):
        page = client_of(cast.bob).get(f"/assets/{asset.pk}/installation/").content.decode()
        return re.findall(r'<span class="badge ([a-z]+)">([^<]*)</span>', page)

    assert badges(held) == [("good", "In service"), ("bad", "Down"), ("good", "In warranty")]
    assert badges(over) == badges(early) == [("good", "In service"), ("good", "Working")]
