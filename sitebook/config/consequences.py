"""What hangs on a record in each area: add an area's source when something of it hangs on records of others."""

from sitebook.contacts.consequences import consequences

SOURCES = (consequences,)
