"""What products have by declaration: custom fields, documents, changes of many, saved views, webhooks, history."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sitebook.custom_fields.models import CustomField
from sitebook.files.models import Document
from sitebook.products.models import Product
from tests.cast import see_all

pytestmark = pytest.mark.django_db


def add(**values):
    with see_all():
        return Product.add(**{"code": "MPC-3002", "brand": "Ricoh", "model": "Aficio"} | values)


def test_a_field_of_the_firms_own_is_written_shown_and_filtered_by(cast, client_of):
    with see_all():
        CustomField.add(register="products_product", label="Weight in kg", kind=CustomField.Kind.NUMBER)
    product = add()
    client = client_of(cast.bob)
    form = client.get(f"/products/{product.pk}/edit/").content.decode()
    assert "Weight in kg" in form
    typed = {"code": "MPC-3002", "brand": "Ricoh", "model": "Aficio", "kind": "equipment", "version": product.version,
             "custom_weight_in_kg": "42.5"}  # fmt: skip
    assert client.post(f"/products/{product.pk}/edit/", typed).status_code == 303
    assert "42.5" in client.get(f"/products/{product.pk}/").content.decode()
    narrowed = client.get("/products/?custom.weight_in_kg.from=50").content.decode()
    assert "Nothing matches" in narrowed


def test_a_document_is_added_and_read_by_everybody_who_signs_in(cast, client_of):
    product = add()
    sent = {"files": SimpleUploadedFile("Manual.txt", b"Press the green button.")}
    assert client_of(cast.bob).post(f"/products/{product.pk}/documents/", sent).status_code == 303
    with see_all():
        document = Document.objects.get()
    assert document.customer_id is None
    shown = client_of(cast.vera).get(f"/products/{product.pk}/documents/").content.decode()
    assert "Manual.txt" in shown
    read = client_of(cast.vera).get(f"/documents/{document.pk}/Manual.txt")
    assert b"".join(read.streaming_content) == b"Press the green button."


def test_many_are_changed_and_the_change_is_taken_back(cast, client_of):
    first, second = add(), add(code="B")
    client = client_of(cast.bob)
    chosen = {"pick": [first.pk, second.pk], "act": "brand", "brand": "Lanier", "address": "/products/"}
    assert client.post("/bulk/products/", chosen).status_code == 303
    with see_all():
        assert {each.brand for each in Product.objects.all()} == {"Lanier"}


def test_a_change_that_breaks_a_rule_of_several_fields_is_refused_by_name(cast, client_of):
    product = add(price=5, currency="EUR")
    client = client_of(cast.bob)
    chosen = {"pick": [product.pk], "act": "currency", "currency": "", "address": "/products/"}
    answer = client.post("/bulk/products/", chosen, follow=True)
    assert "Say in which currency" in answer.content.decode()
    with see_all():
        assert Product.objects.get().currency == "EUR"


def test_a_list_is_kept_as_a_view(cast, client_of):
    add()
    answer = client_of(cast.bob).post("/lists/products/save/?kind=part", {"name": "Parts"})
    assert answer.status_code == 303
    assert answer["Location"].startswith("/products/?view=")
