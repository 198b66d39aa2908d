"""Addresses as one value: lines, town, region, postcode, country."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ADDRESS_PARTS = ("line1", "line2", "town", "region", "postcode", "country")


def address_fields(prefix: str = "") -> dict[str, models.Field[str, str]]:
    """The six columns of an address, each optional; country is ISO 3166 alpha-2."""

    def text(length: int, label: _StrPromise) -> models.CharField[str, str]:
        return models.CharField(label, max_length=length, blank=True, default="")

    return {
        f"{prefix}line1": text(200, _("Address line 1")),
        f"{prefix}line2": text(200, _("Address line 2")),
        f"{prefix}town": text(100, _("Town")),
        f"{prefix}region": text(100, _("County, state or province")),
        f"{prefix}postcode": text(20, _("Postcode")),
        f"{prefix}country": text(2, _("Country")),
    }


def address_of(record: object, prefix: str = "") -> dict[str, str]:
    """The parts of an address by their plain names."""
    return {part: getattr(record, prefix + part) for part in ADDRESS_PARTS}


def one_line(record: object, prefix: str = "") -> str:
    """The address as one line without the country, or "" when nothing is known."""
    parts = address_of(record, prefix)
    place = " ".join(filter(None, [parts["town"], parts["region"], parts["postcode"]]))
    return ", ".join(filter(None, [parts["line1"], parts["line2"], place]))
