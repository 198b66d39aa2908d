"""Makes the database hold notes to the records they are about: the models of those say so (``notes=True``)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from sitebook.basics.named import customer_column, tables


def apply_all(connection: Any) -> None:
    """Bring the trigger to what the models say. ``connection``: Django's, of the owner."""
    words = [word for table in tables(notes=True) for word in (table, customer_column(table))]
    quoted = ", ".join(f"'{word}'" for word in words)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE TRIGGER a_note_is_about_a_record BEFORE INSERT ON notes_note "
            f"FOR EACH ROW EXECUTE FUNCTION a_note_is_about_a_record({quoted})"
        )
