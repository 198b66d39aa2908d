"""Supplies, parts, accessories and successors: configured on the product's page, by programs and from files."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from sitebook.basics.refused import Refused, StaleEdit
from sitebook.products.meter_types import MeterType
from sitebook.products.models import Product
from sitebook.products.related_files import take_related
from sitebook.products.relationships import ProductRelationship
from sitebook.products.tests.test_products_for_programs import call
from tests.cast import see_all

pytestmark = pytest.mark.django_db
KIND = ProductRelationship.Kind


@pytest.fixture
def shop(cast):
    """A printer, its toner, a tray, and a meter type."""
    with see_all():
        printer = Product.add(code="MS310", brand="Lexmark", model="MS310dn")
        toner = Product.add(code="T-50", brand="Lexmark", model="50F2H00", kind=Product.Kind.SUPPLY)
        tray = Product.add(code="TR-1", description="Paper tray", kind=Product.Kind.PART)
        pages = MeterType.add(name="Pages mono", unit="page")
    return printer, toner, tray, pages


def all_of(product):
    with see_all():
        return [(each.kind, each.related.code, each.expected_yield, each.quantity)
                for each in ProductRelationship.objects.of(product)]  # fmt: skip


def test_an_office_user_adds_changes_and_removes_a_supply_on_the_products_page(cast, client_of, shop):
    printer, toner, _tray, pages = shop
    client = client_of(cast.bob)
    typed = {
        "kind": "supply",
        "related_text": "t-50",
        "quantity": "1",
        "meter_type": pages.pk,
        "expected_yield": "5000",
    }
    answer = client.post(f"/products/{printer.pk}/related/new/", typed)
    assert answer["Location"] == f"/products/{printer.pk}/related/"
    assert all_of(printer) == [("supply", "T-50", Decimal(5000), Decimal(1))]
    page = client.get(f"/products/{printer.pk}/related/").content.decode()
    assert "5,000" in page
    assert "Lexmark 50F2H00" in page
    other = client.get(f"/products/{toner.pk}/related/").content.decode()
    assert "Used in" in other
    assert "Lexmark MS310dn" in other
    with see_all():
        made = ProductRelationship.objects.get()
    typed |= {"related": toner.pk, "related_text": "", "quantity": "2,5", "version": made.version}
    assert client.post(f"/related-products/{made.pk}/", typed).status_code == 303
    assert all_of(printer) == [("supply", "T-50", Decimal(5000), Decimal("2.5"))]
    history = client.get(f"/products/{printer.pk}/history/").content.decode()
    assert "Quantity" in history
    assert "Lexmark 50F2H00" in history
    assert client.post(f"/related-products/{made.pk}/remove/").status_code == 303
    assert all_of(printer) == []


def test_who_may_not_change_products_sees_them_only(cast, client_of, shop):
    printer, toner, _tray, _pages = shop
    with see_all():
        made = ProductRelationship.add(product=printer, related=toner, kind=KIND.SUPPLY)
    viewer = client_of(cast.vera)
    page = viewer.get(f"/products/{printer.pk}/related/").content.decode()
    assert "50F2H00" in page
    assert "Remove" not in page
    assert viewer.get(f"/products/{printer.pk}/related/new/").status_code == 403
    assert viewer.post(f"/related-products/{made.pk}/remove/").status_code == 403


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": KIND.SUPPLY, "related": 1}, "related_already"),
        ({"kind": KIND.SUPPLY, "related": 2}, "not_a_supply"),
        ({"kind": KIND.PART, "related": 0}, "related_to_itself"),
        ({"kind": KIND.PART, "related": 2, "quantity": Decimal(0)}, "not_above_zero"),
        ({"kind": KIND.PART, "related": 2, "expected_yield": Decimal(5)}, "yield_without_meter"),
    ],
)
def test_what_cannot_be_is_refused_by_name(cast, shop, values, code):
    with see_all():
        ProductRelationship.add(product=shop[0], related=shop[1], kind=KIND.SUPPLY)
        with pytest.raises(Refused) as refusal:
            ProductRelationship.add(product=shop[0], **values | {"related": shop[values["related"]]})
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"related": 0, "kind": "part"}, "a_product_is_not_related_to_itself"),
        ({"related": 1}, "two_products_are_related_once_in_a_way"),
        ({"related": 2}, "a_supply_is_a_product_of_kind_supply"),
        ({"related": 2, "kind": "part", "quantity": 0}, "a_quantity_is_above_zero"),
        ({"related": 2, "kind": "part", "expected_yield": 0, "meter_type": 3}, "an_expected_yield_is_above_zero"),
        ({"related": 2, "kind": "part", "expected_yield": 1}, "an_expected_yield_is_counted_by_a_meter"),
    ],
)
def test_the_database_holds_it_too(cast, shop, values, constraint):
    made = {"kind": "supply", "product": shop[0]} | values
    made |= {name: shop[made[name]] for name in ("related", "meter_type") if name in made}
    with see_all():
        ProductRelationship.add(product=shop[0], related=shop[1], kind=KIND.SUPPLY)
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ProductRelationship.objects.create(**made)


def test_a_supply_of_others_stays_a_supply(cast, client_of, shop):
    printer, toner, tray, _pages = shop
    with see_all():
        ProductRelationship.add(product=printer, related=toner, kind=KIND.SUPPLY)
        with pytest.raises(Refused) as refusal:
            toner.change(version=toner.version, kind=Product.Kind.PART)
        assert refusal.value.code == "supply_of_others"
        with pytest.raises(IntegrityError, match="a_supply_is"), transaction.atomic():
            Product.objects.filter(pk=toner.pk).update(kind="part")
    chosen = {"pick": [toner.pk, tray.pk], "act": "kind", "kind": "fee", "address": "/products/"}
    page = client_of(cast.bob).post("/bulk/products/", chosen, follow=True).content.decode()
    assert "is a supply of 1 other product" in page
    with see_all():
        assert set(Product.objects.values_list("code", "kind")) >= {("TR-1", "fee"), ("T-50", "supply")}


def test_supplies_are_what_an_order_offers(cast, shop):
    printer, toner, tray, _pages = shop
    with see_all():
        ProductRelationship.add(product=printer, related=toner, kind=KIND.SUPPLY)
        ProductRelationship.add(product=printer, related=tray, kind=KIND.PART)
        assert [each.related.code for each in ProductRelationship.objects.of(printer).supplies()] == ["T-50"]
        toner.archive(by_id=None, at="2026-01-01T00:00Z")
        assert not ProductRelationship.objects.of(printer).supplies()


def test_archiving_says_how_many_are_related(cast, client_of, shop):
    with see_all():
        ProductRelationship.add(product=shop[0], related=shop[1], kind=KIND.SUPPLY)
    page = client_of(cast.bob).get(f"/products/{shop[1].pk}/archive/").content.decode()
    assert "1 related product" in page


def test_programs_add_read_change_and_remove(cast, shop):
    printer, toner, _tray, _pages = shop
    body = {"kind": "supply", "product": "t-50", "meter_type": "pages MONO", "expected_yield": 5000}
    added = call(cast.bob, "POST", f"products/{printer.pk}/related", body)
    assert added.status_code == 201, added.content
    told = added.json()
    assert (told["product"]["id"], told["meter_type"]["name"], float(told["quantity"])) == (toner.pk, "Pages mono", 1)
    again = call(cast.bob, "POST", f"products/{printer.pk}/related", body)
    assert (again.status_code, again.json()["code"]) == (409, "related_already")
    wrong = call(cast.bob, "POST", f"products/{printer.pk}/related", body | {"product": "nothing"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/product")
    address = f"related-products/{told['id']}"
    changed = call(cast.bob, "PATCH", address, {"quantity": 2}, **{"If-Match": added["ETag"]})
    assert changed.status_code == 200, changed.content
    assert call(cast.bob, "PATCH", address, {"quantity": 3}, **{"If-Match": added["ETag"]}).status_code == 412
    both = call(cast.vera, "GET", f"products/{toner.pk}/related").json()
    assert [each["of"]["id"] for each in both["used_in"]] == [printer.pk]
    assert call(cast.vera, "POST", f"{address}/remove").status_code == 403
    assert call(cast.bob, "POST", f"{address}/remove").status_code == 200
    assert call(cast.bob, "GET", address).status_code == 404


def test_a_file_of_all_is_taken_back_and_changes_nothing(cast, client_of, shop, tmp_path):
    printer, toner, tray, pages = shop
    with see_all():
        ProductRelationship.add(
            product=printer, related=toner, kind=KIND.SUPPLY, meter_type=pages, expected_yield=Decimal("1500.5")
        )
        ProductRelationship.add(product=printer, related=tray, kind=KIND.PART, quantity=Decimal(2))
    answer = client_of(cast.vera).get("/related-products/export.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    names = {"product": "Product", "kind": "Kind of relationship", "related": "Related product",
             "meter_type": "Meter type", "expected_yield": "Expected yield", "quantity": "Quantity"}  # fmt: skip
    lines = "\n".join(f'{name} = "{column}"' for name, column in names.items())
    (tmp_path / "r.toml").write_text(f'register = "related-products"\ntitle = "R"\n[relationship]\n{lines}\n')
    (tmp_path / "r.csv").write_text(text + "MS310,Supply,TR-1,,,1\nMS310,Part,X-9,,,1\nMS310,Part,TR-1,,,0\n")
    report = take_related(tmp_path / "r.csv", mapping=str(tmp_path / "r.toml"), everything=True)
    assert (report.created, report.updated, report.unchanged, report.refused) == (0, 0, 2, 3), report.as_text()
    assert [row.column for row in report.refused_rows] == ["Related product", "Related product", "Quantity"]
    (tmp_path / "r.csv").write_text(text.replace("1500.5", "1600") + "T-50,Accessory,TR-1,,,1\n")
    report = take_related(tmp_path / "r.csv", mapping=str(tmp_path / "r.toml"), everything=True)
    assert (report.created, report.updated, report.unchanged, report.refused) == (1, 1, 1, 0), report.as_text()


def test_a_change_onto_a_newer_one_is_refused(cast, shop):
    with see_all():
        made = ProductRelationship.add(product=shop[0], related=shop[1], kind=KIND.SUPPLY)
        made.change(version=made.version, quantity=Decimal(2))
        with pytest.raises(StaleEdit):
            made.change(version=made.version - 1, quantity=Decimal(3))


def test_a_gauge_does_not_begin_again(cast, client_of):
    client = client_of(cast.bob)
    typed = {"name": "Pressure", "unit": "bar", "behaviour": "gauge", "decimals": "1", "rollover_limit": "100"}
    refused = client.post("/meter-types/new/", typed)
    assert refused.status_code == 422
    assert "does not begin again" in refused.content.decode()
    assert client.post("/meter-types/new/", typed | {"behaviour": "counting"}).status_code == 303
    assert client.post("/meter-types/new/", typed | {"name": "PRESSURE", "rollover_limit": ""}).status_code == 409
