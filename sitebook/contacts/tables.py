"""The table of contacts, by which their documents and custom fields are kept."""

CONTACT = "contacts_contact"
