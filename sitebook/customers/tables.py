"""The table of customers, by which their documents and custom fields are kept."""

CUSTOMER = "customers_customer"
