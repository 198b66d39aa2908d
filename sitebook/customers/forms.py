"""The shape of what is typed about customers and sites; what may be is the models' matter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.texts import says_something
from sitebook.custom_fields.forms import WithCustomFields
from sitebook.customers import reaching
from sitebook.customers.choosing_forms import named_contact
from sitebook.customers.models import Customer, Site
from sitebook.customers.tables import CUSTOMER, SITE
from sitebook.firm.choices import countries, currencies, languages, zones
from sitebook.search.queries import holding
from sitebook.ui.widgets import Reference

# The datalist of types of sites that are in use.
TYPES = "types-of-sites"
KINDS = {
    "office": _("Office"),
    "mobile": _("Mobile"),
    "emergency": _("Emergency"),
    "accounts": _("Accounts"),
    "fax": _("Fax"),
    "other": _("Other"),
}


def _or_none(make: Any) -> Any:
    return lambda: [("", ""), *make()]


def _text(label: Any, length: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=False, **more)


def address(prefix: str = "") -> dict[str, forms.Field]:
    """The fields of an address under a prefix."""
    return {
        f"{prefix}line1": _text(_("Address line 1"), 200),
        f"{prefix}line2": _text(_("Address line 2"), 200),
        f"{prefix}town": _text(_("Town"), 100),
        f"{prefix}region": _text(_("County, state or province"), 100),
        f"{prefix}postcode": _text(_("Postcode"), 20),
        f"{prefix}country": forms.ChoiceField(label=_("Country"), required=False, choices=_or_none(countries)),
    }


class TagsField(forms.CharField):
    """Words between commas; each once, as first written."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Tags"), required=False, max_length=600, help_text=_("Words, with commas between them.")
        )

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        words = [" ".join(word.split()) for word in super().clean(value).split(",")]
        found = list({word.casefold(): word for word in reversed(words) if word}.values())[::-1]
        for word in found:
            if len(word) > 40:
                raise forms.ValidationError(say("The tag “%(word)s” is longer than 40 letters.") % {"word": word})
        return found


class RecordForm(WithCustomFields):
    """What the forms of all registers share. ``keeps_ids``: the record has ids in other systems."""

    keeps_ids = True

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


class NewCustomerForm(RecordForm):
    """A customer from a name alone; the rest can follow."""

    register = CUSTOMER

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Customer.Kind.choices, initial=Customer.Kind.COMPANY)
    phone = _text(_("Phone"), 40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}))
    email = forms.EmailField(label=_("Email"), required=False)
    locals().update({name: field for name, field in address("head_").items() if name != "head_region"})
    first_site = forms.BooleanField(
        label=_("Also make the first site, at this address"),
        required=False,
        help_text=_("For a private person the home is the site."),
    )


def _customer(label: Any, *, source: str = "customers:pick", **options: Any) -> Reference:
    return Reference(label=label, required=False, among=Customer.objects.all, search=holding, source=source, **options)


class CustomerForm(RecordForm):
    register = CUSTOMER

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Customer.Kind.choices)
    is_distributor = forms.BooleanField(
        label=_("Distributor"), required=False, help_text=_("Sells or owns equipment that stands at others’ sites.")
    )
    website = _text(_("Website"), 300)
    vat_number = _text(_("VAT number"), 40)
    locals().update(address("head_"))
    locals().update(address("bill_"))
    account = forms.ChoiceField(label=_("Account"), choices=Customer.Account.choices)
    payment_days = forms.IntegerField(label=_("Payment within (days)"), required=False, min_value=0, max_value=365)
    bill_to = _customer(_("Invoices go to"), help_text=_("Empty: to itself. Any customer of the same group."))
    bill_outside = forms.BooleanField(label=_("May be billed outside the group"), required=False)
    distributor = _customer(_("Supplied through"), source="customers:distributors", help_text=_("A distributor."))
    send_by = forms.ChoiceField(label=_("Send invoices by"), choices=Customer.SendBy.choices)
    currency = forms.ChoiceField(label=_("Currency"), required=False, choices=_or_none(currencies))
    language = forms.ChoiceField(label=_("Language"), required=False, choices=_or_none(languages))
    main_contact = named_contact("main_contact")
    billing_contact = named_contact("billing_contact")
    tags = TagsField()
    notes = _text(_("Notes"), 20_000, widget=forms.Textarea(attrs={"rows": 3}))


class SiteForm(RecordForm):
    register = SITE

    name = forms.CharField(label=_("Name"), max_length=200)
    code = _text(_("Code"), 60, help_text=_("Unique among the customer’s sites."))
    type = _text(_("Type"), 60, widget=forms.TextInput(attrs={"list": TYPES, "autocomplete": "off"}))
    locals().update(address())
    latitude = forms.DecimalField(
        label=_("Latitude"), required=False, min_value=-90, max_value=90, max_digits=9, decimal_places=6
    )
    longitude = forms.DecimalField(
        label=_("Longitude"), required=False, min_value=-180, max_value=180, max_digits=9, decimal_places=6
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=_or_none(zones))
    access_instructions = _text(_("Getting in"), 5000, widget=forms.Textarea(attrs={"rows": 3}))
    opening_hours = _text(_("Opening hours"), 300)
    hazards = _text(_("Hazards"), 5000, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("One a line."))
    own_stock = forms.BooleanField(label=_("Counts as our own stock"), required=False)
    default_contact = named_contact("default_contact")
    tags = TagsField()
    notes = _text(_("Notes"), 20_000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            self.add_error("latitude", say("Give latitude and longitude, or neither."))
        return data


class NewSiteForm(SiteForm):
    default_contact = None  # type: ignore[assignment] # takes the field away
    customer = Reference(
        label=_("Customer"),
        among=lambda: Customer.objects.all(),
        search=holding,
        source="customers:pick",
    )
    status = forms.ChoiceField(label=_("Status"), choices=Site.Status.choices, initial=Site.Status.ACTIVE)
    field_order = ("customer",)


class PhoneForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of phone"), choices=[(kind, KINDS[kind]) for kind in reaching.PHONE_KINDS], required=False
    )
    number = _text(_("Number"), 60, widget=forms.TextInput(attrs={"type": "tel"}))


class EmailForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of address"), choices=[(kind, KINDS[kind]) for kind in reaching.EMAIL_KINDS], required=False
    )
    address = forms.EmailField(label=_("Address"), required=False)


class OutsideIdForm(forms.Form):
    system = _text(_("System"), 40)
    value = _text(_("Id there"), 200)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(data.get("system")) != bool(data.get("value")) and not data.get("DELETE"):
            raise forms.ValidationError(say("Give the system and the id, or neither."))
        return data


def _formset(form: type[forms.Form]) -> Any:
    return forms.formset_factory(form, extra=1, can_delete=True, max_num=20, validate_max=True, absolute_max=30)


PHONES, EMAILS, OUTSIDE_IDS = _formset(PhoneForm), _formset(EmailForm), _formset(OutsideIdForm)
