"""The shape of what is asked about the firm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from sitebook.basics.email_addresses import AddressField
from sitebook.firm.choices import countries, currencies, languages, zones
from sitebook.firm.models import Firm


def _choose(make: Any) -> Any:
    """Choices are in the words of whoever asks, so they are made when the form is."""
    return lambda: [("", ""), *make()]


class FirmForm(forms.Form):
    name = forms.CharField(label=_("Name of your firm"), max_length=200)
    country = forms.ChoiceField(label=_("Country"), choices=_choose(countries))
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_choose(zones))
    language = forms.ChoiceField(label=_("Language"), choices=languages)
    currency = forms.ChoiceField(label=_("Currency"), choices=_choose(currencies))


class WelcomeForm(FirmForm):
    """The firm, and under ``your_`` names the first administrator."""

    your_name = forms.CharField(label=_("Your name"), max_length=120)
    your_email = AddressField(label=_("Your email address"), max_length=254)
    your_password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. Not a common password, not your name or address."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, hint in (("name", "organization"), ("your_name", "name"), ("your_email", "username")):
            self.fields[name].widget.attrs["autocomplete"] = hint

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if password := data.get("your_password"):
            someone = get_user_model()(name=data.get("your_name", ""), email=data.get("your_email", ""))
            try:
                validate_password(password, someone)
            except forms.ValidationError as fault:
                self.add_error("your_password", fault)
        return data

    def firm(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FirmForm.base_fields}

    def administrator(self) -> dict[str, Any]:
        return {name: self.cleaned_data[f"your_{name}"] for name in ("name", "email", "password")}


class SettingsForm(FirmForm):
    support_email = AddressField(
        as_typed=True,
        label=_("Who helps our people"),
        required=False,
        help_text=_("Shown where somebody needs help with Sitebook."),
    )
    confirm_first_link = forms.BooleanField(
        label=Firm._meta.get_field("confirm_first_link").verbose_name,
        required=False,
        help_text=Firm._meta.get_field("confirm_first_link").help_text,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
