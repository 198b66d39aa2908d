"""What the forms of all registers share; what may be is the models' matter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.email_addresses import AddressField
from sitebook.basics.texts import says_something
from sitebook.custom_fields.forms import WithCustomFields
from sitebook.firm.choices import countries
from sitebook.values import contact_details

KINDS = {
    "office": _("Office"),
    "mobile": _("Mobile"),
    "emergency": _("Emergency"),
    "accounts": _("Accounts"),
    "fax": _("Fax"),
    "other": _("Other"),
}


def or_none(make: Any) -> Any:
    return lambda: [("", ""), *make()]


def text_field(label: Any, length: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=False, **more)


def address(prefix: str = "") -> dict[str, forms.Field]:
    """The fields of an address under a prefix."""
    return {
        f"{prefix}line1": text_field(_("Address line 1"), 200),
        f"{prefix}line2": text_field(_("Address line 2"), 200),
        f"{prefix}town": text_field(_("Town"), 100),
        f"{prefix}region": text_field(_("County, state or province"), 100),
        f"{prefix}postcode": text_field(_("Postcode"), 20),
        f"{prefix}country": forms.ChoiceField(label=_("Country"), required=False, choices=or_none(countries)),
    }


class RecordForm(WithCustomFields):
    """What the forms of all registers share. ``keeps_ids``: the record has ids in other systems;
    ``keeps_contact_details``: telephones and e-mail addresses. ``country_field``: the country that telephone numbers
    typed without one are of."""

    keeps_ids = True
    keeps_contact_details = True
    country_field = "country"

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the model's fields."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "base")}

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if "\0" in name or not says_something(name):
            raise forms.ValidationError(say("Write a name."))
        return name


class PhoneForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of phone"), choices=[(kind, KINDS[kind]) for kind in contact_details.PHONE_KINDS], required=False
    )
    number = text_field(_("Number"), 60, widget=forms.TextInput(attrs={"type": "tel"}))


class EmailForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of address"),
        choices=[(kind, KINDS[kind]) for kind in contact_details.EMAIL_KINDS],
        required=False,
    )
    address = AddressField(as_typed=True, label=_("Address"), required=False)


class OutsideIdForm(forms.Form):
    system = text_field(_("System"), 40)
    value = text_field(_("Id there"), 200)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(data.get("system")) != bool(data.get("value")) and not data.get("DELETE"):
            raise forms.ValidationError(say("Give the system and the id, or neither."))
        return data


def _formset(form: type[forms.Form]) -> Any:
    return forms.formset_factory(form, extra=1, can_delete=True, max_num=20, validate_max=True, absolute_max=30)


PHONES, EMAILS, OUTSIDE_IDS = _formset(PhoneForm), _formset(EmailForm), _formset(OutsideIdForm)


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class OneLine(forms.CharField):
    """Text without doubled blanks."""

    def to_python(self, value: Any) -> Any:
        return " ".join((super().to_python(value) or "").split())


class ReasonForm(forms.Form):
    reason = OneLine(label=_("Reason"), max_length=200)
