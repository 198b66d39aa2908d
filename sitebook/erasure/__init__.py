"""Erase a person: where they are mentioned, what is replaced."""
