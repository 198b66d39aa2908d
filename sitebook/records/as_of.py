"""The day a list or a page tells of."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from sitebook.ui.filters import Day
from sitebook.ui.formats import day_text


def day_asked(text: str) -> tuple[date | None, str]:
    """The day an address asks for, and a sentence when it is none."""
    text = text.strip()
    if not text:
        return None, ""
    if Day("on", _("As of"), "").knows(text):
        return date.fromisoformat(text), ""
    return None, _("“%(value)s” is no day. Write it like 2026-03-01. This is today.") % {"value": text[:40]}


def as_it_was(on: date, *, future: bool) -> str:
    text = _("As it will be on %(day)s by what is known today.") if future else _("As it was on %(day)s.")
    return text % {"day": day_text(on)}
