"""Assets on the pages of customers and sites: what is owned, what stands there, counted, drawn, added on the spot."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.utils import timezone

from sitebook.assets.acts import Doing
from sitebook.assets.models import Asset
from sitebook.assets.moves import sell
from sitebook.assets.of_customers import EXACT
from sitebook.customers.groups import put_under
from sitebook.products.classes import ProductClass
from sitebook.products.models import Product
from tests.cast import make_customer, make_site, see_all

pytestmark = pytest.mark.django_db
STATE = {"lifecycle": "in service", "condition": "working"}


def add(**values):
    with see_all():
        return Asset.add(**values)


def many_of(owner, number):
    with see_all():
        Asset.objects.bulk_create([Asset(owner=owner) for _ in range(number)])


def names_of(client, address):
    """What the rows of a list are called, in its order."""
    return re.findall(r'<th scope="row"[^>]*><a [^>]*title="([^"]*)"', client.get(address).content.decode())


def numbers_of(client, address):
    """The figures of a customer's summary."""
    page = client.get(address).content.decode()
    numbers = re.search(r'<div class="numbers">(.*?)</div>', page, re.DOTALL).group(1)
    return dict(re.findall(r"<a [^>]*>([^<]*?)\s*<b>([^<]*)</b>", numbers))


def parts_of(client, address, heading):
    """The legend of a drawn breakdown: words, number and address of each part."""
    page = client.get(address).content.decode()
    section = page[page.index(f">{heading}</h2>") :]
    legend = section[section.index('<ul class="legend">') : section.index("</ul>")]
    found = re.findall(r'<a href="([^"]*)">.*?<span class="truncate">([^<]*)</span><b>([^<]*)</b>', legend)
    return {words: (int(number), address.replace("&amp;", "&")) for address, words, number in found}


def test_owned_on_location_and_either_list_what_they_say(cast, client_of):
    add(owner=cast.acme, site=cast.depot, serial="HERE")
    add(owner=cast.acme, site=cast.mill, serial="AWAY")
    add(owner=cast.birch, site=cast.depot, serial="GUEST")
    add(site=cast.depot, serial="OURS")
    add(owner=cast.birch, site=cast.mill, serial="NEITHER")
    client, address = client_of(cast.bob), f"/customers/{cast.acme.pk}/assets/"
    assert names_of(client, address) == ["HERE", "AWAY"]
    assert names_of(client, f"{address}?which=at") == ["HERE", "GUEST", "OURS"]
    assert names_of(client, f"{address}?which=either") == ["HERE", "AWAY", "GUEST", "OURS"]
    assert numbers_of(client, f"/customers/{cast.acme.pk}/") == {
        "Sites": "1",
        "Assets owned": "2",
        "Assets on location": "3",
    }
    assert names_of(client, f"/sites/{cast.depot.pk}/assets/") == ["HERE", "GUEST", "OURS"]


def test_the_tab_shows_serial_brand_product_code_site_and_cost_centre(cast, client_of):
    with see_all():
        burner = Product.add(code="HT-5", brand="Riello", model="RS 5")
    made = add(owner=cast.acme, site=cast.depot, serial="S-1", brand="Riello", product=burner, cost_centre="4711")
    page = client_of(cast.bob).get(f"/customers/{cast.acme.pk}/assets/").content.decode()
    row = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL).group(1)
    assert f'href="/assets/{made.pk}/"' in row
    assert f'href="/products/{burner.pk}/">HT-5</a>' in row
    assert f'href="/sites/{cast.depot.pk}/">Depot</a>' in row
    for text in ("S-1", "Riello", "4711"):
        assert text in row
    heads = re.findall(r"<th[^>]*scope=\"col\"[^>]*>(.*?)</th>", page, re.DOTALL)
    said = [re.sub(r"<[^>]*>", "", head).strip() for head in heads]
    assert said[:6] == ["Serial number", "Brand", "Product code", "Description", "Site", "Cost centre"]


