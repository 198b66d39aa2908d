"""Specifications by class: declared once, written on the form, by programs and from files, and told with units."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from sitebook.access.identity import acting
from sitebook.basics.refused import NotAllowed, Refused, StaleEdit
from sitebook.products.classes import ProductClass, SpecificationField
from sitebook.products.models import Product
from sitebook.products.register import PRODUCTS
from sitebook.products.tests.test_products_for_programs import call
from sitebook.registers.imports import take
from tests.cast import see_all

pytestmark = pytest.mark.django_db
KIND = SpecificationField.Kind


@pytest.fixture
def boiler(cast):
    """A class with a specification of every kind."""
    with see_all():
        found = ProductClass.add(name="Boiler")
        for label, kind, more in (
            ("Power", KIND.NUMBER, {"unit": "kW", "least": Decimal(0), "most": Decimal(500)}),
            ("Burners", KIND.WHOLE, {}),
            ("Fuel", KIND.CHOICE, {"choices": [{"label": "Natural gas"}, {"label": "Oil"}]}),
            ("Condensing", KIND.YES_NO, {}),
            ("Approved on", KIND.DATE, {}),
            ("Flue", KIND.TEXT, {}),
        ):
            SpecificationField.add(product_class=found, label=label, kind=kind, **more)
    return found


def field(product_class, key):
    with see_all():
        return SpecificationField.objects.get(product_class=product_class, key=key)


def add(product_class, **values):
    with see_all():
        return Product.add(code="B-1", product_class=product_class, **values)


def sent(product, values):
    with see_all():
        read = PRODUCTS.read({"specifications": values}, now=product)
        PRODUCTS.saved(product, version=product.version, values=read)
    return product.specifications


def test_an_office_user_says_what_is_written_of_a_class(cast, client_of):
    client = client_of(cast.bob)
    assert client.post("/product-classes/new/", {"name": "Lift"}).status_code == 303
    with see_all():
        lift = ProductClass.objects.get()
    address = f"/product-classes/{lift.pk}/specifications/new/"
    typed = {"choices-TOTAL_FORMS": "2", "choices-INITIAL_FORMS": "0"}
    typed |= {"label": "Load", "kind": "number", "unit": "kg", "least": "1", "most": "9000,5"}
    assert client.post(address, typed).status_code == 303
    chosen = {"label": "Drive", "kind": "choice", "choices-0-label": "Traction", "choices-1-label": "Hydraulic"}
    assert client.post(address, typed | chosen | {"unit": "", "least": "", "most": ""}).status_code == 303
    page = client.get(f"/product-classes/{lift.pk}/").content.decode()
    assert "From 1 to 9,000.5." in page
    assert "Traction, Hydraulic" in page
    assert page.index("Load") < page.index("Drive")
    assert client.post(f"/specifications/{field(lift, 'drive').pk}/up/").status_code == 303
    page = client.get(f"/product-classes/{lift.pk}/").content.decode()
    assert page.index("Drive") < page.index("Load")
    assert "Load" in client.get(f"/product-classes/{lift.pk}/history/").content.decode()


def test_who_may_not_change_products_reads_a_class_only(cast, client_of, boiler):
    viewer = client_of(cast.vera)
    page = viewer.get(f"/product-classes/{boiler.pk}/").content.decode()
    assert "From 0 to 500." in page
    assert "New specification" not in page
    assert viewer.get(f"/product-classes/{boiler.pk}/specifications/new/").status_code == 403
    assert viewer.post(f"/specifications/{field(boiler, 'power').pk}/archive/").status_code == 403


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"label": "power ", "kind": "text"}, "already"),
        ({"label": "X", "kind": "number", "least": "5", "most": "4"}, "above the highest"),
        ({"label": "X", "kind": "choice"}, "at least one choice"),
        ({"label": "X", "kind": "text", "unit": "kW"}, "Only numbers"),
        ({"label": " ", "kind": "text"}, "required"),
    ],
)
def test_a_specification_that_cannot_be_is_refused_in_words(cast, client_of, boiler, typed, says):
    lines = {"choices-TOTAL_FORMS": "1", "choices-INITIAL_FORMS": "0"}
    answer = client_of(cast.bob).post(f"/product-classes/{boiler.pk}/specifications/new/", lines | typed)
    assert answer.status_code in (409, 422)
    assert says in answer.content.decode()


def test_the_form_of_a_product_asks_for_what_its_class_says(cast, client_of, boiler):
    client = client_of(cast.bob)
    answer = client.post("/products/new/", {"code": "B-1", "kind": "equipment", "product_class_text": "boiler"})
    address = answer["Location"]
    form = client.get(f"{address}edit/").content.decode()
    assert form.index("Power (kW)") < form.index("Burners") < form.index("Fuel")
    with see_all():
        product = Product.objects.get(product_class=boiler)
    typed = {"code": "B-1", "kind": "equipment", "product_class": str(boiler.pk), "version": product.version}
    named = {key: f"specification_{field(boiler, key).pk}" for key in ("power", "fuel", "condensing", "approved_on")}
    values = {"power": "24,5", "fuel": "oil", "condensing": "no", "approved_on": "2026-03-01"}
    typed |= {named[key]: value for key, value in values.items()}
    refused = client.post(f"{address}edit/", typed | {named["power"]: "501"})
    assert refused.status_code == 422
    assert "outside the limits of Power" in refused.content.decode()
    assert client.post(f"{address}edit/", typed).status_code == 303
    page = client.get(address).content.decode()
    for text in ("<dt>Power</dt><dd>24.5 kW</dd>", "<dt>Fuel</dt><dd>Oil</dd>", "<dt>Condensing</dt><dd>no</dd>"):
        assert text in page
    assert "Burners" not in page
    history = client.get(f"{address}history/").content.decode()
    assert "24.5 kW" in history
    assert "Approved on" in history


def test_two_who_edit_at_once_are_asked(cast, client_of, boiler):
    product = add(boiler)
    power = field(boiler, "power")
    base = json.dumps({power.name: None})
    version = product.version
    sent(product, {"power": 12})
    typed = {"code": "B-1", "kind": "equipment", "product_class": boiler.pk, "version": version, "base": base}
    answer = client_of(cast.bob).post(f"/products/{product.pk}/edit/", typed | {power.name: "13"})
    assert answer.status_code == 409
    assert "12 kW" in answer.content.decode()


def test_programs_send_and_read_them_by_key(cast, boiler):
    body = {
        "code": "B-1",
        "product_class": "BOILER",
        "specifications": {"power": 24.5, "fuel": "Oil", "condensing": True},
    }
    added = call(cast.bob, "POST", "products", body)
    assert added.status_code == 201, added.content
    told = added.json()["specifications"]
    assert told == {
        "power": 24.5,
        "burners": None,
        "fuel": "oil",
        "condensing": True,
        "approved_on": None,
        "flue": None,
    }
    assert added.json()["product_class"]["name"] == "Boiler"
    address = f"products/{added.json()['id']}"
    changed = call(cast.bob, "PATCH", address, {"specifications": {"fuel": None, "burners": 2}},
                   **{"If-Match": added["ETag"]})  # fmt: skip
    assert changed.status_code == 200, changed.content
    assert changed.json()["specifications"] == told | {"fuel": None, "burners": 2}
    refused = call(cast.bob, "PATCH", address, {"specifications": {"weight": 3}}, **{"If-Match": changed["ETag"]})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/specifications")
    assert "power, burners" in refused.content.decode()
    back = call(cast.bob, "PATCH", address, {"specifications": told}, **{"If-Match": changed["ETag"]})
    assert back.json()["specifications"] == told
    listed = call(cast.bob, "GET", "products").json()["items"]
    assert listed[0]["specifications"] == told


def test_a_file_fills_them_and_the_list_as_a_file_holds_them(cast, client_of, boiler, tmp_path):
    (tmp_path / "b.toml").write_text(
        'register = "products"\ntitle = "B"\n[product]\ncode = "code"\nproduct_class = "class"\n'
        'specifications.power = "kw"\n'
    )
    (tmp_path / "b.csv").write_text(
        "code,class,kw,Burners\nB-1,boiler,24.5,2\nB-2,Boiler,900,1\nC-1,Copier,,\nD,Copier,1,\n"
    )
    report = take(PRODUCTS, tmp_path / "b.csv", mapping=str(tmp_path / "b.toml"), everything=True)
    assert report.created == 2
    assert [(row.line, "limits" in row.reason) for row in report.refused_rows] == [(3, True), (5, False)]
    again = take(PRODUCTS, tmp_path / "b.csv", mapping=str(tmp_path / "b.toml"), everything=True)
    assert (again.unchanged, again.updated) == (2, 0)
    with see_all():
        assert sorted(ProductClass.objects.values_list("name", flat=True)) == ["Boiler", "Copier"]
    answer = client_of(cast.bob).get("/products/export.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    row = dict(zip(lines[0].split(","), next(line for line in lines if "B-1" in line).split(","), strict=True))
    assert (row["Power (kW)"], row["Burners"], row["Class"]) == ("24.5", "2", "Boiler")


def test_another_class_keeps_what_fits_and_says_what_would_be_lost(cast, boiler):
    with see_all():
        heat_pump = ProductClass.add(name="Heat pump")
        SpecificationField.add(product_class=heat_pump, label="Power", kind=KIND.NUMBER, unit="kW")
        SpecificationField.add(product_class=heat_pump, label="Fuel", kind=KIND.CHOICE, choices=[{"label": "Oil"}])
    product = add(boiler)
    sent(product, {"power": 24.5, "fuel": "Oil", "burners": 2})
    refused = call(cast.bob, "PATCH", f"products/{product.pk}", {"product_class": "Heat pump"},
                   **{"If-Match": f'"{product.version}"'})  # fmt: skip
    assert refused.status_code == 422
    assert "Burners: 2" in refused.content.decode()
    assert "Power" not in refused.json()["errors"][0]["detail"]
    body = {"product_class": "Heat pump", "specifications": {"burners": None}}
    done = call(cast.bob, "PATCH", f"products/{product.pk}", body, **{"If-Match": f'"{product.version}"'})
    assert done.status_code == 200, done.content
    assert done.json()["specifications"] == {"power": 24.5, "fuel": "oil"}


def test_the_form_says_what_another_class_would_lose(cast, client_of, boiler):
    with see_all():
        lift = ProductClass.add(name="Lift")
    product = add(boiler)
    sent(product, {"power": 24.5})
    power = field(boiler, "power")
    typed = {"code": "B-1", "kind": "equipment", "product_class": str(lift.pk), "version": product.version}
    client = client_of(cast.bob)
    answer = client.post(f"/products/{product.pk}/edit/", typed | {power.name: "24.5"})
    assert answer.status_code == 409
    assert "Power: 24.5 kW" in answer.content.decode()
    assert client.post(f"/products/{product.pk}/edit/", typed | {power.name: ""}).status_code == 303
    with see_all():
        assert Product.objects.get().specifications == {}


def test_a_class_given_to_many_refuses_those_that_would_lose_something(cast, client_of, boiler):
    with see_all():
        lift = ProductClass.add(name="Lift")
        plain = Product.add(code="L")
    product = add(boiler)
    sent(product, {"power": 24.5})
    chosen = {"pick": [product.pk, plain.pk], "act": "product_class", "product_class": lift.pk, "address": "/products/"}
    page = client_of(cast.bob).post("/bulk/products/", chosen, follow=True).content.decode()
    assert "Power: 24.5 kW" in page
    with see_all():
        assert Product.objects.get(pk=plain.pk).product_class_id == lift.pk
        assert Product.objects.get(pk=product.pk).product_class_id == boiler.pk


def test_an_archived_specification_keeps_its_values(cast, client_of, boiler):
    product = add(boiler)
    sent(product, {"power": 24.5})
    power, client = field(boiler, "power"), client_of(cast.bob)
    assert client.post(f"/specifications/{power.pk}/archive/").status_code == 303
    assert "24.5 kW" not in client.get(f"/products/{product.pk}/").content.decode()
    assert client.post(f"/specifications/{power.pk}/restore/").status_code == 303
    assert "24.5 kW" in client.get(f"/products/{product.pk}/").content.decode()


def test_a_choice_is_renamed_anywhere_and_taken_away_only_where_nobody_chose_it(cast, boiler):
    fuel = field(boiler, "fuel")
    product = add(boiler)
    sent(product, {"fuel": "Oil"})
    gas, oil = fuel.choices
    with see_all():
        with pytest.raises(Refused) as refusal:
            fuel.change(version=fuel.version, choices=[gas])
        assert refusal.value.code == "choice_in_use"
        fuel.refresh_from_db()
        fuel.change(version=fuel.version, choices=[gas, oil | {"label": "Heating oil"}])
        assert product.further_facts()[0][1][0].text == "Heating oil"
        fuel.change(version=fuel.version, choices=[fuel.choices[1]])
        with pytest.raises(StaleEdit):
            fuel.change(version=1, label="Energy")


def test_who_does_not_see_everything_takes_no_choice_away(cast, boiler):
    fuel = field(boiler, "fuel")
    with acting(user=cast.bob, via="screen"), pytest.raises(NotAllowed):
        fuel.change(version=fuel.version, choices=fuel.choices[:1])


@pytest.mark.parametrize("value", ['"abc"', "true", "12.5", '"-0"'])
def test_the_database_keeps_out_what_does_not_suit(cast, boiler, value):
    product = add(boiler)
    power = field(boiler, "power")
    with see_all(), pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(specifications={str(power.pk): json.loads(value)})
    with see_all(), pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(specifications={"0": "1"})


def test_a_class_that_is_renamed_is_found_and_shown_by_its_new_name(cast, client_of, boiler):
    product, client = add(boiler, model="Vitodens"), client_of(cast.bob)
    assert "Vitodens" in client.get("/search/?q=boiler").content.decode()
    with see_all():
        boiler.change(version=boiler.version, name="Furnace")
    assert f"/products/{product.pk}/" in client.get("/products/?q=furnace").content.decode()
    assert f"/products/{product.pk}/" not in client.get("/products/?q=boiler").content.decode()
    assert f"/products/{product.pk}/" in client.get(f"/products/?product_class={boiler.pk}").content.decode()


def test_a_name_is_one_classs_however_it_is_written(cast, client_of, boiler):
    answer = client_of(cast.bob).post("/product-classes/new/", {"name": "BOILER"})
    assert answer.status_code == 409
    assert "already" in answer.content.decode()
    with see_all():
        boiler.archive(by_id=None, at="2026-01-01T00:00Z")
    refused = call(cast.bob, "POST", "products", {"code": "X", "product_class": "boiler"})
    assert refused.status_code == 422
    assert "is archived" in refused.content.decode()
