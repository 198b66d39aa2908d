"""The nouns of this area: customers and groups, contacts and roles, sites and who had them, areas inside."""

from sitebook.customers.models.areas import Area, Position
from sitebook.customers.models.contacts import SINGLE, Contact, ContactRole, Role, role_name
from sitebook.customers.models.customers import Customer, CustomerExternalId, Membership
from sitebook.customers.models.registers import Register, RegisterRows
from sitebook.customers.models.sites import Site, SiteChange, SiteExternalId, SiteParty, Tenure

__all__ = [
    "SINGLE",
    "Area",
    "Contact",
    "ContactRole",
    "Customer",
    "CustomerExternalId",
    "Membership",
    "Position",
    "Register",
    "RegisterRows",
    "Role",
    "Site",
    "SiteChange",
    "SiteExternalId",
    "SiteParty",
    "Tenure",
    "role_name",
]
