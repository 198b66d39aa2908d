"""What the register still says of a person, and its erasing: values go with their salt, and the chain holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

REASON = ":reason"
ERASED = "erased"
"""What stands in the place of an erased value."""


@dataclass(frozen=True)
class Recorded:
    """Changes of one record that hold what is looked for, in one column; ``customers``: those they are filed under."""

    kind: str
    record_id: int
    column: str
    changes: int
    customers: frozenset[int]


_FIND = """
SELECT c.kind, c.record_id, v.key, count(*), array_agg(DISTINCT c.customer_id) FILTER (WHERE c.customer_id IS NOT NULL)
FROM history_change c
CROSS JOIN LATERAL jsonb_each(c.changes || jsonb_build_object(':reason', c.reason)) v
WHERE (c.changes::text ~* %(pattern)s OR c.reason ~* %(pattern)s) AND v.value::text ~* %(pattern)s
GROUP BY c.kind, c.record_id, v.key ORDER BY c.kind, c.record_id, v.key
"""


def find(pattern: str) -> list[Recorded]:
    """Where a regular expression is found, case apart, among all values and reasons the reader may see."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"pattern": pattern})
        return [
            Recorded(kind, pk, column, count, frozenset(filed or ()))
            for kind, pk, column, count, filed in cursor.fetchall()
        ]


def values_of(*, kind: str, record_id: int, column: str) -> list[Any]:
    """Every value a record's column ever had, as far as it is recorded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT v::text FROM history_change c CROSS JOIN LATERAL jsonb_array_elements(c.changes -> %s) v"
            " WHERE c.kind = %s AND c.record_id = %s",
            [column, kind, record_id],
        )
        values = [json.loads(value) for (value,) in cursor.fetchall()]
    return [value for value in values if value not in (None, ERASED)]


def erase(
    *, kind: str, ids: Iterable[int], columns: Iterable[str], pattern: str = "", customer_id: int | None = None
) -> int:
    """Erase all values of these columns in these records' changes; with a ``pattern`` only those that hold it.

    ``customer_id``: only in what is filed under this customer. Returns how many changes were touched. Raises
    ProgrammingError (insufficient privilege) for anybody but administrators who see all customers.
    """
    with connection.cursor() as cursor:
        given = [kind, sorted(ids), sorted(columns), pattern or None, customer_id]
        cursor.execute("SELECT history_erase(%s, %s::bigint[], %s::text[], %s, %s)", given)
        return int(cursor.fetchone()[0])
