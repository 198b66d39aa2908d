"""What forms ask with for values that are read by their kind."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from sitebook.values.readers import BadValue


class ReadByKind(forms.Field):
    """Takes what the kind takes."""

    def __init__(self, kind: Any, **options: Any) -> None:
        super().__init__(**options)
        self.kind = kind

    def to_python(self, value: Any) -> Any:
        try:
            found = self.kind.read(value)
        except BadValue as fault:
            raise forms.ValidationError(str(fault)) from fault
        return found


class NumberField(ReadByKind, forms.DecimalField):
    pass


class DayField(ReadByKind, forms.DateField):
    pass


class TagsField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2_000, help_text=lazy("Words, with commas between them."), **options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value
