"""What runs remember of a person who is erased goes with the runs: they cannot be undone any more."""

from __future__ import annotations

from django.db import connection

from sitebook.access.identity import beyond_sight


def forget(*, pattern: str, records: list[tuple[str, int]]) -> None:
    """Remove what runs, whoever's, noted about these records (table, id), and every run or note that holds the pattern
    (a regular expression of PostgreSQL)."""
    with beyond_sight(), connection.cursor() as cursor:
        for kind, pk in records:
            cursor.execute("DELETE FROM bulk_outcome WHERE kind = %s AND record_id = %s", [kind, pk])
        if not pattern:
            return
        cursor.execute("DELETE FROM bulk_outcome WHERE concat_ws(' ', why, before::text) ~* %s", [pattern])
        holding = "concat_ws(' ', \"values\"::text, title, address, words, note) ~* %s"
        cursor.execute(f"SELECT id FROM bulk_run WHERE {holding} FOR UPDATE", [pattern])
        found = [pk for (pk,) in cursor.fetchall()]
        cursor.execute("DELETE FROM bulk_outcome WHERE run_id = ANY (%s)", [found])
        cursor.execute("UPDATE bulk_run SET undo_of_id = NULL WHERE undo_of_id = ANY (%s)", [found])
        cursor.execute("DELETE FROM bulk_run WHERE id = ANY (%s)", [found])
