"""Whether two texts differ only in capital and small letters. The database alone judges it, by LOWER(), which its
constraints use too: UPPER() takes ı for I and ſ for S, and Python's casefold takes ß for ss.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import connection, models

if TYPE_CHECKING:
    Lookup = models.Lookup[Any]
else:
    Lookup = models.Lookup


@models.CharField.register_lookup
@models.TextField.register_lookup
class InAnyCase(Lookup):
    """``filter(code__in_any_case="ab-1")``: LOWER(column) = LOWER(value)."""

    lookup_name = "in_any_case"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"LOWER({left}) = LOWER({right})", [*left_values, *right_values]


def lowered(texts: Iterable[str]) -> dict[str, str]:
    """Each text with its form in small letters, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT each, LOWER(each) FROM unnest(%s::text[]) each", [list({*texts})])
        return dict(cursor.fetchall())
