"""The tables of this area whose records have documents and custom fields, by which those are kept."""

CUSTOMER, CONTACT, SITE = "customers_customer", "customers_contact", "customers_site"
