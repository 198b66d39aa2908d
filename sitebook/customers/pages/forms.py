"""The form of a customer with the people it names."""

from __future__ import annotations

from sitebook.contacts.pickers import named_contact
from sitebook.customers import forms


class CustomerForm(forms.CustomerForm):
    """With the main and the billing contact."""

    main_contact = named_contact("main_contact")
    billing_contact = named_contact("billing_contact")
