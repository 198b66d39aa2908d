"""When a person is erased, the views that name them go, whoever saved them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_plus

from django.db import connection


def forget(holds: Callable[[str], object]) -> None:
    """``holds``: whether a text holds the person. Addresses are read as people typed what is in them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, query FROM lists_all_views()")
        found = [
            pk for pk, name, query in cursor.fetchall() if holds(name) or holds(unquote_plus(query)) or holds(query)
        ]
        if found:
            cursor.execute("SELECT lists_forget(%s)", [found])
