"""Forms of products that a register does not make by itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.texts import says_something
from sitebook.custom_fields.typed import NUMBERS
from sitebook.products.classes import SpecificationField
from sitebook.products.makers import Maker
from sitebook.products.meter_types import MeterType
from sitebook.products.models import Product
from sitebook.products.relationship_values import KIND, QUANTITY, YIELD
from sitebook.values.inputs import NumberField
from sitebook.values.kinds import Number
from sitebook.values.references import Reference

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


class RelationshipForm(forms.Form):
    """A supply, part or accessory of a product, or its successor."""

    kind = KIND.input(label=_("Kind of relationship"))
    related = Reference(to=Product, picker="products:pick", required=True).input(
        label=_("Related product"), help_text=_("By its code or name. A supply is a product of kind “Supply”.")
    )
    quantity = QUANTITY.input(label=_("Quantity"), help_text=_("How many of them the product takes."))
    meter_type = Reference(to=MeterType, picker="meter-types:pick").input(
        label=_("Meter type"), required=False, help_text=_("What its use is counted by, such as pages.")
    )
    expected_yield = YIELD.input(
        label=_("Expected yield"), required=False, help_text=_("What one is good for, in the unit of the meter type.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """What the verbs take."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class JoinForm(forms.Form):
    """Whose spellings those are that are ticked."""

    maker = Reference(to=Maker, picker="makers:pick", required=True, called=Maker.called_or_new, makes=True).input(
        label=_("Maker"), help_text=_("Choose one, or write a new name.")
    )
