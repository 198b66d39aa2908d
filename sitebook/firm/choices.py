"""Countries, currencies, zones and languages to choose from, in the words of the language spoken."""

from __future__ import annotations

import zoneinfo
from functools import cache

from babel import Locale
from babel.numbers import list_currencies
from django.conf import settings

from sitebook.ui import formats

Pairs = list[tuple[str, str]]

_NO_MONEY = {"XXX", "XTS", "XAU", "XAG", "XPT", "XPD", "XBA", "XBB", "XBC", "XBD", "XDR", "XSU", "XUA"}


def countries() -> Pairs:
    return _countries(formats.locale())


def currencies() -> Pairs:
    return _currencies(formats.locale())


def languages() -> Pairs:
    return [(code, name) for code, name in settings.LANGUAGES]


@cache
def zones() -> Pairs:
    """Places people name: no abbreviations, no offsets, UTC last."""
    named = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(_ODD))
    return [(zone, zone.replace("_", " ").replace("/", ", ")) for zone in named] + [("UTC", "UTC")]


_ODD = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/", "posix/", "right/")


@cache
def _countries(locale: Locale) -> Pairs:
    named = [(code, name) for code, name in locale.territories.items() if len(code) == 2 and code.isalpha()]
    real = [(code, name) for code, name in named if code not in {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}]
    return sorted(real, key=lambda pair: pair[1])


@cache
def _currencies(locale: Locale) -> Pairs:
    current = [code for code in list_currencies() if code not in _NO_MONEY and _is_used(code)]
    pairs = [(code, f"{locale.currencies.get(code, code)} ({code})") for code in current]
    return sorted(pairs, key=lambda pair: pair[1])


@cache
def _used() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(
        entry[0]
        for entries in get_global("territory_currencies").values()
        for entry in entries
        if entry[2] is None and entry[3]
    )


def _is_used(code: str) -> bool:
    return code in _used()
