"""Asks the search. The database decides what the asker may see."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found. ``rank``: 0 the name itself … 4 elsewhere, 5 and 6 one slip away."""

    kind: str
    record_id: int
    title: str
    archived: bool
    rank: int

    @property
    def slipped(self) -> bool:
        """Whether it was found by words one slip away from what was typed."""
        return self.rank % 10 >= 5


def find(typed: str, *, kinds: Sequence[str], want: int) -> list[Hit]:
    """Up to ``want`` records of each kind (a table's name), best first; none for fewer than two letters."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, record_id, title, archived, rank FROM search_find(%s, %s, %s)",
            [typed.replace("\0", "")[:LONGEST], list(kinds), want],
        )
        return [Hit(*row) for row in cursor.fetchall()]


def holding[Q: QuerySet[Any]](rows: Q, typed: str) -> Q:
    """Rows of a searched model that hold every word typed, whichever of their texts; by an index on parts of words."""
    words = [typed.replace("\0", "")[:LONGEST], rows.model._meta.db_table]
    return rows.filter(pk__in=RawSQL("SELECT search_ids(%s, %s)", words))


def resembling(
    kind: str,
    *,
    name: str,
    words: Sequence[str],
    holder: int | None,
    named: Sequence[str],
    sharing: Sequence[Sequence[str]],
) -> list[int]:
    """Ids of records of a kind that are worth comparing with one that is being typed.

    words: up to three of its ``name``; found are names that hold two of them, as typed or one slip away, at ``holder``
    where there is one, the likest first. named: whole names. sharing: lists of parts of which a record holds all.
    """
    parts = [[part for each in group if (part := each.replace("\0", "")[:LONGEST])] for group in sharing]
    asked = [kind, name[:LONGEST], [word[:LONGEST] for word in words], holder, [each[:LONGEST] for each in named]]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT search_resembling(%s, %s, %s::text[], %s, %s::text[], %s::jsonb)",
            [*asked, json.dumps([group for group in parts if group])],
        )
        return [row[0] for row in cursor.fetchall()]
