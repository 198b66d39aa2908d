"""Related products as files: a list of all with the products' codes, and an import that takes the same back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sitebook.access.identity import acting
from sitebook.basics.refused import Refused
from sitebook.imports.csv_reader import Refusal, Row, read
from sitebook.imports.mapping import FileMapping, load
from sitebook.imports.report import Change, Report
from sitebook.lists.tables import Table
from sitebook.products.meter_types import MeterType
from sitebook.products.models import Product
from sitebook.products.relationship_values import KIND, QUANTITY, YIELD
from sitebook.products.relationships import ProductRelationship
from sitebook.registers.columns import plain_column
from sitebook.users.models import User
from sitebook.values.readers import BadValue

REGISTER, SECTION = "related-products", "relationship"
FIELDS = ("product", "kind", "related", "meter_type", "expected_yield", "quantity")

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


def take_related(
    path: Path, *, mapping: str, user: User | None = None, everything: bool = False, dry_run: bool = False
) -> Report:
    """Take the rows of a file: found again by the two codes and the kind, so the same file twice changes nothing.

    As for every register (``registers.imports.take``)."""
    with acting(user=user, via="import", reason=path.name, everything=everything):
        chosen = load(mapping, register=REGISTER, fields={SECTION: FIELDS}, rules=())
    for name in ("product", "kind", "related"):
        if not chosen.fields[SECTION].get(name):
            raise Refused(f"The mapping {chosen.name} does not say where the {name} stands.", code="bad_mapping")
    table = read(path, needs=chosen.columns)
    report = Report(path.name, chosen.title, table.encoding, dry_run, notes=list(table.notes))
    with acting(user=user, via="import", reason=path.name, everything=everything), transaction.atomic():
        for row in table:
            if isinstance(row, Refusal):
                report.refused_rows.append(row)
            else:
                _take(row, chosen, report)
        if dry_run:
            transaction.set_rollback(True)
    report.blank = table.blank
    report.made = {REGISTER: report.created}
    return report


def _take(row: Row, chosen: FileMapping, report: Report) -> None:
    cells = chosen.cleaned(row.values)
    given = {name: text for name in chosen.fields[SECTION] if (text := chosen.text(SECTION, name, cells))}
    name = "product"
    try:
        with transaction.atomic():
            values: dict[str, Any] = {}
            for name in given:
                values[name] = _READ[name](given[name])
            name = next((name for name in ("product", "kind", "related") if name not in values), "related")
            _write(row, values, report)
    except Refused as refusal:
        column = chosen.column_of(SECTION, name) or name
        report.refuse(line=row.line, column=column, value=row.values.get(column, ""), reason=str(refusal))


def _write(row: Row, values: Mapping[str, Any], report: Report) -> None:
    pair = {name: values.get(name) for name in ("product", "kind", "related")}
    if not all(pair.values()):
        raise Refused("A row says the product, the kind and the related product.", code="bad_value")
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


_READ: dict[str, Any] = {
    "product": product_of,
    "related": product_of,
    "kind": KIND.read,
    "meter_type": MeterType.called,
    "expected_yield": YIELD.read,
    "quantity": QUANTITY.read,
}
