"""A field of each kind, for the tests."""

from __future__ import annotations

from typing import Any

from sitebook.custom_fields.models import CustomField
from sitebook.sites.tables import SITE
from tests.cast import see_all

KIND = CustomField.Kind
FUELS = ({"label": "Gas"}, {"label": "Oil"})


def make_field(label: str = "Boiler", kind: str = KIND.TEXT, register: str = SITE, **more: Any) -> CustomField:
    with see_all():
        return CustomField.add(register=register, label=label, kind=kind, **more)


def make_all(register: str = SITE, **more: Any) -> dict[str, CustomField]:
    """By kind: Boiler (text), Power (number), Serviced (date), Fuel (choice), Lift (yes or no)."""
    return {
        KIND.TEXT: make_field("Boiler", KIND.TEXT, register, **more),
        KIND.NUMBER: make_field("Power", KIND.NUMBER, register, **more),
        KIND.DATE: make_field("Serviced", KIND.DATE, register, **more),
        KIND.CHOICE: make_field("Fuel", KIND.CHOICE, register, choices=FUELS, **more),
        KIND.YES_NO: make_field("Lift", KIND.YES_NO, register, **more),
    }


WRITTEN = {"boiler": "Viessmann 200", "power": "12.5", "serviced": "2026-03-01", "fuel": "gas", "lift": True}
