"""Contacts, their roles, parties of a site."""
