"""The lists of sites: columns, sorts, filters, text search."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from sitebook.contacts.party_filters import PartyThere
from sitebook.custom_fields.lists import custom_fields
from sitebook.customers.lists import customer_name
from sitebook.lists.tables import Table
from sitebook.registers.lists import AS_OF, InUse, tagged, tags_of
from sitebook.search.queries import holding
from sitebook.sites.lists import HOLDER, NO_TYPE, of_types, type_choices
from sitebook.sites.models import Site
from sitebook.sites.pages import columns
from sitebook.sites.tables import SITE
from sitebook.ui.filters import Archived, Choice, Filter

_SITE_FILTERS: list[Filter] = [
    AS_OF,
    Choice("status", _("Status"), Site.Status.choices),
    InUse("type", _("Type"), type_choices, by=of_types, fixed=NO_TYPE),
    InUse("tag", _("Tag"), tags_of(Site), by=tagged),
    Archived(label=_("Archived")),
]
SITES = Table(
    more=custom_fields(SITE),
    columns=columns.sites(),
    file_order=columns.SITE_FILE,
    order="name",
    search=holding,
    filters=[*_SITE_FILTERS, HOLDER, PartyThere("party", _("Party"), name=customer_name)],
)
SITES_OF_GROUP = Table(
    more=custom_fields(SITE),
    columns=[replace(each, shown=False) if each.key in ("postcode", "changed") else each for each in SITES.columns],
    order="name",
    search=holding,
    filters=_SITE_FILTERS,
)
SITES_OF_CUSTOMER = Table(
    more=custom_fields(SITE),
    columns=[each for each in SITES.columns if each.key not in ("customer", "customer_reference")],
    order="name",
    search=holding,
    filters=_SITE_FILTERS,
)
