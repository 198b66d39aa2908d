"""The shape of what is typed about customers; what may be is the models' matter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sitebook.customers.models import Customer
from sitebook.customers.tables import CUSTOMER
from sitebook.firm.choices import currencies, languages
from sitebook.registers.forms import RecordForm, TagsField, address, or_none, text_field
from sitebook.search.queries import holding
from sitebook.ui.widgets import Reference


class NewCustomerForm(RecordForm):
    """A customer from a name alone; the rest can follow."""

    register = CUSTOMER

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Customer.Kind.choices, initial=Customer.Kind.COMPANY)
    phone = text_field(_("Phone"), 40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}))
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
    country_field = "head_country"

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Customer.Kind.choices)
    is_distributor = forms.BooleanField(
        label=_("Distributor"), required=False, help_text=_("Sells or owns equipment that stands at others’ sites.")
    )
    website = text_field(_("Website"), 300)
    vat_number = text_field(_("VAT number"), 40)
    locals().update(address("head_"))
    locals().update(address("bill_"))
    account = forms.ChoiceField(label=_("Account"), choices=Customer.Account.choices)
    payment_days = forms.IntegerField(label=_("Payment within (days)"), required=False, min_value=0, max_value=365)
    bill_to = _customer(_("Invoices go to"), help_text=_("Empty: to itself. Any customer of the same group."))
    bill_outside = forms.BooleanField(label=_("May be billed outside the group"), required=False)
    distributor = _customer(_("Supplied through"), source="customers:distributors", help_text=_("A distributor."))
    send_by = forms.ChoiceField(label=_("Send invoices by"), choices=Customer.SendBy.choices)
    currency = forms.ChoiceField(label=_("Currency"), required=False, choices=or_none(currencies))
    language = forms.ChoiceField(label=_("Language"), required=False, choices=or_none(languages))
    tags = TagsField()
    notes = text_field(_("Notes"), 20_000, widget=forms.Textarea(attrs={"rows": 3}))
