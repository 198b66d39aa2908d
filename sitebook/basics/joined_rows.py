"""Several records read by one statement: the columns to ask for, and the records made of what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Model


def columns(kind: type[Model], alias: str) -> str:
    """All columns of a model, for a statement in which its table has this alias."""
    return ", ".join(f"{alias}.{field.column}" for field in kind._meta.concrete_fields)


def record[Kind: Model](kind: type[Kind], row: Iterator[Any]) -> Kind | None:
    """The record whose columns come next; None when its key is empty, as after an outer join."""
    fields = kind._meta.concrete_fields
    values = [next(row) for _field in fields]
    found = kind.from_db(connection.alias, [field.attname for field in fields], values)
    return found if found.pk is not None else None
