"""Customers, contacts and sites for programs: the verbs of the pages, in JSON."""
