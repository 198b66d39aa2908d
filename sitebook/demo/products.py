"""Products of the demo: invented, of no maker there is, so that classes, specifications and supplies can be seen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sitebook.products.classes import ProductClass, SpecificationField
from sitebook.products.makers import Maker
from sitebook.products.meter_types import MeterType
from sitebook.products.models import Product
from sitebook.products.register import PRODUCTS
from sitebook.products.relationships import ProductRelationship

# Name, kind, unit, lowest and highest value or the choices.
CLASSES: dict[str, list[tuple[str, str, str, Any]]] = {
    "Charge point": [
        ("Power", "number", "kW", (1, 400)),
        ("Connectors", "whole", "", (1, 4)),
        ("Current", "choice", "", ("AC", "DC")),
        ("Payment terminal", "yesno", "", None),
    ],
    "Lift": [("Load", "whole", "kg", (100, 10000)), ("Stops", "whole", "", (2, 99)),
             ("Drive", "choice", "", ("Traction", "Hydraulic"))],
    "Boiler": [("Power", "number", "kW", (1, 2000)), ("Fuel", "choice", "", ("Natural gas", "Oil", "Wood pellets")),
               ("Condensing", "yesno", "", None)],
    "Copier": [("Speed", "whole", "pages/min", (1, 200)), ("Colour", "yesno", "", None), ("Paper", "text", "", None)],
}  # fmt: skip
# Code, brand as it is written, model, description, class, kind, unit, price, months of warranty, specifications.
ROWS: list[tuple[Any, ...]] = [
    ("CP-22", "Voltara", "Street 22", "", "Charge point", "equipment", "piece", "1450", 36,
     {"power": 22, "connectors": 2, "current": "AC", "payment_terminal": False}),
    ("CP-150", "VOLTARA LTD", "Rapid 150", "", "Charge point", "equipment", "piece", "38900", 24,
     {"power": 150, "connectors": 2, "current": "DC", "payment_terminal": True}),
    ("CP-300", "Voltara Ltd.", "Rapid 300", "", "Charge point", "equipment", "piece", "61500", 24,
     {"power": 300, "connectors": 2, "current": "DC", "payment_terminal": True}),
    ("LF-630", "Hochstieg", "Residential 630", "", "Lift", "equipment", "piece", "42000", 24,
     {"load": 630, "stops": 8, "drive": "Traction"}),
    ("LF-1000", "HOCHSTIEG LIFTS", "Goods 1000", "", "Lift", "equipment", "piece", "58500", 24,
     {"load": 1000, "stops": 4, "drive": "Hydraulic"}),
    ("BO-60", "Kesselbrand", "Condens 60", "", "Boiler", "equipment", "piece", "4890", 60,
     {"power": 60, "fuel": "Natural gas", "condensing": True}),
    ("CO-30", "Papyra", "Office 30", "", "Copier", "equipment", "piece", "1990", 12,
     {"speed": 30, "colour": False, "paper": "A4, A3"}),
    ("CO-45C", "Papyra", "Office 45 Colour", "", "Copier", "equipment", "piece", "3290", 12,
     {"speed": 45, "colour": True, "paper": "A4, A3"}),
    ("TN-30", "Papyra", "", "Toner black for Office 30", "", "supply", "piece", "64.5", None, {}),
    ("TN-45C", "Papyra", "", "Toner set for Office 45 Colour", "", "supply", "set", "212", None, {}),
    ("DR-30", "Papyra", "", "Drum for Office 30", "", "part", "piece", "118", 12, {}),
    ("CB-7", "Voltara", "", "Charging cable 7 m", "", "part", "piece", "189", 12, {}),
    ("TR-2", "Papyra", "", "Second paper tray", "", "part", "piece", "240", 12, {}),
    ("LAB-H", "", "", "Engineer’s hour", "", "labour", "hour", "62.5", None, {}),
    ("FEE-C", "", "", "Call-out", "", "fee", "visit", "45", None, {}),
]  # fmt: skip
# Product, kind, related product, meter type, expected yield, quantity.
RELATED: list[tuple[str, str, str, str, int | None, int]] = [
    ("CO-30", "supply", "TN-30", "Pages mono", 9000, 1),
    ("CO-45C", "supply", "TN-45C", "Pages colour", 6000, 1),
    ("CO-30", "part", "DR-30", "Pages mono", 60000, 1),
    ("CO-30", "successor", "CO-45C", "", None, 1),
    ("CO-30", "accessory", "TR-2", "", None, 1),
    ("CP-22", "part", "CB-7", "", None, 2),
]
METERS = {"Pages mono": "page", "Pages colour": "page", "Running hours": "h", "Energy delivered": "kWh"}


def load_products() -> int:
    """Put the products in, with what belongs to them. Returns how many there are."""
    for name, fields in CLASSES.items():
        made = ProductClass.add(name=name)
        for label, kind, unit, more in fields:
            SpecificationField.add(product_class=made, label=label, kind=kind, unit=unit, **_limits(kind, more))
    for name, unit in METERS.items():
        MeterType.add(name=name, unit=unit)
    for row in ROWS:
        _product(*row)
    for code, kind, related, meter, yields, quantity in RELATED:
        ProductRelationship.add(
            product=Product.objects.get(code=code),
            related=Product.objects.get(code=related),
            kind=kind,
            meter_type=MeterType.called(meter) if meter else None,
            expected_yield=None if yields is None else Decimal(yields),
            quantity=Decimal(quantity),
        )
    Maker.add(name="Voltara").join(["VOLTARA LTD", "Voltara Ltd."])
    return len(ROWS)


def _limits(kind: str, more: Any) -> dict[str, Any]:
    if kind == "choice":
        return {"choices": [{"label": label} for label in more]}
    return {"least": Decimal(more[0]), "most": Decimal(more[1])} if more else {}


def _product(code: str, brand: str, model: str, description: str, of: str, kind: str, unit: str, price: str,
             months: int | None, given: dict[str, Any]) -> None:  # fmt: skip
    values = {"code": code, "brand": brand, "model": model, "description": description, "product_class": of or None,
              "kind": kind, "unit": unit, "price": price, "currency": "GBP",
              "warranty_months": months, "specifications": given}  # fmt: skip
    PRODUCTS.made(PRODUCTS.read(values))
