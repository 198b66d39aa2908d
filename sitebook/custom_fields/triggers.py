"""Makes the database hold what custom fields may be: their values in every table that keeps some, and which of them
belong to a place: those of records that pass from customer to customer."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from sitebook.basics.named import tables


def apply_all(connection: Any) -> None:
    """Bring the triggers to what the models say. ``connection``: Django's, of the owner."""
    places = ", ".join(f"'{table}'" for table in tables(custom_fields=True, changes_hands=True))
    name = "custom_fields_are_changed_by_administrators"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE INSERT OR UPDATE ON custom_fields_customfield "
            f"FOR EACH ROW EXECUTE FUNCTION {name}({places})"
        )
        for table in keeping_values():
            cursor.execute(
                f'CREATE OR REPLACE TRIGGER custom_fields_fit BEFORE INSERT OR UPDATE OF custom ON "{table}" '
                "FOR EACH ROW EXECUTE FUNCTION custom_fields_fit()"
            )


def keeping_values() -> list[str]:
    """Every table with room for custom fields; of those that have none, nothing may be written there."""
    models = apps.get_models()
    return [model._meta.db_table for model in models if "custom" in {each.name for each in model._meta.fields}]
