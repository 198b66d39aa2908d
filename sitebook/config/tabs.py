"""The tabs of a record's page: the named seam between areas that do not know each other."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.contacts import tables as contact_tables
from sitebook.customers import tables
from sitebook.registers.tabs import Tab, documents_tab
from sitebook.sites import tables as site_tables

CUSTOMER = (
    Tab("overview", _("Overview"), "customers:customer"),
    Tab("sites", _("Sites"), "customers:customer-sites"),
    Tab("assets", _("Assets"), "assets:customer-assets", Permission.SEE_ASSETS),
    Tab("jobs", _("Jobs"), "jobs:customer-jobs", Permission.SEE_JOBS),
    Tab("contacts", _("Contacts"), "contacts:customer-contacts"),
    Tab("catalogue", _("Catalogue"), "catalogue:customer", Permission.SEE_CATALOGUE),
    documents_tab("customers", tables.CUSTOMER),
    Tab("access", _("Access"), "access:customer", Permission.GRANT),
    Tab("history", _("History"), "customers:history"),
)
SITE = (
    Tab("overview", _("Overview"), "sites:site"),
    Tab("areas", _("Areas"), "sites:areas"),
    Tab("assets", _("Assets"), "assets:site-assets", Permission.SEE_ASSETS),
    Tab("jobs", _("Jobs"), "jobs:site-jobs", Permission.SEE_JOBS),
    Tab("contacts", _("Contacts"), "contacts:site-contacts"),
    documents_tab("sites", site_tables.SITE),
    Tab("history", _("History"), "sites:history"),
)
CONTACT = (
    Tab("overview", _("Overview"), "contacts:contact"),
    documents_tab("contacts", contact_tables.CONTACT),
    Tab("history", _("History"), "contacts:history"),
)
