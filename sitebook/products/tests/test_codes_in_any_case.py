"""Two codes are one when the database's LOWER() says so, by form, API and import alike."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from sitebook.products.models import Product
from sitebook.products.register import PRODUCTS
from sitebook.products.tests.test_import_products import MAPPING
from sitebook.products.tests.test_products_for_programs import call
from sitebook.registers.imports import take
from tests.cast import see_all

pytestmark = pytest.mark.django_db

# What is there, and what is typed next. UPPER() makes ı an I and ſ an S; casefold makes ß ss, ſ s and a Kelvin sign k.
OTHERS = [("MIX-1", "mıx-1"), ("SEAL", "ſeal"), ("MASSE", "maße"), ("MASSE", "MAẞE")]
SAME = [("MIX-1", "mix-1"), ("STRAßE", "straẞe"), ("ΟΔΟΣ", "οδοσ")]
ASKED = [("KIT", "\N{KELVIN SIGN}it"), ("INCI", "İnci"), ("İNCİ", "inci"), ("\N{KELVIN SIGN}", "k")]


def are_one(one: str, other: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT LOWER(%s::text) = LOWER(%s::text)", [one, other])
        return bool(cursor.fetchone()[0])


def there_is(code: str, **values: str) -> Product:
    with see_all():
        return Product.add(code=code, **values)


def codes() -> int:
    with see_all():
        return Product.objects.count()


@pytest.mark.parametrize(("there", "typed"), [*OTHERS, *SAME, *ASKED])
def test_form_interface_and_import_agree_with_the_constraint(cast, client_of, tmp_path, there, typed):
    one = are_one(there, typed)
    assert (there, typed) in ASKED or one == ((there, typed) in SAME)
    product = there_is(there)

    (tmp_path / "printers.toml").write_text(MAPPING)
    heading = "id,make,model,price,currency,tags,more"
    (tmp_path / "printers.csv").write_text(f"{heading}\n{typed},Ricoh,,,,,\n{there},,,,,,\n", encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before_the_import")
    report = take(
        PRODUCTS, tmp_path / "printers.csv", mapping=str(tmp_path / "printers.toml"), everything=True, user=None
    )
    assert (report.created, report.updated, report.refused) == ((0, 1, 1) if one else (1, 0, 0)), report.refused_rows
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT before_the_import")

    answer = call(cast.bob, "POST", "products", {"code": typed})
    assert answer.status_code == (409 if one else 201), answer.content
    if not one:
        return
    assert json.loads(answer.content)["code"] == "code_taken"
    form = client_of(cast.bob).post("/products/new/", {"code": typed, "kind": "equipment"})
    assert form.status_code == 409
    with see_all():
        product.archive(by_id=cast.alice.pk, reason="", at=product.created_at)
    form = client_of(cast.bob).post("/products/new/", {"code": typed, "kind": "equipment"})
    assert f"The archived product {product.reference} has the code" in form.content.decode()


@pytest.mark.parametrize(("there", "typed"), OTHERS)
def test_a_form_takes_a_code_that_only_other_foldings_take_for_one(cast, client_of, there, typed):
    there_is(there)
    form = client_of(cast.bob).post("/products/new/", {"code": typed, "kind": "equipment"})
    assert (form.status_code, codes()) == (303, 2)


def test_the_refusal_names_the_product_that_has_the_code_and_no_other(cast, client_of):
    with see_all():
        dotless = Product.add(code="mıx")
        dotless.archive(by_id=cast.alice.pk, reason="", at=dotless.created_at)
        Product.add(code="MIX")
    form = client_of(cast.bob).post("/products/new/", {"code": "mix", "kind": "equipment"})
    assert form.status_code == 409
    assert dotless.reference not in form.content.decode()
