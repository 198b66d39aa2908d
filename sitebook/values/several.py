"""Several of a few choices as the value of a field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pydantic
from django import forms

from sitebook.values import readers
from sitebook.values.kinds import Kind, Pairs, readable


@dataclass(frozen=True, kw_only=True)
class SomeOf(Kind):
    """Some of a few choices, by their values or labels; in a file with commas between them. Kept in the order of the
    choices, each once."""

    choices: Pairs
    empty: Any = field(default_factory=list)

    def options(self) -> Pairs:
        return self.choices

    def _read(self, given: Any) -> list[str]:
        known = [{"value": value, "label": str(label)} for value, label in self.choices]
        words = readable(given).split(",") if isinstance(given, str) else given
        found = {readers.choice(readable(word).strip(), known) for word in words if readable(word).strip()}
        return [value for value, _label in self.choices if value in found]

    def input(self, **options: Any) -> forms.Field:
        return forms.MultipleChoiceField(choices=list(self.choices), widget=forms.CheckboxSelectMultiple, **options)

    @property
    def shape(self) -> Any:
        known = tuple(value for value, _label in self.choices)
        one: Any = Literal[(*known,)]
        return Annotated[list[one], pydantic.Field(max_length=len(known))]

    def text(self, kept: Any) -> Any:
        words = dict(self.choices)
        return ", ".join(str(words.get(value, value)) for value in kept)
