"""What may be written in a custom field, read from text or from JSON into what is kept.

Text is kept as text, a number as its digits (``"12.5"``, so that none is lost), a day as ``"2026-03-01"``, a choice as
its value, yes and no as true and false. Nothing is kept of a field that says nothing.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused

LONGEST = 1000
_DIGITS, _PLACES = 15, 6


class BadValue(Refused):
    """The value does not suit the field."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(sentence, code="bad_value")


def text(given: Any) -> str:
    if not isinstance(given, str):
        raise BadValue(_("“%(value)s” is not text.") % {"value": _short(given)})
    typed = " ".join(given.split())
    if "\0" in typed or any("\ud800" <= letter <= "\udfff" for letter in typed):
        raise BadValue(_("There is a letter in it that cannot be kept."))
    if len(typed) > LONGEST:
        told = {"length": len(typed), "most": LONGEST}
        raise BadValue(_("The text has %(length)s characters; there is room for %(most)s.") % told)
    return typed


def number(given: Any) -> str:
    """Its digits without what says nothing: ``12.50`` is ``12.5``, and so is ``12,50``. Raises BadValue, also for what
    may be two numbers: ``1,200``."""
    fault = BadValue(_("“%(value)s” is not a number. Write it like 1200 or 12.5.") % {"value": _short(given)})
    readable = isinstance(given, str | int | float | Decimal) and not isinstance(given, bool)
    typed = str(given).strip() if readable else ""
    if not typed.isascii() or "_" in typed or len(typed) > 2 * LONGEST:
        raise fault
    try:
        value = Decimal(_with_a_point(typed))
    except InvalidOperation:
        raise fault from None
    if not value.is_finite():
        raise fault
    if abs(value) >= Decimal(10) ** _DIGITS or value != round(value, _PLACES):
        told = {"value": _short(given), "digits": _DIGITS, "places": _PLACES}
        raise BadValue(_("“%(value)s” has more than %(digits)s digits before the point or %(places)s after it.") % told)
    if not value:
        return "0"  # before it is written out: 0e-999999999 is a gigabyte of noughts
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


_GROUPS = re.compile(r"[+-]?\d{1,3}(?P<mark>[,.])\d{3}((?P=mark)\d{3})+")
_BOTH = re.compile(r"[+-]?\d{1,3}(?:(?P<mark>[,.])\d{3})+(?!(?P=mark))[,.]\d+")
_COMMA = re.compile(r"[+-]?(?P<whole>\d+),(?P<part>\d+)")


def _with_a_point(typed: str) -> str:
    """A number as people of any country write it, with a point and no marks between thousands. What may be read in two
    ways is refused: ``1,200`` is 1200 to some and 1.2 to others."""
    if _GROUPS.fullmatch(typed):
        return typed.replace(",", "").replace(".", "")
    if both := _BOTH.fullmatch(typed):
        return typed.replace(both["mark"], "").replace(",", ".")
    if comma := _COMMA.fullmatch(typed):
        if len(comma["part"]) == 3 and len(comma["whole"]) < 4 and comma["whole"].strip("0"):
            text = _("“%(value)s” may be %(whole)s%(part)s or %(whole)s.%(part)s. Write it in one of these ways.")
            raise BadValue(text % {"value": typed, **comma.groupdict()})
        return typed.replace(",", ".")
    return typed


_DAY_FIRST = re.compile(r"(?P<one>\d{1,2})(?P<mark>[./-])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4})")
# The basic form of ISO 8601, as lists of authorities write it.
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)


def _as_iso(typed: str) -> str:
    """A day as people of any country write it, as ``2026-03-01``. What may be read in two ways is refused."""
    if together := _TOGETHER.fullmatch(typed):
        return "-".join(together.groups())
    found = _DAY_FIRST.fullmatch(typed)
    if not found:
        return typed
    one, two = int(found["one"]), int(found["two"])
    if found["mark"] != "." and one != two and one <= 12 and two <= 12:
        text = _("“%(value)s” may be two days: month and day can be read either way. Write it like %(iso)s.")
        raise BadValue(text % {"value": typed, "iso": f"{found['year']}-{two:02}-{one:02}"})
    day_first = found["mark"] == "." or one > 12 or one == two
    return f"{found['year']}-{two if day_first else one:02}-{one if day_first else two:02}"


def day(given: Any) -> str:
    """``2026-03-01``, also of ``1.3.2026``, ``31/12/2020`` and ``20260301``. Raises BadValue, also for what may be two
    days."""
    typed = given.isoformat() if isinstance(given, date) else given.strip() if isinstance(given, str) else ""
    typed = _as_iso(typed)
    try:
        found = date.fromisoformat(typed)
        if len(typed) != 10 or not 1000 <= found.year <= 9000:
            raise ValueError
    except ValueError:
        text = _("“%(value)s” is no day. Write it like 2026-03-01.")
        raise BadValue(text % {"value": _short(given)}) from None
    return found.isoformat()


def choice(given: Any, choices: list[dict[str, str]]) -> str:
    """By its value or by what it is called, case apart."""
    if isinstance(given, str):
        typed = given.strip()
        for each in choices:
            if typed == each["value"]:
                return each["value"]
        for each in choices:
            if typed.casefold() == each["label"].casefold():
                return each["value"]
    offered = ", ".join(each["label"] for each in choices)
    raise BadValue(
        _("“%(value)s” is not offered. There is: %(choices)s.") % {"value": _short(given), "choices": offered}
    )


def yes_or_no(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    typed = given.strip().casefold() if isinstance(given, str) else ""
    if typed in ("yes", "true", "1", _("yes").casefold()):
        return True
    if typed in ("no", "false", "0", _("no").casefold()):
        return False
    raise BadValue(_("“%(value)s” is neither yes nor no.") % {"value": _short(given)})


def _short(given: Any) -> str:
    return str(given).replace("\0", "")[:60]
