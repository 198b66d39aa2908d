"""What a person is known by, as one regular expression that PostgreSQL and Python read alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import phonenumbers

ERASED = "[erased]"
"""What stands in the place of a mention."""

_BLANK = r"(?:\s|\\n)+"
_BETWEEN = r"[\s().\-/]*"
_FEWEST_DIGITS = 6


class Terms:
    """Names, telephone numbers (in any notation) and email addresses of a person, former ones too.

    ``numbers`` and ``addresses`` are entries as records keep them, or plain texts of them.
    """

    def __init__(self, *, names: Iterable[str], numbers: Iterable[str], addresses: Iterable[str]) -> None:
        self.names = _distinct(names)
        self.numbers = _distinct(numbers)
        self.addresses = _distinct(addresses)
        full = [part for name in self.names if " " in name for part in _name(name)]
        single = [part for name in self.names if " " not in name for part in _name(name)]
        addresses = [re.escape(each) for each in self.addresses]
        spelled = [found for number in self.numbers if (found := _number(number))]
        self.pattern = _any_of([*full, *single, *addresses], spelled)
        self._read = re.compile(self.pattern or r"(?!)", re.IGNORECASE)
        self._sure = re.compile(_any_of([*full, *addresses], spelled) or r"(?!)", re.IGNORECASE)

    def within(self, value: Any) -> str:
        """The first text in a value (nested lists and dictionaries too) that holds a term, or ""."""
        if isinstance(value, str):
            return value if self._read.search(value) else ""
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
        return next((found for each in inner if (found := self.within(each))), "")

    def surely(self, text: str) -> bool:
        """Whether it holds more than a single word that may mean something else."""
        return bool(self._sure.search(text))

    def excerpt(self, text: str, *, around: int = 40) -> str:
        """The mention with a few words before and after it."""
        found = self._read.search(text)
        if not found:
            return text[: 2 * around]
        begin, end = max(0, found.start() - around), found.end() + around
        return f"{'…' if begin else ''}{' '.join(text[begin:end].split())}{'…' if end < len(text) else ''}"

    def taken_out(self, value: Any) -> Any:
        """The value with ERASED for each mention; telephone and email entries and tags that hold one go whole."""
        if isinstance(value, str):
            return self._read.sub(ERASED, value)
        if isinstance(value, dict):
            return {key: self.taken_out(each) for key, each in value.items()}
        if isinstance(value, list):
            kept = [each for each in value if not (_is_entry(each) and self.within(each))]
            return [self.taken_out(each) for each in kept]
        return value


def _is_entry(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, dict) and ("number" in value or "address" in value))


def _distinct(texts: Iterable[str]) -> list[str]:
    found = {" ".join(text.split()).casefold(): " ".join(text.split()) for text in texts if text and text.strip()}
    return sorted(found.values(), key=str.casefold)


def _any_of(words: list[str], others: list[str]) -> str:
    return "|".join([*([rf"(?<!\w)(?:{'|'.join(words)})(?!\w)"] if words else []), *others])


def _name(name: str) -> list[str]:
    """As written, whatever the blanks, and with the last word first: ``Lee, Ann``. Quotes as JSON writes them too."""
    words = [re.escape(word) for word in name.split()]
    spelled = [_BLANK.join(words)]
    if len(words) > 1:
        spelled.append(_BLANK.join([rf"{words[-1]},?", *words[:-1]]))
    return [each.replace('"', r'\\?"') for each in spelled]


def _number(number: str) -> str:
    """A telephone number in any notation; "" for one too short to be told from other numbers."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        digits = [letter for letter in number if letter.isdigit()]
        if len(digits) >= _FEWEST_DIGITS:
            return rf"(?<!\d){_BETWEEN.join(digits)}(?!\d)"
        return rf"(?<!\w){re.escape(number)}(?!\w)" if len(number) >= _FEWEST_DIGITS else ""
    nation, digits = list(str(parsed.country_code)), list(phonenumbers.national_significant_number(parsed))
    abroad = rf"(?:(?:\+|00){_BETWEEN})?{_BETWEEN.join(nation)}{_BETWEEN}(?:\(0\){_BETWEEN})?"
    return rf"(?<!\d)(?:{abroad}|[08]{_BETWEEN})?{_BETWEEN.join(digits)}(?:;ext=\d+)?(?!\d)"
