"""Products on pages and for programs: add, find, change, archive; whatever came by declaration works."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

from sitebook.products.models import Product
from tests.cast import see_all

pytestmark = pytest.mark.django_db


def rows_of(client, address):
    """The names the list shows, in its order."""
    return re.findall(r'<th scope="row"[^>]*><a [^>]*title="([^"]*)"', client.get(address).content.decode())


def add(**values):
    with see_all():
        return Product.add(**{"code": "MPC-3002", "brand": "Ricoh", "model": "Aficio MP C3002"} | values)


def test_an_office_user_adds_a_product(cast, client_of):
    client = client_of(cast.bob)
    typed = {"code": " ls  310dn ", "brand": "Lexmark", "model": "MS310dn", "kind": "equipment",
             "cost": "120.5", "price": "199", "currency": "GBP", "warranty_months": "24",
             "tags": "mono, A4"}  # fmt: skip
    answer = client.post("/products/new/", typed)
    with see_all():
        made = Product.objects.get(brand="Lexmark")
    assert answer.status_code == 303
    assert answer["Location"] == f"/products/{made.pk}/"
    assert (made.code, str(made), made.price, made.tags) == (
        "ls 310dn",
        "Lexmark MS310dn",
        Decimal(199),
        ["mono", "A4"],
    )
    page = client.get(f"/products/{made.pk}/").content.decode()
    assert "Lexmark MS310dn" in page
    assert "<dd>24</dd>" in page
    assert "<dd>120.50</dd>" in page
    assert ">199.00</td>" in client.get("/products/").content.decode()
    assert "Bob Baker" in client.get(f"/products/{made.pk}/history/").content.decode()


def test_a_code_is_one_products_however_it_is_written(cast, client_of):
    add()
    answer = client_of(cast.bob).post("/products/new/", {"code": "mpc-3002", "kind": "equipment"})
    assert answer.status_code == 409
    assert "already in use" in answer.content.decode()


def test_an_amount_needs_a_currency(cast, client_of):
    answer = client_of(cast.bob).post("/products/new/", {"code": "x", "kind": "fee", "price": "5"})
    assert answer.status_code == 422
    assert "in which currency" in answer.content.decode()


def test_everybody_sees_products_and_few_change_them(cast, client_of):
    product = add()
    viewer = client_of(cast.vera)
    assert "Ricoh" in viewer.get("/products/").content.decode()
    assert viewer.get(f"/products/{product.pk}/edit/").status_code == 403
    assert viewer.post("/products/new/", {"code": "y"}).status_code == 403


def test_the_list_finds_sorts_and_narrows(cast, client_of):
    add()
    add(code="L-1", brand="Lexmark", model="MS310dn", kind="part")
    client = client_of(cast.bob)
    ricoh, lexmark = "Ricoh Aficio MP C3002", "Lexmark MS310dn"
    assert rows_of(client, "/products/?q=aficio") == [ricoh]
    assert rows_of(client, "/products/?kind=part") == [lexmark]
    assert rows_of(client, "/products/?brand=Lexmark") == [lexmark]
    assert rows_of(client, "/products/?sort=-code") == [ricoh, lexmark]
    assert "Ricoh" in client.get("/search/?q=MPC3002").content.decode()


def test_edit_says_who_saved_first(cast, client_of):
    product = add()
    client = client_of(cast.bob)
    form = client.get(f"/products/{product.pk}/edit/").content.decode()
    assert 'value="MPC-3002"' in form
    with see_all():
        Product.objects.get(pk=product.pk).change(version=product.version, brand="Lanier")
    typed = {"code": "MPC-3002", "brand": "NRG", "model": product.model, "kind": "equipment",
             "version": product.version, "base": json.dumps({"brand": "Ricoh"})}  # fmt: skip
    answer = client.post(f"/products/{product.pk}/edit/", typed)
    assert answer.status_code == 409
    assert "Lanier" in answer.content.decode()


def test_archive_and_restore(cast, client_of):
    product = add()
    client = client_of(cast.bob)
    assert client.post(f"/products/{product.pk}/archive/", {"reason": "sold out"}).status_code == 303
    assert rows_of(client, "/products/") == []
    assert "sold out" in client.get(f"/products/{product.pk}/").content.decode()
    assert client.post(f"/products/{product.pk}/restore/").status_code == 303
    assert rows_of(client, "/products/") == ["Ricoh Aficio MP C3002"]


def test_files_hold_every_product(cast, client_of):
    add(price=Decimal("12.5"), currency="EUR")
    answer = client_of(cast.bob).get("/products/export.csv")
    text = b"".join(answer.streaming_content).decode()
    assert "MPC-3002" in text
    assert "12.5" in text
