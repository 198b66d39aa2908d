"""Related products as files: a list of all with the products' codes, and an import that takes the same back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sitebook.imports.csv_reader import Row
from sitebook.imports.report import Change, Report
from sitebook.imports.rows import RowKind, take_rows
from sitebook.lists.tables import Table
from sitebook.products.meter_types import MeterType
from sitebook.products.models import Product
from sitebook.products.relationship_values import KIND, QUANTITY, YIELD
from sitebook.products.relationships import ProductRelationship
from sitebook.registers.columns import plain_column
from sitebook.values.readers import BadValue

NEEDED = ("product", "kind", "related")

RELATED = Table(
    order="product",
    columns=[
        plain_column("product", _("Product"), "product__code", value=lambda row: row.product.code,
                     sort=("product__code_key",)),
        plain_column("kind", _("Kind of relationship"), "kind",
                     value=lambda row: str(ProductRelationship.Kind(row.kind).label)),
        plain_column("related", _("Related product"), "related__code", value=lambda row: row.related.code),
        plain_column("meter_type", _("Meter type"), "meter_type__name",
                     value=lambda row: row.meter_type.name if row.meter_type else ""),
        plain_column("expected_yield", _("Expected yield"), "expected_yield", numeric=True),
        plain_column("quantity", _("Quantity"), "quantity", numeric=True),
    ],
)  # fmt: skip


def rows() -> QuerySet[ProductRelationship]:
    return ProductRelationship.objects.select_related("product", "related", "meter_type")


def _write(row: Row, values: Mapping[str, Any], report: Report) -> None:
    """Found again by the two codes and the kind, so the same file twice changes nothing."""
    pair = {name: values[name] for name in NEEDED}
    found = rows().filter(**pair).select_for_update(of=("self",)).first()
    if found is None:
        ProductRelationship.add(**values)
        report.created += 1
        return
    rest = {name: value for name, value in values.items() if name not in pair}
    title = f"{found.product.code} {found.related.code}"
    changes = [
        Change(row.line, title, name, str(getattr(found, name)), str(value))
        for name, value in rest.items()
        if getattr(found, name) != value
    ]
    found.change(version=found.version, **rest)
    report.changes += changes
    report.updated += bool(changes)
    report.unchanged += not changes


def product_of(code: str) -> Product:
    """The product of a code, however it is written. Raises BadValue."""
    found = Product.objects.coded(code)
    if found is None:
        raise BadValue(_("There is no product of the code “%(code)s”.") % {"code": code[:60]})
    return found


RELATIONSHIPS = RowKind(
    register="related-products",
    section="relationship",
    read={
        "product": product_of,
        "kind": KIND.read,
        "related": product_of,
        "meter_type": MeterType.called,
        "expected_yield": YIELD.read,
        "quantity": QUANTITY.read,
    },
    needed=NEEDED,
    without=_("A row says the product, the kind and the related product."),
    write=_write,
)
take_related = partial(take_rows, RELATIONSHIPS)
