"""What contacts add to the list of customers: who is asked first."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from sitebook.contacts.columns import fill_main, main_contact
from sitebook.customers.register import CUSTOMERS
from sitebook.registers.columns import plain_column

CUSTOMERS.add_to_list(
    plain_column("contact", _("Main contact"), "pk", value=main_contact, fill=partial(fill_main, on=None), shown=False)
)
