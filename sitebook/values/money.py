"""An amount of money as people of the reader's language write it."""

from __future__ import annotations

from decimal import Decimal

from babel import numbers

from sitebook.ui.formats import locale, number


def money(value: Decimal | None, currency: str) -> str:
    """``£285.00``; further digits only where there are some. Nothing for no amount."""
    if value is None:
        return ""
    if not currency:
        return number(value, 2)
    fine = value != round(value, 2)
    return numbers.format_currency(value, currency, locale=locale(), decimal_quantization=not fine)
