"""The register of products."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.products.models import Product, amounts_have_a_currency
from sitebook.registers.field import Field
from sitebook.registers.register import Register
from sitebook.values.codes import CURRENCY
from sitebook.values.kinds import Number

_AMOUNT = Number(digits=14, places=4, least=Decimal(0), rounds=True)

PRODUCTS = Register(
    model=Product,
    path="products",
    see=Permission.SEE_PRODUCTS,
    change=Permission.CHANGE_PRODUCTS,
    archive=Permission.ARCHIVE_PRODUCTS,
    fields=[
        Field("name", label=_("Product"), writes="never", imported=False, told=False, sort="name_key"),
        Field("code", column="l2", sort="code_key", key=True),
        Field("brand", column="p2", filter=True, bulk=True, words=True),
        Field("model", column=""),
        Field("description", column="p3"),
        Field("product_class", column="p2", filter=True, bulk=True, words=True),
        Field("kind", column="r2", filter=True, bulk=True),
        Field("unit", bulk=True),
        Field("warranty_months", bulk=True),
        Field("cost", kind=_AMOUNT, section=_("Money")),
        Field("price", kind=_AMOUNT, column="r1", section=_("Money")),
        Field("currency", kind=CURRENCY, column="p3", bulk=True, section=_("Money")),
    ],
    checks=[amounts_have_a_currency],
    key="p",
    new_label=_("New product"),
    selected_label=_("Selected products"),
    placeholder=_("Filter by code, brand or model"),
    empty=(_("What do you sell and look after?"), _("A product is equipment, a part, a supply, labour or a fee.")),
    help="products",
)
