"""Roles, permissions, who may see which customer, and the row policies of the database."""
