"""Brings the database to the code's schema: migrations, then what stands beside the models."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections

from sitebook.access.policies import apply_all


def migrate(*, verbosity: int = 0) -> None:
    """Apply missing migrations and the declared policies, as the owner. Safe to repeat."""
    call_command("migrate", database="owner", verbosity=verbosity, interactive=False)
    apply_all(connections["owner"])
