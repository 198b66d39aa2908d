"""Makes the database hold documents to the records they are about: the models of those say so (``documents=True``)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from sitebook.basics.named import customer_column, customers, tables


def apply_all(connection: Any) -> None:
    """Bring the triggers to what the models say. ``connection``: Django's, of the owner."""
    words = []
    for table, said in tables(documents=True).items():
        words += [table, customer_column(table), "passes" if said.changes_hands else "stays"]
    _trigger(connection, "a_document_is_about_a_record", "INSERT OR UPDATE", words)
    changed = "a_document_is_changed_by_who_sees_its_customer"
    _trigger(connection, changed, "UPDATE OR DELETE", [customers()._meta.db_table])


def _trigger(connection: Any, name: str, events: str, words: list[str]) -> None:
    quoted = ", ".join(f"'{word}'" for word in words)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {events} ON files_document "
            f"FOR EACH ROW EXECUTE FUNCTION {name}({quoted})"
        )
