"""The table of sites, by which their documents and custom fields are kept."""

SITE = "sites_site"
