"""What somebody wrote, judged as a reader sees it."""

from __future__ import annotations

from unicodedata import category


def says_something(text: str) -> bool:
    """Whether there is a letter, figure or sign in it that shows; blanks and invisible marks are none."""
    return any(category(letter)[0] in "LNPS" for letter in text)


def id_in(text: str) -> int:
    """The id that a request names in this text; 0 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
