"""Custom fields in forms: of a record, and of a field itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import named
from sitebook.basics.texts import says_something
from sitebook.custom_fields.models import CustomField
from sitebook.custom_fields.typed import NUMBERS, Choice, TypedField
from sitebook.values.readers import BadValue


class Typed(forms.Field):
    """What somebody types into a custom field; cleaned it is what is kept."""

    def __init__(self, own: TypedField) -> None:
        super().__init__(label=own.title, required=False, help_text=own.help, widget=_widget(own))
        self.own = own

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

    def clean(self, value: Any) -> Any:
        try:
            return self.own.read(value)
        except BadValue as fault:
            raise forms.ValidationError(str(fault)) from fault


def _widget(own: TypedField) -> forms.Widget:
    if own.kind == "date":
        return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if own.kind == "choice":
        return forms.Select(choices=[("", ""), *((each["value"], each["label"]) for each in own.choices)])
    if own.kind == "yesno":
        return forms.Select(choices=[("", ""), ("yes", _("yes")), ("no", _("no"))])
    if own.kind in NUMBERS:
        return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.TextInput(attrs={"autocomplete": "off"})


class WithCustomFields(forms.Form):
    """A form of a record of ``register`` (a table) that also asks for the firm's custom fields of it, and for what a
    record that is there (``of``) has fields for besides."""

    register: ClassVar[str] = ""

    def __init__(self, *args: Any, of: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.own: list[TypedField] = list(CustomField.objects.of(self.register)) if self.register else []
        self.own += of.further_fields() if of else []
        for each in self.own:
            self.fields[each.name] = Typed(each)

    def own_names(self) -> list[str]:
        return [each.name for each in self.own]

    def own_groups(self) -> list[tuple[Any, list[str]]]:
        """Their names under the headings they stand under, in their order."""
        groups = groupby(self.own, key=lambda each: each.holder_label)
        return [(heading, [each.name for each in fields]) for heading, fields in groups]

    def gathered(self, values: dict[str, Any], onto: Any = None) -> dict[str, Any]:
        """The values with those of such fields as one for each column that keeps them; ``onto``: the record that
        keeps the others."""
        rest = {name: value for name, value in values.items() if name not in self.own_names()}
        for holder in dict.fromkeys(each.holder for each in self.own):
            given = {each.kept_as: values[each.name] for each in self.own
                     if each.holder == holder and each.name in values}  # fmt: skip
            if given:
                merged = (getattr(onto, holder) if onto else {}) | given
                rest[holder] = {key: value for key, value in merged.items() if value is not None}
        return rest


class FieldForm(forms.Form):
    """A custom field; its kind is chosen once."""

    label = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=CustomField.Kind.choices, help_text=_("Stays as it is once the field is added.")
    )
    help_text = forms.CharField(
        label=_("Help or unit"), max_length=200, required=False, help_text=_("Shown below the field, such as “in kW”.")
    )
    of_place = forms.BooleanField(
        label=_("Belongs to the place"),
        required=False,
        help_text=_("The values stay when a site changes hands. Otherwise they leave with the customer."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, register: str, new: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not named(register).changes_hands:
            del self.fields["of_place"]
        if not new:
            del self.fields["kind"]

    def clean_label(self) -> str:
        label = " ".join(self.cleaned_data["label"].split())
        if not says_something(label):
            raise forms.ValidationError(say("Write a name."))
        return label


class ChoiceForm(forms.Form):
    value = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    label = forms.CharField(
        label=_("Choice"), required=False, max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


if TYPE_CHECKING:
    _ChoiceForms = forms.BaseFormSet[ChoiceForm]
else:
    _ChoiceForms = forms.BaseFormSet


class _Choices(_ChoiceForms):
    def clean(self) -> None:
        names = [each["label"].casefold() for each in chosen(self)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise forms.ValidationError(say("The choice “%(name)s” is there twice.") % {"name": twice[0]})


CHOICES: Any = forms.formset_factory(
    ChoiceForm, formset=_Choices, extra=3, can_delete=True, max_num=200, validate_max=True, absolute_max=250
)


def chosen(formset: Any) -> list[Choice]:
    """The choices that were typed, in order, without empty lines and those taken away."""
    lines: Sequence[dict[str, Any]] = [getattr(form, "cleaned_data", {}) for form in formset.forms]
    return [
        {"value": line.get("value", ""), "label": " ".join(line["label"].split())}
        for line in lines
        if line.get("label", "").strip() and not line.get("DELETE")
    ]
