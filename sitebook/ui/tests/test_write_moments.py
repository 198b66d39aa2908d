"""Moments are written as Babel writes them, whatever the language."""

from __future__ import annotations

from datetime import UTC, datetime

from babel import Locale, dates
from django.utils import timezone, translation

from sitebook.ui.formats import datetime_, moment_text, number

LANGUAGES = ("en-gb", "en-us", "de", "fr", "fi", "bg", "da", "ja", "ar", "he", "zh-hans")
MOMENTS = [datetime(2026, 11, 23, hour, 8, 4, tzinfo=UTC) for hour in (0, 9, 12, 21)]


def test_a_moment_is_written_as_babel_writes_it():
    with timezone.override("Europe/London"):
        for name in LANGUAGES:
            language = Locale.parse(name, sep="-")
            with translation.override(name):
                for moment in MOMENTS:
                    expected = dates.format_datetime(timezone.localtime(moment), "medium", locale=language)
                    assert moment_text(moment).startswith(f"{expected} ("), name


def test_the_title_of_a_day_says_the_second_and_the_place():
    with timezone.override("Europe/London"), translation.override("en-gb"):
        shown = datetime_(datetime(2026, 10, 25, 1, 30, 9, tzinfo=UTC))
        assert 'title="25 Oct 2026, 01:30:09 (GMT London)"' in shown
        assert shown.endswith(">25 Oct 2026, 01:30 GMT</time>")


def test_numbers_are_grouped_as_the_language_groups():
    with translation.override("en-gb"):
        assert number(1_234_567) == "1,234,567"
    with translation.override("de"):
        assert number(1_234_567) == "1.234.567"
        assert number(1234.5) == "1.234,5"
