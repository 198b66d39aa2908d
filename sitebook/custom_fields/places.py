"""Makes the database hold which fields may belong to a place: those of records that pass from customer to customer."""

from __future__ import annotations

from typing import Any

from sitebook.basics.named import tables


def apply_all(connection: Any) -> None:
    """Bring the trigger to what the models say. ``connection``: Django's, of the owner."""
    places = ", ".join(f"'{table}'" for table in tables(custom_fields=True, changes_hands=True))
    name = "custom_fields_are_changed_by_administrators"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE INSERT OR UPDATE ON custom_fields_customfield "
            f"FOR EACH ROW EXECUTE FUNCTION {name}({places})"
        )
