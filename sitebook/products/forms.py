"""Forms of products that a register does not make by itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.texts import says_something
from sitebook.custom_fields.typed import NUMBERS
from sitebook.products.classes import SpecificationField
from sitebook.values.inputs import NumberField
from sitebook.values.kinds import Number

_LIMIT = Number(digits=21, places=6)


class SpecificationForm(forms.Form):
    """A specification field of a class; its kind is chosen once, unit and limits are those of numbers."""

    label = forms.CharField(label=_("Name"), max_length=60, help_text=_("Such as “Power” or “Refrigerant”."))
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=SpecificationField.Kind.choices,
        help_text=_("Stays as it is once the specification is added."),
    )
    unit = forms.CharField(
        label=_("Unit"), max_length=20, required=False, help_text=_("Of a number, such as kW or l/min.")
    )
    least = NumberField(_LIMIT, label=_("Lowest value"), required=False, help_text=_("Of a number."))
    most = NumberField(_LIMIT, label=_("Highest value"), required=False, help_text=_("Of a number."))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, new: bool, kind: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        if not new:
            del self.fields["kind"]
            if kind not in NUMBERS:
                for name in ("unit", "least", "most"):
                    del self.fields[name]

    def clean_label(self) -> str:
        label = " ".join(self.cleaned_data["label"].split())
        if not says_something(label):
            raise forms.ValidationError(say("Write a name."))
        return label

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("kind") and data["kind"] not in NUMBERS:
            for name in ("unit", "least", "most"):
                if data.get(name) not in ("", None):
                    self.add_error(name, say("Only numbers have a unit and limits. Leave this empty."))
        return data

    def values(self) -> dict[str, Any]:
        """What the verbs take."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
