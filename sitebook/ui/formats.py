"""Dates, times, numbers, telephone numbers and countries as the user's locale writes them.

The zone is Django's current zone and the language Django's current language: both are the user's, set per request."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache

import phonenumbers
from babel import Locale, dates, numbers
from django.utils import timezone
from django.utils.translation import get_language
from markupsafe import Markup, escape

from sitebook.ui import current

_parsed = cache(Locale.parse)


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
    local, language = _local(value), locale()
    clock = _minute_written(local.hour, local.minute, language).format(f"{local.second:02}")
    written = _day_and_time(language).replace("{0}", clock).replace("{1}", _day_written(local.date(), language))
    return f"{written} ({_which_of_two(local) + _place(str(local.tzinfo), language)})"


@lru_cache(maxsize=3_000)
def _minute_written(hour: int, minute: int, language: Locale) -> str:
    """The time with ``{}`` in place of the seconds: a list has many, and each costs Babel a tenth of its row."""
    pattern = dates.get_time_format("medium", locale=language).pattern.replace("ss", "'{}'")
    return dates.format_time(time(hour, minute), pattern, locale=language)


@cache
def _day_and_time(language: Locale) -> str:
    return str(dates.get_datetime_format("medium", locale=language)).replace("'", "")


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
    return _element_of(value.isoformat(), heading(value), day_text(value))


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
        return _grouped(value, locale()) if type(value) is int else numbers.format_decimal(value, locale=locale())
    return numbers.format_decimal(value, format="#,##0." + "0" * digits if digits else "#,##0", locale=locale())


@lru_cache(maxsize=2_000)
def _grouped(value: int, language: Locale) -> str:
    return numbers.format_decimal(value, locale=language)


def phone(value: str | None) -> str:
    """A stored E.164 number: the local form in the firm's own country, international elsewhere;
    what is not a number stays as it was typed."""
    if not value or not value.startswith("+"):
        return value or ""
    return _phone_written(value, current.country())


@lru_cache(maxsize=5_000)
def _phone_written(value: str, country: str) -> str:
    try:
        parsed = phonenumbers.parse(value.replace(";ext=", " ext. "))
    except phonenumbers.NumberParseException:
        return value
    local = phonenumbers.region_code_for_number(parsed) == country
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if local else form.INTERNATIONAL)


def country(code: str | None) -> str:
    """The country's name in the user's language."""
    return str(locale().territories.get(code, code)) if code else ""


def _element(value: datetime | None, shown: Callable[[datetime], str]) -> Markup:
    if value is None:
        return Markup("")
    local = _local(value)
    return _element_of(local.isoformat(), moment_text(local), shown(local))


def _element_of(machine: str, title: str, text: str) -> Markup:
    parts = f'<time datetime="{escape(machine)}" title="{escape(title)}">{escape(text)}</time>'
    return Markup(parts)  # noqa: S704 - every part is escaped


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _day(value: date) -> date:
    return _local(value) if isinstance(value, datetime) else value
