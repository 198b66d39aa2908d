"""Products from a file: found again by their code, refused by line, the same as typed."""

from __future__ import annotations

import pytest

from sitebook.products.models import Product
from sitebook.products.register import PRODUCTS
from sitebook.registers.imports import take
from tests.cast import see_all

pytestmark = pytest.mark.django_db

MAPPING = """
register = "products"
title = "Printers"
blank = ["-"]

[product]
code = "id"
brand = "make"
model = "model"
kind = { text = "equipment" }
price = "price"
currency = "currency"
tags = ["tags", "more"]
"""
ROWS = """id,make,model,price,currency,tags,more
A-1,Ricoh,Aficio 1,12.50,EUR,mono,A4
a-1,Lanier,Aficio 1,,,,
B-2,Lexmark,MS310,7,UKP,,
C-3,Epson,Stylus,-,,"colour, A4",
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "printers.toml").write_text(MAPPING)
    (tmp_path / "printers.csv").write_text(ROWS)
    return tmp_path


def taken(files, **options):
    return take(PRODUCTS, files / "printers.csv", mapping=str(files / "printers.toml"), everything=True, **options)


def test_rows_become_products_and_the_others_are_refused_by_line(cast, files):
    report = taken(files)
    assert (report.created, report.refused) == (2, 2)
    assert [(row.line, row.column) for row in report.refused_rows] == [(3, "id"), (4, "currency")]
    with see_all():
        ricoh = Product.objects.get(code="A-1")
    assert (str(ricoh), str(ricoh.price), ricoh.tags) == ("Ricoh Aficio 1", "12.5000", ["mono", "A4"])


def test_the_same_file_again_changes_nothing(cast, files):
    taken(files)
    again = taken(files)
    assert (again.created, again.updated, again.unchanged, again.refused) == (0, 0, 2, 2)


def test_a_changed_cell_changes_that_product_alone(cast, files):
    taken(files)
    (files / "printers.csv").write_text(ROWS.replace("A-1,Ricoh,Aficio 1,12.50", "a-1,Ricoh,Aficio 1,13"))
    report = taken(files)
    assert [(each.field, each.old, each.new) for each in report.changes if each.field == "price"] == [
        ("price", "12.5000", "13.0000")
    ]


def test_a_dry_run_writes_nothing(cast, files):
    report = taken(files, dry_run=True)
    with see_all():
        assert (report.created, Product.objects.count()) == (2, 0)
