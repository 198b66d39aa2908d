"""The registers of products and of their classes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.products import specifications
from sitebook.products.classes import ProductClass
from sitebook.products.models import Product, amounts_have_a_currency
from sitebook.registers.columns import plain_column
from sitebook.registers.field import Field
from sitebook.registers.operations import Reading
from sitebook.registers.register import Register
from sitebook.ui.filters import Choice
from sitebook.values.codes import CURRENCY
from sitebook.values.kinds import Number
from sitebook.values.references import Reference

_AMOUNT = Number(digits=14, places=4, least=Decimal(0), rounds=True)

CLASSES = Register(
    model=ProductClass,
    path="product-classes",
    see=Permission.SEE_PRODUCTS,
    change=Permission.CHANGE_PRODUCTS,
    archive=Permission.ARCHIVE_PRODUCTS,
    in_rail=False,
    fields=[Field("name", sort="name_key", key=True, told=False)],
    new_label=_("New product class"),
    selected_label=_("Selected product classes"),
    placeholder=_("Filter by name"),
    empty=(
        _("What sorts of products are there?"),
        _("A class, such as boiler or lift, says which specifications are written down."),
    ),
    help="products",
)


def class_options() -> list[tuple[str, str]]:
    """The classes to filter by."""
    return [(str(pk), name) for pk, name in ProductClass.objects.order_by("name_key").values_list("pk", "name")]


def class_text(row: Any) -> str:
    """The class of a row that is read with it."""
    return row.product_class.name if row.product_class else ""


def _rows() -> QuerySet[Product]:
    return Product.objects.select_related("product_class")


def _told_rows(_asked: Any) -> QuerySet[Product]:
    return _rows().prefetch_related("product_class__fields")


PRODUCTS = Register(
    model=Product,
    path="products",
    see=Permission.SEE_PRODUCTS,
    change=Permission.CHANGE_PRODUCTS,
    archive=Permission.ARCHIVE_PRODUCTS,
    rows=_rows,
    fields=[
        Field("name", label=_("Product"), writes="never", imported=False, told=False, sort="name_key"),
        Field("code", column="l2", sort="code_key", key=True),
        Field("brand", column="p2", filter=True, bulk=True, words=True),
        Field("model", column=""),
        Field("description", column="p3"),
        Field(
            "product_class",
            kind=Reference(
                to=ProductClass, picker="product-classes:pick", called=ProductClass.called_or_new, makes=True
            ),
            column=None,
            bulk=True,
            help=_("What sort of thing it is, such as boiler or lift. A new word makes a new class."),
        ),
        Field("kind", column="r2", filter=True, bulk=True),
        Field("unit", bulk=True),
        Field("warranty_months", bulk=True),
        Field("cost", kind=_AMOUNT, section=_("Money")),
        Field("price", kind=_AMOUNT, column="r1", section=_("Money")),
        Field("currency", kind=CURRENCY, column="p3", bulk=True, section=_("Money")),
        Field("specifications", kind=specifications.Specifications(), column=None, asked=False, told=False),
    ],
    columns=[plain_column("product_class", _("Class"), "product_class__name", value=class_text, look="p2")],
    filters=[Choice("product_class", _("Class"), class_options)],
    list_order=("name", "code", "brand", "model", "description", "product_class", "kind", "unit"),
    checks=[amounts_have_a_currency, specifications.nothing_lost],
    follows=specifications.following,
    more=specifications.with_columns,
    parts=specifications.parts,
    reading=Reading(rows=_told_rows, also={"specifications": specifications.for_programs}),
    key="p",
    beside=[CLASSES],
    new_label=_("New product"),
    selected_label=_("Selected products"),
    placeholder=_("Filter by code, brand or model"),
    empty=(_("What do you sell and look after?"), _("A product is equipment, a part, a supply, labour or a fee.")),
    help="products",
)
