"""Catalogue and people: what can be done for a customer, for how much, and by whom."""
