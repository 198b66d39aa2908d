"""Dates, times, numbers, telephone numbers and countries as the user's locale writes them.

The zone is Django's current zone and the language Django's current language: both are the user's, set per request."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache

import phonenumbers
from babel import Locale, dates, numbers
from django.utils import timezone
from django.utils.translation import get_language
from markupsafe import Markup

from sitebook.ui import current

_parsed = cache(Locale.parse)
ELEMENT = Markup('<time datetime="{}" title="{}">{}</time>')


def locale() -> Locale:
    return _parsed(get_language() or "en-gb", sep="-")


def day_text(value: date) -> str:
    """``23 Nov 2026``: always with the year, in the user's zone when a time is given."""
    return _day_written(_day(value), locale())


@lru_cache(maxsize=2_000)
def _day_written(value: date, language: Locale) -> str:
    return dates.format_date(value, "medium", language)


def moment_text(value: datetime) -> str:
    """``23 Nov 2026, 09:58:04 (London)``, in the repeated autumn hour ``(BST London)``: what the tooltip says."""
    local = _local(value)
    where = _place(str(local.tzinfo), locale())
    return f"{dates.format_datetime(local, 'medium', locale=locale())} ({_which_of_two(local) + where})"


@cache
def _place(zone: str, language: Locale) -> str:
    return dates.get_timezone_location(zone, language, return_city=True)


def clock_text(value: datetime) -> str:
    """``01:30``; in the hour that an autumn night has twice ``01:30 BST`` and then ``01:30 GMT``."""
    local = _local(value)
    return f"{dates.format_time(local, 'short', locale=locale())} {_which_of_two(local)}".rstrip()


def _which_of_two(local: datetime) -> str:
    """``BST ``, ``GMT `` in the hour that an autumn night has twice, else nothing."""
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local.tzname()} " if twice else ""


def date_(value: date | None) -> Markup:
    if value is None or isinstance(value, datetime):
        return _element(value, day_text)
    return ELEMENT.format(value.isoformat(), heading(value), day_text(value))


def time_(value: datetime | None) -> Markup:
    return _element(value, clock_text)


def datetime_(value: datetime | None) -> Markup:
    return _element(value, lambda moment: f"{day_text(moment)}, {clock_text(moment)}")


def heading(value: date) -> str:
    """``Monday, 23 November 2026``: the heading of a day in a timeline."""
    return dates.format_date(_day(value), "full", locale())


def number(value: int | float | Decimal | None, digits: int | None = None) -> str:
    """Grouped as the locale groups; ``digits`` fixes the places after the point."""
    if value is None:
        return ""
    if digits is None:
        return numbers.format_decimal(value, locale=locale())
    return numbers.format_decimal(value, format="#,##0." + "0" * digits if digits else "#,##0", locale=locale())


def phone(value: str | None) -> str:
    """A stored E.164 number: the local form in the firm's own country, international elsewhere;
    what is not a number stays as it was typed."""
    if not value or not value.startswith("+"):
        return value or ""
    try:
        parsed = phonenumbers.parse(value.replace(";ext=", " ext. "))
    except phonenumbers.NumberParseException:
        return value
    local = phonenumbers.region_code_for_number(parsed) == current.country()
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if local else form.INTERNATIONAL)


def country(code: str | None) -> str:
    """The country's name in the user's language."""
    return str(locale().territories.get(code, code)) if code else ""


def _element(value: datetime | None, shown: Callable[[datetime], str]) -> Markup:
    if value is None:
        return Markup("")
    return ELEMENT.format(_local(value).isoformat(), moment_text(value), shown(value))


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _day(value: date) -> date:
    return _local(value) if isinstance(value, datetime) else value
