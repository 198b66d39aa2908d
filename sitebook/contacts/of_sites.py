"""What contacts add to the list of sites: who is asked first there, and the parties there."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from sitebook.contacts.columns import fill_default, main_contact
from sitebook.contacts.party_filters import PartyThere
from sitebook.customers.lists import customer_name
from sitebook.registers.columns import plain_column
from sitebook.sites.register import SITES

SITES.add_to_list(
    plain_column(
        "contact",
        _("Default contact"),
        "pk",
        "customer_id",
        value=main_contact,
        fill=partial(fill_default, on=None),
        shown=False,
    ),
    PartyThere("party", _("Party"), name=customer_name),
)
