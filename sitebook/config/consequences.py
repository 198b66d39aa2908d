"""What hangs on a record in each area: add an area's source when something of it hangs on records of others."""

from sitebook.assets.consequences import consequences as of_assets
from sitebook.contacts.consequences import consequences as of_contacts
from sitebook.jobs.consequences import consequences as of_jobs
from sitebook.products.relationships import consequences as of_products

SOURCES = (of_contacts, of_products, of_assets, of_jobs)
