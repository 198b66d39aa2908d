"""Numbers and days as people of any country write them; what may be read in two ways is refused with both."""

from __future__ import annotations

import pytest

from sitebook.values import readers
from sitebook.values.readers import BadValue


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("24,5", "24.5"), ("24.5", "24.5"), ("-0,5", "-0.5"), ("50,9375", "50.9375"), ("0,125", "0.125"),
        ("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("1,234,567", "1234567"), ("1.234.567", "1234567"),
        ("1234,567", "1234.567"), ("1200", "1200"), (" 12,50 ", "12.5"),
    ],
)  # fmt: skip
def test_a_number_is_read_whatever_its_country(written, kept):
    assert readers.number(written) == kept


@pytest.mark.parametrize("written", ["1,200", "12,345", "1,2,3", "1.2.3", "1,23.4,5", ",", "1,,2"])
def test_what_may_be_two_numbers_or_none_is_refused(written):
    with pytest.raises(BadValue):
        readers.number(written)


def test_the_refusal_names_both_readings():
    with pytest.raises(BadValue, match=r"1200 or 1\.200"):
        readers.number("1,200")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2020-12-31", "2020-12-31"), ("31/12/2020", "2020-12-31"), ("12/31/2020", "2020-12-31"),
        ("31.12.2020", "2020-12-31"), ("1.3.2026", "2026-03-01"), ("05/05/2021", "2021-05-05"),
        ("20201231", "2020-12-31"),
        ("31-12-2020", "2020-12-31"),
    ],
)  # fmt: skip
def test_a_day_is_read_whatever_its_country(written, kept):
    assert readers.day(written) == kept


@pytest.mark.parametrize("written", ["05/06/2020", "31/31/2020", "32.1.2020", "29/02/2021", "5/2020", "0/0/2020"])
def test_what_may_be_two_days_or_none_is_refused(written):
    with pytest.raises(BadValue):
        readers.day(written)


def test_the_refusal_says_how_to_write_the_day():
    with pytest.raises(BadValue, match="2020-06-05"):
        readers.day("05/06/2020")
