"""Addresses as one value: lines, town, region, postcode, country (ISO 3166 alpha-2)."""

from __future__ import annotations

ADDRESS_PARTS = ("line1", "line2", "town", "region", "postcode", "country")


def address_of(record: object, prefix: str = "") -> dict[str, str]:
    """The parts of an address by their plain names."""
    return {part: getattr(record, prefix + part) for part in ADDRESS_PARTS}


def one_line(record: object, prefix: str = "") -> str:
    """The address as one line without the country, or "" when nothing is known."""
    parts = address_of(record, prefix)
    place = " ".join(filter(None, [parts["town"], parts["region"], parts["postcode"]]))
    return ", ".join(filter(None, [parts["line1"], parts["line2"], place]))
