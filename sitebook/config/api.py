"""What the interface for programs is about: add an area's router when it has operations."""

from sitebook.access.api import router as access
from sitebook.api import interface
from sitebook.assets.api import router as assets
from sitebook.catalogue.api import router as catalogue
from sitebook.config.registers import REGISTERS
from sitebook.contacts.api import router as contacts
from sitebook.customers.api import router as customers
from sitebook.handovers.api import router as handovers
from sitebook.jobs.api import router as jobs
from sitebook.notes.api import router as notes
from sitebook.products.api import router as related_products
from sitebook.search.api import router as search
from sitebook.sites.api import router as sites
from sitebook.users.api import router as users

interface.api.description = """Customers, contacts, sites, products, the catalogue, users and who sees which customer.

A token goes into the header `Authorization: Bearer sbk_…`; it acts as its owner, under the same row policies as the
pages. Lists take the filters, sorts and paging of the pages. A change needs `If-Match` with the ETag that was read.
A POST with an `Idempotency-Key` acts once. Whatever is refused is a problem detail (RFC 9457)."""
declared = [each.operations.router for each in REGISTERS]
for router in (
    customers,
    contacts,
    sites,
    handovers,
    *declared,
    catalogue,
    assets,
    jobs,
    related_products,
    notes,
    users,
    access,
    search,
):
    interface.api.add_router("", router)

operations = interface.operations()
