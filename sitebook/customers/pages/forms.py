"""The forms of a new customer, and of one with the people it names."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sitebook.basics.email_addresses import AddressField
from sitebook.contacts.pickers import named_contact
from sitebook.customers.register import CUSTOMERS
from sitebook.records.forms import text_field
from sitebook.registers.inputs import form_of

_ASKED = ("name", "kind", "head_line1", "head_line2", "head_town", "head_postcode", "head_country")


class NewCustomerForm(form_of(CUSTOMERS, [CUSTOMERS.by_name[name] for name in _ASKED])):  # type: ignore[misc]
    """A customer from a name alone; the rest can follow."""

    phone = text_field(_("Phone"), 40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}))
    email = AddressField(as_typed=True, label=_("Email"), required=False)
    first_site = forms.BooleanField(
        label=_("Also make the first site, at this address"),
        required=False,
        help_text=_("For a private person the home is the site."),
    )


class CustomerForm(CUSTOMERS.form(new=False)):  # type: ignore[misc]
    """With the main and the billing contact."""

    main_contact = named_contact("main_contact")
    billing_contact = named_contact("billing_contact")
