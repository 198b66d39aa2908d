"""Pages by the last row seen, not by counting rows: page 20,000 costs what page 1 costs.

Empty values come last whichever way a column is sorted. Where no key can be empty and all run the same way the
condition is one row comparison, which an index answers; else it is written out key by key."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, OrderBy, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.timezone import is_naive

MOST = 10**9


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


class Place(NamedTuple):
    """Between two rows: the values of the row it stands at, and how many rows lie before the page it opens."""

    values: tuple[Any, ...]
    before: int


def keys_for(queryset: QuerySet[Any], names: Sequence[str]) -> list[Key]:
    """Keys for ``-name`` style names, made unique by the primary key, which runs the way of the last one."""
    keys: list[Key] = []
    for name in [*names, "-pk" if names and names[-1].startswith("-") else "pk"]:
        bare = name.removeprefix("-")
        if bare not in {key.name for key in keys}:
            keys.append(Key(bare, f"sort_{len(keys)}", name.startswith("-"), _nullable(queryset, bare)))
    return keys


def ordered(queryset: QuerySet[Any], keys: Sequence[Key], *, backwards: bool = False) -> QuerySet[Any]:
    annotated = queryset.annotate(**{key.alias: F(key.name) for key in keys})
    result: QuerySet[Any] = annotated.order_by(*(key.order(backwards=backwards) for key in keys))
    return result


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


def _past(key: Key, value: Any, *, backwards: bool) -> Q | None:
    """Rows whose own key lies past the value; None when nothing can. Empty counts as last."""
    if value is None:
        return Q(**{f"{key.name}__isnull": False}) if backwards else None
    past = Q(**{f"{key.name}__{'lt' if key.descending != backwards else 'gt'}": value})
    return past | Q(**{f"{key.name}__isnull": True}) if key.nullable and not backwards else past


def place_of(row: Model, keys: Sequence[Key], *, before: int) -> Place:
    return Place(tuple(getattr(row, key.alias) for key in keys), before)


def write(place: Place, sort: str) -> str:
    """A place as text for an address. Not signed: whoever changes it only moves within what they may see."""
    values = [_plain(value) for value in place.values]
    text = json.dumps([sort, place.before, *values], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str, sort: str, queryset: QuerySet[Any], keys: Sequence[Key]) -> Place:
    """The place an address names. Raises CursorError for anything that this list in this order did not write."""
    try:
        data = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        written_for, before, *values = data
        if written_for != sort or len(values) != len(keys) or type(before) is not int or not 0 <= before <= MOST:
            raise CursorError
        fields = [_field(queryset, key) for key in keys]
        made = tuple(_value(field, value) for field, value in zip(fields, values, strict=True))
        if any(value is None and not key.nullable for key, value in zip(keys, made, strict=True)):
            raise CursorError
        return Place(made, before)
    except (binascii.Error, ValueError, TypeError, ArithmeticError, RecursionError, ValidationError) as wrong:
        raise CursorError from wrong


def _field(queryset: QuerySet[Any], key: Key) -> Field[Any, Any]:
    annotated = queryset.annotate(**{key.alias: F(key.name)})
    field: Field[Any, Any] = annotated.query.annotations[key.alias].output_field
    return field


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


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def _nullable(queryset: QuerySet[Any], name: str) -> bool:
    """Whether a value can be empty. What is computed or stands in another table may be."""
    if name == "pk":
        return False
    if "__" in name or name in queryset.query.annotations:
        return True
    try:
        return bool(getattr(queryset.model._meta.get_field(name), "null", True))
    except FieldDoesNotExist:
        return True
