"""Pages by the last row seen, not by counting rows: page 20,000 costs what page 1 costs.

Empty values come last whichever way a column is sorted. Where no key can be empty and all run the same way the
condition is one row comparison, which an index answers; else it is written out key by key."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import (
    CharField,
    F,
    Field,
    Func,
    GeneratedField,
    IntegerField,
    Model,
    OrderBy,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Concat
from django.utils.timezone import is_naive

# Sorts after every letter.
_AFTER_ALL = "\uffff"


class CursorError(ValueError):
    """The text is not a place in this list."""


class Key(NamedTuple):
    """One thing rows are ordered by. ``alias`` is the annotation its value is read from."""

    name: str
    alias: str
    descending: bool
    nullable: bool

    def order(self, *, backwards: bool) -> OrderBy:
        ordering = F(self.name)
        nulls = {} if not self.nullable else {"nulls_first" if backwards else "nulls_last": True}
        return ordering.desc(**nulls) if self.descending != backwards else ordering.asc(**nulls)


def keys_for(queryset: QuerySet[Any], names: Sequence[str]) -> list[Key]:
    """Keys for ``-name`` style names, made unique by the primary key, which runs the way of the last one.
    What is computed or stands in another table may be empty."""
    empty = {field.name: field.null for field in queryset.model._meta.concrete_fields} | {"pk": False}
    keys: list[Key] = []
    for name in [*names, "-pk" if names and names[-1].startswith("-") else "pk"]:
        bare = name.removeprefix("-")
        if bare not in {key.name for key in keys}:
            keys.append(Key(bare, f"sort_{len(keys)}", name.startswith("-"), empty.get(bare, True)))
    return keys


def ordered(queryset: QuerySet[Any], keys: Sequence[Key], *, backwards: bool = False) -> QuerySet[Any]:
    annotated = queryset.annotate(**{key.alias: F(key.name) for key in keys})
    result: QuerySet[Any] = annotated.order_by(*(key.order(backwards=backwards) for key in keys))
    return result


@contextmanager
def by_index() -> Iterator[None]:
    """What is read in here comes in the order of an index, one row after the other, instead of being sorted first.

    Right where many rows match and few are shown: under the policies of a user with some customers PostgreSQL takes all
    that they see for a handful, and sorts it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        yield  # what fails in here ends the transaction, and this with it
        cursor.execute("SET LOCAL enable_sort = on")


def beyond(
    queryset: QuerySet[Any], keys: Sequence[Key], values: Sequence[Any], *, backwards: bool = False
) -> QuerySet[Any]:
    """The rows after the one with these values (before it, when going backwards)."""
    if len({key.descending for key in keys}) == 1 and not any(key.nullable for key in keys):
        compare = TupleLessThan if keys[0].descending != backwards else TupleGreaterThan
        row = Tuple(*(F(key.name) for key in keys))
        return queryset.filter(compare(row, tuple(values)))
    condition, same = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        step = _past(key, value, backwards=backwards)
        if step is not None:
            condition |= same & step
        same &= Q(**{f"{key.name}__isnull": True}) if value is None else Q(**{key.name: value})
    return queryset.filter(condition)


def jumps(model: type[Model], key: Key) -> bool:
    """Whether a list can begin at what somebody types: its order is by free text or a whole number."""
    field = next((each for each in model._meta.concrete_fields if each.name == key.name), None)
    texts = isinstance(field, CharField | TextField) and not field.choices
    return texts or isinstance(field, IntegerField) or (isinstance(field, GeneratedField) and key.name.endswith("_key"))


def starting(queryset: QuerySet[Any], key: Key, text: str) -> QuerySet[Any] | None:
    """The rows from what somebody typed on, a beginning of words or a whole number, in the order of the key; None where
    the key has neither. Where it runs backwards: those up to what begins so."""
    if not jumps(queryset.model, key):
        return None
    edge: Any = Value(text, TextField())
    if isinstance(queryset.model._meta.get_field(key.name), IntegerField):
        if not re.fullmatch(r"-?[0-9]{1,9}", text):
            return None
        edge = int(text)
    elif key.name.endswith("_key"):
        edge = Func(edge, function="sort_key", output_field=TextField())
    if key.descending and not isinstance(edge, int):
        edge = Concat(edge, Value(_AFTER_ALL), output_field=TextField())
    wanted = Q(**{f"{key.name}__{'lte' if key.descending else 'gte'}": edge})
    return queryset.filter(wanted | Q(**{f"{key.name}__isnull": True}) if key.nullable else wanted)


def _past(key: Key, value: Any, *, backwards: bool) -> Q | None:
    """Rows whose own key lies past the value; None when nothing can. Empty counts as last."""
    if value is None:
        return Q(**{f"{key.name}__isnull": False}) if backwards else None
    past = Q(**{f"{key.name}__{'lt' if key.descending != backwards else 'gt'}": value})
    return past | Q(**{f"{key.name}__isnull": True}) if key.nullable and not backwards else past


def write(row: Model, keys: Sequence[Key], *, sort: str, before: int) -> str:
    """The place of a row as text for an address; ``before``: how many rows lie before the page it opens, -1 unless
    that is known. Not signed: whoever changes it only moves within what they may see."""
    values = [getattr(row, key.alias) for key in keys]
    text = json.dumps([sort, before, *values], separators=(",", ":"), ensure_ascii=False, default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str, sort: str, queryset: QuerySet[Any], keys: Sequence[Key]) -> tuple[list[Any], int]:
    """The values and the number before that an address names.
    Raises CursorError for anything that this list in this order did not write."""
    try:
        written_for, before, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if written_for != sort or len(values) != len(keys) or type(before) is not int or not -1 <= before <= 10**9:
            raise CursorError
        annotations = ordered(queryset, keys).query.annotations
        made = [_value(annotations[key.alias].output_field, value) for key, value in zip(keys, values, strict=True)]
        if any(value is None and not key.nullable for key, value in zip(keys, made, strict=True)):
            raise CursorError
    except (binascii.Error, ValueError, TypeError, ArithmeticError, RecursionError, ValidationError) as wrong:
        raise CursorError from wrong
    return made, before


def _value(field: Field[Any, Any], value: Any) -> Any:
    """The value as the column has it. Numbers are held to the column's range: the database would refuse others."""
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise CursorError
    elif value is not None and not isinstance(value, int | float):
        raise CursorError
    made = field.to_python(value)
    if isinstance(made, datetime) and is_naive(made):
        raise CursorError
    if isinstance(made, int | Decimal) and not isinstance(made, bool):
        field.run_validators(made)
    return made
