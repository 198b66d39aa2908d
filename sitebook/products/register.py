"""The registers of products, their classes and the types of their meters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.products import specifications
from sitebook.products.classes import ProductClass
from sitebook.products.makers import Maker, fill_spellings, maker_filter, maker_name, maker_text, spellings_told
from sitebook.products.meter_types import MOST_DECIMALS, MeterType, rollover_is_a_counters
from sitebook.products.models import Product, amounts_have_a_currency
from sitebook.products.relationships import related_to
from sitebook.registers.columns import plain_column
from sitebook.registers.field import Field
from sitebook.registers.operations import Reading
from sitebook.registers.register import Register
from sitebook.registers.schemas import not_published
from sitebook.registers.tabs import Tab
from sitebook.ui.filters import Choice
from sitebook.values.codes import CURRENCY
from sitebook.values.kinds import Number, Whole
from sitebook.values.references import Reference

_AMOUNT = Number(digits=14, places=4, least=Decimal(0), rounds=True, shown=2)

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


MAKERS = Register(
    model=Maker,
    path="makers",
    see=Permission.SEE_PRODUCTS,
    change=Permission.CHANGE_PRODUCTS,
    archive=Permission.ARCHIVE_PRODUCTS,
    in_rail=False,
    fields=[Field("name", sort="name_key", key=True, told=False)],
    columns=[
        plain_column(
            "spellings", _("Spellings"), "pk", look="p2", fill=fill_spellings, value=lambda row: row.spelling_names
        )
    ],
    list_order=("name", "spellings"),
    reading=Reading(also_one=lambda row, _asked: {"spellings": spellings_told(row)}),
    also_read={"spellings": not_published(list[Any], "How its name is written, on one maker.")},
    new_label=_("New maker"),
    selected_label=_("Selected makers"),
    placeholder=_("Filter by name or spelling"),
    empty=(_("Who makes what you look after?"), _("A maker is known by one name and written in many ways.")),
    help="products",
)

METER_TYPES = Register(
    model=MeterType,
    path="meter-types",
    see=Permission.SEE_PRODUCTS,
    change=Permission.CHANGE_PRODUCTS,
    archive=Permission.ARCHIVE_PRODUCTS,
    in_rail=False,
    fields=[
        Field("name", sort="name_key", key=True, told=False, help=_("Such as “Pages mono” or “Running hours”.")),
        Field("unit", column="l2", bulk=True, help=_("What one is, such as page, h or bar.")),
        Field(
            "behaviour",
            column="r1",
            filter=True,
            bulk=True,
            help=_("A counting meter only rises; a gauge goes up and down."),
        ),
        Field("decimals", kind=Whole(most=MOST_DECIMALS, empty=0), column="p3", bulk=True),
        Field(
            "rollover_limit",
            column="p3",
            help=_("Of a counting meter: the first number its display cannot show, 100000 for five digits."),
        ),
    ],
    checks=[rollover_is_a_counters],
    new_label=_("New meter type"),
    selected_label=_("Selected meter types"),
    placeholder=_("Filter by name or unit"),
    empty=(
        _("What do your machines count?"),
        _("A meter type says what a meter counts: pages, running hours, bar."),
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
    return Product.objects.select_related("product_class").annotate(maker_name=maker_name())


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
        Field("brand", column="", bulk=True, words=True, help=_("As it is written on the product.")),
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
        Field("unit", bulk=True, words=True),
        Field("warranty_months", bulk=True),
        Field("cost", kind=_AMOUNT, section=_("Money")),
        Field("price", kind=_AMOUNT, column="r1", section=_("Money")),
        Field("currency", kind=CURRENCY, column="p3", bulk=True, section=_("Money")),
        Field("specifications", kind=specifications.Specifications(), column=None, asked=False, told=False),
    ],
    columns=[
        plain_column("maker", _("Maker"), "brand", "maker_name", value=maker_text, look="p2"),
        plain_column("product_class", _("Class"), "product_class__name", value=class_text, look="p2"),
    ],
    filters=[maker_filter(Product), Choice("product_class", _("Class"), class_options)],
    list_order=("name", "code", "maker", "brand", "model", "description", "product_class", "kind", "unit"),
    checks=[amounts_have_a_currency, specifications.nothing_lost],
    follows=specifications.following,
    more=specifications.with_columns,
    parts=specifications.parts,
    reading=Reading(rows=_told_rows, also={"specifications": specifications.for_programs, "maker": maker_text}),
    also_read={"maker": not_published(str, "The maker of its brand; the brand as it is written where none is known.")},
    key="p",
    beside=[CLASSES, MAKERS, METER_TYPES],
    tabs=[Tab("related", _("Related products"), "related:list", rows=related_to)],
    new_label=_("New product"),
    selected_label=_("Selected products"),
    placeholder=_("Filter by code, brand or model"),
    empty=(_("What do you sell and look after?"), _("A product is equipment, a part, a supply, labour or a fee.")),
    help="products",
)
