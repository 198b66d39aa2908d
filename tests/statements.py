"""What an act costs, said in statements: the same on a busy machine and on an idle one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements sent until the end of the block, however many."""
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *further: Any) -> Any:
        sent.append(sql)
        return execute(sql, *further)

    with connection.execute_wrapper(note):
        yield sent