def test_a_new_asset_is_added_on_top_of_the_tab_and_the_list_stays(cast, client_of):
    with see_all():
        kind = ProductClass.called_or_new("Burner")
        burner = Product.add(code="HT-5", brand="Riello", model="RS 5", product_class=kind)
    add(owner=cast.acme, serial="OLD")
    client, address = client_of(cast.bob), f"/customers/{cast.acme.pk}/assets/"
    page = client.get(f"{address}?new=yes").content.decode()
    assert page.index('id="asset-form"') < page.index('title="OLD"')
    typed = {"product": burner.pk, "serial": "N-1", "site": cast.depot.pk, "cost_centre": "any / text ½"}
    answer = client.post(address, typed)
    assert (answer.status_code, answer["Location"]) == (303, address)
    with see_all():
        made = Asset.objects.get(serial="N-1")
    assert (made.owner_id, made.site_id, made.cost_centre) == (cast.acme.pk, cast.depot.pk, "any / text ½")
    assert (made.brand, made.description, made.product_class_id) == ("Riello", "RS 5", kind.pk)
    assert names_of(client, address) == ["OLD", "N-1"]


def test_a_refused_form_stays_on_top_with_what_was_typed(cast, client_of):
    holder = add(owner=cast.acme, serial="S-77")
    client, address = client_of(cast.bob), f"/customers/{cast.acme.pk}/assets/"
    answer = client.post(address, {"serial": " s77", "cost_centre": "kept"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'<a href="/assets/{holder.pk}/">{holder.reference}</a>' in page
    assert 'value="kept"' in page
    assert 'title="S-77"' in page
    assert client.post(address, {"site": "999999999"}).status_code == 422


def test_a_site_adds_what_stands_there_owned_by_its_customer_or_another(cast, client_of):
    client, address = client_of(cast.bob), f"/sites/{cast.depot.pk}/assets/"
    form = client.get(f"{address}?new=yes").content.decode()
    assert f'name="owner" value="{cast.acme.pk}"' in form
    assert client.post(address, {"serial": "A", "owner": cast.acme.pk}).status_code == 303
    assert client.post(address, {"serial": "B", "owner": cast.birch.pk}).status_code == 303
    assert client.post(address, {"serial": "C"}).status_code == 303
    with see_all():
        found = dict(Asset.objects.filter(site=cast.depot).values_list("serial", "owner"))
    assert found == {"A": cast.acme.pk, "B": cast.birch.pk, "C": None}


def test_who_may_only_look_sees_the_tab_without_the_form(cast, client_of):
    client, address = client_of(cast.vera), f"/customers/{cast.birch.pk}/assets/"
    assert "New asset" not in client.get(address).content.decode()
    assert client.get(f"{address}?new=yes").status_code == 403
    assert client.post(address, {"serial": "X"}).status_code == 403
    assert client.get(f"/customers/{cast.acme.pk}/assets/").status_code == 404
    assert client.get(f"/sites/{cast.depot.pk}/assets/").status_code == 404
    with see_all():
        assert not Asset.objects.exists()


def test_the_sites_offered_are_those_of_the_sites_tab(cast, client_of):
    for number in range(30):
        make_site(cast.acme, f"Branch {number:02}")
    gone = make_site(cast.acme, "Gone")
    with see_all():
        gone.archive(by_id=None, at=timezone.now())
    client = client_of(cast.bob)
    offered = re.findall(
        r'data-label="([^"]*)"', client.get(f"/assets/sites-to-pick/?owner={cast.acme.pk}").content.decode()
    )
    listed = names_of(client, f"/customers/{cast.acme.pk}/sites/")
    assert offered == listed
    assert len(listed) == 31


def test_breakdowns_add_up_and_each_part_lists_what_it_counts(cast, client_of):
    with see_all():
        lift, boiler = (ProductClass.called_or_new(name) for name in ("Lift", "Boiler"))
    for number in range(6):
        add(owner=cast.acme, site=cast.depot, product_class=lift, serial=f"L{number}")
    for number in range(3):
        add(owner=cast.acme, product_class=boiler, lifecycle="in workshop", serial=f"B{number}")
    add(owner=cast.acme, serial="plain", lifecycle="planned")
    add(owner=cast.birch, site=cast.depot, serial="not theirs", product_class=lift)
    client = client_of(cast.bob)
    address = f"/customers/{cast.acme.pk}/"
    states = parts_of(client, address, "Assets by status")
    classes = parts_of(client, address, "Assets by class")
    assert {words: number for words, (number, _) in states.items()} == {
        "In service": 6,
        "In workshop": 3,
        "Planned": 1,
    }
    assert {words: number for words, (number, _) in classes.items()} == {"Lift": 6, "Boiler": 3, "No class": 1}
    for number, part in [*states.values(), *classes.values()]:
        assert len(names_of(client, part)) == number
    for number in range(3):
        add(owner=cast.birch, site=cast.depot, serial=f"M{number}", product_class=boiler)
    there = parts_of(client, f"/sites/{cast.depot.pk}/assets/", "Assets by class")
    assert {words: number for words, (number, _) in there.items()} == {"Lift": 7, "Boiler": 3}
    assert len(names_of(client, there["Boiler"][1])) == 3


def test_branches_count_with_the_switch(cast, client_of):
    with see_all():
        put_under(cast.birch, parent=cast.acme, since=date(2020, 1, 1))
    add(owner=cast.acme, serial="A")
    add(owner=cast.birch, serial="B")
    client = client_of(cast.bob)
    assert names_of(client, f"/customers/{cast.acme.pk}/assets/") == ["A"]
    assert names_of(client, f"/customers/{cast.acme.pk}/assets/?group=yes") == ["A", "B"]


def test_the_list_of_customers_shows_both_numbers(cast, client_of):
    add(owner=cast.acme, site=cast.mill)
    add(owner=cast.birch, site=cast.mill)
    add(owner=cast.cedar, site=cast.mill)
    add(owner=cast.birch, site=cast.vault)
    page = client_of(cast.vera).get("/customers/").content.decode()
    birch = f"/customers/{cast.birch.pk}/assets/"
    assert f'<a href="{birch}">2</a>' in page
    assert f'<a href="{birch}?which=at">3</a>' in page


def test_beyond_a_thousand_it_only_says_that_there_are_more(cast, client_of):
    owner = make_customer("Many")
    many_of(owner, EXACT)
    client = client_of(cast.alice)
    assert numbers_of(client, f"/customers/{owner.pk}/")["Assets owned"] == "1,000"
    many_of(owner, 1)
    assert numbers_of(client, f"/customers/{owner.pk}/")["Assets owned"] == "1,000+"
    assert "1,000+" in client.get("/customers/").content.decode()


def test_one_entry_gathers_customers_and_assets_with_one_new(cast, client_of):
    made = add(owner=cast.acme, description="Lift of the depot")
    page = client_of(cast.bob).get("/customers-and-assets/").content.decode()
    assert page.count('href="/customers-and-assets/"') >= 1
    for address in ("/customers/new/", "/assets/new/", "/customers/", "/assets/", f"/assets/{made.pk}/"):
        assert f'href="{address}"' in page
    seen = client_of(cast.vera).get("/customers-and-assets/").content.decode()
    assert "Lift of the depot" not in seen
    assert "/assets/new/" not in seen
    assert "Acme" not in seen


def test_a_new_customer_at_once_offers_site_contact_and_asset(cast, client_of):
    client = client_of(cast.alice)
    answer = client.post("/customers/new/", {"name": "Fresh Bakery", "kind": "company", "head_country": "GB"})
    page = client.get(answer["Location"]).content.decode()
    pk = answer["Location"].strip("/").rpartition("/")[2]
    for address in (f"/sites/new/?customer={pk}", f"/contacts/new/?customer={pk}", f"/customers/{pk}/assets/?new=yes"):
        assert f'href="{address}' in page


def test_as_of_a_day_the_tab_lists_what_was_owned_and_stood_there_then(cast, client_of):
    lift = add(owner=cast.acme, site=cast.depot, serial="L-1")
    with see_all():
        sell(lift, cast.birch, Doing(day=date(2024, 5, 1), today=date(2026, 6, 1), by_id=None))
    client, day = client_of(cast.bob), "on=2020-05-01"
    assert names_of(client, f"/customers/{cast.acme.pk}/assets/") == []
    assert names_of(client, f"/customers/{cast.acme.pk}/assets/?{day}") == ["L-1"]
    assert names_of(client, f"/customers/{cast.birch.pk}/assets/?{day}") == []
    assert names_of(client, f"/customers/{cast.birch.pk}/assets/") == ["L-1"]
    assert names_of(client, f"/sites/{cast.depot.pk}/assets/?{day}") == ["L-1"]
    then = client.get(f"/customers/{cast.acme.pk}/assets/?{day}").content.decode()
    assert "New asset" not in then
    assert re.search(rf'href="/customers/{cast.acme.pk}/assets/\?[^"]*{day}&amp;which=at"', then)
