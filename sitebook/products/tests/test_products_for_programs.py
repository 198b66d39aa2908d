"""Products by token: one field is changed and nothing else, whatever a generated client sends."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone

from sitebook.api.views import description
from sitebook.products.models import Product
from sitebook.users.models import Scope
from sitebook.users.tokens import make
from tests.cast import see_all

pytestmark = pytest.mark.django_db


def call(user, method, path, body=None, **headers):
    with see_all():
        _token, secret = make(user, name="Test", scopes=[Scope.READ, Scope.WRITE], days=30, now=timezone.now())
    text = "" if body is None else json.dumps(body)
    client = Client(headers={"Authorization": f"Bearer {secret}", **headers})
    return client.generic(method, f"/api/v1/{path}", text, content_type="application/json")


def test_a_product_is_added_read_and_changed_field_by_field(cast):
    added = call(cast.bob, "POST", "products", {"code": "MPC", "brand": "Ricoh", "price": 12.5, "currency": "EUR"})
    assert added.status_code == 201, added.content
    pk = added.json()["id"]
    read = call(cast.bob, "GET", f"products/{pk}")
    changed = call(cast.bob, "PATCH", f"products/{pk}", {"brand": "Lanier"}, **{"If-Match": read["ETag"]})
    assert changed.status_code == 200, changed.content
    assert {**read.json(), "brand": "Lanier", "maker": "Lanier", "name": "Lanier"} == {
        **changed.json(), "updated_at": read.json()["updated_at"], "version": read.json()["version"],
    }  # fmt: skip


def test_values_are_judged_as_the_form_judges_them(cast):
    unknown = call(cast.bob, "POST", "products", {"code": "x", "price": 5})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/currency")
    taken = call(cast.bob, "POST", "products", {"code": "x", "currency": "UKP"})
    assert taken.status_code == 422
    assert call(cast.vera, "POST", "products", {"code": "x"}).status_code == 403


def test_many_are_written_in_one_request(cast):
    with see_all():
        there = Product.add(code="A")
    rows = [{"code": "B"}, {"id": there.pk, "version": there.version, "unit": "piece"}, {"code": "a"}]
    answer = call(cast.bob, "POST", "products/bulk", {"items": rows}).json()
    assert (answer["added"], answer["changed"], answer["refused"]) == (1, 1, 1)


def test_the_document_names_no_default_and_nothing_required_in_a_change():
    shapes = description()["components"]["schemas"]
    assert "required" not in shapes["ProductFields"]
    assert not [name for name, field in shapes["ProductFields"]["properties"].items() if "default" in field]
    assert shapes["NewProduct"]["required"] == ["code"]
