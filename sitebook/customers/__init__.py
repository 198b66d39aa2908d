"""Customers, their sites, and who had a site when."""
