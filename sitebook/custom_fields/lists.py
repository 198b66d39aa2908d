"""Custom fields in lists: as columns, and as filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

from django.db.models import DateField, DecimalField, Field, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.custom_fields.models import CustomField
from sitebook.lists.columns import Column, SaidColumn
from sitebook.lists.tables import Table
from sitebook.ui.filters import Chip, Choice, Filter
from sitebook.values import readers

# What the address says for records in which nothing is written.
NOTHING = "-"
Path = tuple[str, ...]


def custom_fields(register: str, *path: str) -> Callable[[Table], Table]:
    """What adds the firm's custom fields of a register to a list, whose rows keep them at ``path``."""
    return partial(_with_own, register, path=path or ("custom",))


def _with_own(register: str, table: Table, *, path: Path) -> Table:
    fields = list(CustomField.objects.of(register))
    columns: list[Column] = [*table.columns, *(_column(each, path) for each in fields)]
    filters = [*table.filters, *(one for each in fields for one in _filters(each, path))]
    return replace(table, columns=columns, filters=filters)


def _kept(row: Any, *, path: Path) -> dict[str, Any]:
    found = getattr(row, path[0])
    for part in path[1:]:
        found = found.get(part) or {}
    return dict(found)


def _column(field: CustomField, path: Path) -> Column:
    kept = partial(_kept, path=path)
    return SaidColumn(
        key=field.column,
        label=field.label,
        look="p3",
        numeric=field.kind == CustomField.Kind.NUMBER,
        shown=False,
        reads=path[:1],
        value=lambda row: field.value(kept(row).get(field.key)),
        said=lambda row: field.said(kept(row).get(field.key)),
    )


def _filters(field: CustomField, path: Path) -> list[Filter]:
    key, label, kinds = field.column, field.label, CustomField.Kind
    if field.kind == kinds.TEXT:
        return [Holds(key, label, field.key, path)]
    if field.kind in (kinds.CHOICE, kinds.YES_NO):
        offered: list[tuple[str, Any]] = [(each["value"], each["label"]) for each in field.choices]
        if field.kind == kinds.YES_NO:
            offered = [("yes", _("yes")), ("no", _("no"))]
        return [Choice(key, label, [*offered, (NOTHING, _("nothing written"))], by=partial(_one_of, field, path))]
    read = readers.number if field.kind == kinds.NUMBER else readers.day
    kind: type[Edge] = NumberEdge if field.kind == kinds.NUMBER else DayEdge
    return [
        kind(f"{key}.{end}", f"{label}, {said}", field, path, read, end == "until")
        for end, said in (("from", say("from")), ("until", say("up to")))
    ]


def _one_of(field: CustomField, path: Path, rows: QuerySet[Any], chosen: list[str]) -> QuerySet[Any]:
    wanted = Q(pk__in=[])
    for each in chosen:
        if each == NOTHING:
            wanted |= ~Q(**{f"{'__'.join(path)}__has_key": field.key})
        else:
            held: Any = {field.key: each == "yes" if field.kind == CustomField.Kind.YES_NO else each}
            for part in reversed(path[1:]):
                held = {part: held}
            wanted |= Q(**{f"{path[0]}__contains": held})
    return rows.filter(wanted)


def _at(path: Path, key: str) -> KeyTextTransform:
    """The text of a field; a key that reads like a lookup stays a key."""
    holder: Any = path[0]
    for part in path[1:]:
        holder = KeyTransform(part, holder)
    return KeyTextTransform(key, holder)


@dataclass(frozen=True)
class Holds(Filter):
    """Text that holds what is typed, case apart."""

    own: str
    path: Path
    control: ClassVar[str] = "text"

    def knows(self, value: str) -> bool:
        return "\0" not in value and len(value) <= 200

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        name = f"own_{self.own}"
        found: QuerySet[Any] = queryset.alias(**{name: _at(self.path, self.own)})
        return found.filter(**{f"{name}__icontains": values[0]})

    def chip(self, values: list[str]) -> Chip:
        return Chip(str(self.label), say("contains"), values[0])


@dataclass(frozen=True)
class Edge(Filter):
    """From a value on, or ``until`` and with it."""

    own: CustomField
    path: Path
    read: Callable[[Any], str]
    until: bool
    output: ClassVar[Field[Any, Any]]

    def knows(self, value: str) -> bool:
        try:
            self.read(value)
        except readers.BadValue:
            return False
        return True

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        name = f"own_{self.own.key}"
        cast = Cast(_at(self.path, self.own.key), self.output)
        edge = self.output.to_python(self.read(values[0]))
        found: QuerySet[Any] = queryset.alias(**{name: cast})
        return found.filter(**{f"{name}__{'lte' if self.until else 'gte'}": edge})

    def chip(self, values: list[str]) -> Chip:
        relation = say("up to") if self.until else say("from")
        return Chip(str(self.own.label), relation, self.own.said(self.read(values[0])))


@dataclass(frozen=True)
class NumberEdge(Edge):
    control: ClassVar[str] = "text"
    output: ClassVar[Field[Any, Any]] = DecimalField(max_digits=25, decimal_places=6)


@dataclass(frozen=True)
class DayEdge(Edge):
    control: ClassVar[str] = "date"
    output: ClassVar[Field[Any, Any]] = DateField()
