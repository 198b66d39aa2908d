"""Codes out of long lists that others keep: countries, currencies, languages, time zones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import pydantic
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.firm import choices as firm
from sitebook.values.inputs import ReadByKind
from sitebook.values.kinds import Kind, Pairs, readable
from sitebook.values.pickers import CodeInput
from sitebook.values.readers import BadValue

# Codes that people write and ISO 3166 keeps for these countries.
COUNTRY_CODES = {"UK": "GB", "EL": "GR"}


@dataclass(frozen=True, kw_only=True)
class Code(Kind):
    """A code out of a long list that others keep: countries, currencies, languages, time zones. ``what``: their name in
    the plural; ``others``: other codes people write, with the one that is kept. ``fetched``: the name under which forms
    ask for the choices once somebody opens the field (``views.choices``); "" where they are few and stand in the form.
    """

    codes: Callable[[], Sequence[tuple[str, str]]]
    what: str | Promise
    others: tuple[tuple[str, str], ...] = ()
    fetched: str = ""
    empty: Any = ""

    def options(self) -> Pairs:
        return self.codes()

    def _read(self, given: Any) -> str:
        text = readable(given).strip()
        found = dict(self.others).get(text.upper(), text)
        known = self.codes()
        for code, name in known:
            if found == code or found.casefold() in (code.casefold(), name.casefold()):
                return code
        said = {"value": text[:60], "what": self.what}
        raise BadValue(_("“%(value)s” is not one of the %(what)s.") % said)

    def named(self, code: str) -> str:
        """What a code is called; one that is not offered any more stands for itself."""
        return next((name for each, name in self.codes() if each == code), code)

    def input(self, **options: Any) -> forms.Field:
        if self.fetched:
            return ReadByKind(self, widget=CodeInput(self), **options)
        return _CodeField(self, choices=lambda: [("", ""), *self.codes()], widget=_KeepingSelect, **options)

    @property
    def shape(self) -> Any:
        return Annotated[str, pydantic.Field(max_length=64)]


class _KeepingSelect(forms.Select):
    """Shows a value that is not offered any more, too: saving the form must not empty it silently."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        groups = super().optgroups(name, value, attrs)
        offered = {str(option["value"]) for _name, options, _index in groups for option in options}
        for kept in filter(None, value):
            if kept not in offered:
                option = self.create_option(name, kept, kept, True, len(groups), attrs=attrs)
                groups.append((None, [option], len(groups)))
        return groups


class _CodeField(ReadByKind, forms.ChoiceField):
    """Takes what the kind takes."""


COUNTRY = Code(
    codes=firm.countries,
    what=lazy("codes of countries (ISO 3166, two letters)"),
    others=tuple(COUNTRY_CODES.items()),
    fetched="countries",
)
CURRENCY = Code(codes=firm.currencies, what=lazy("codes of currencies (ISO 4217)"), fetched="currencies")
LANGUAGE = Code(codes=firm.languages, what=lazy("languages"))
TIME_ZONE = Code(codes=firm.zones, what=lazy("time zones (IANA)"), fetched="time-zones")
FETCHED = {each.fetched: each for each in (COUNTRY, CURRENCY, TIME_ZONE)}
