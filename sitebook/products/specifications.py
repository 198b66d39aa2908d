"""Specifications of a record: read by the fields of its class, moved when its class changes, told in the class's order.

For products, and for every record with the columns ``product_class`` and ``specifications`` (``Specified``): the
register says ``follows=following`` and ``checks=[nothing_lost]``, and has a field ``specifications`` of this kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated, Any

import pydantic
from django import forms
from django.db import models
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.custom_fields.records import BadField, Fact
from sitebook.custom_fields.typed import NUMBERS, TypedField
from sitebook.lists.columns import SaidColumn
from sitebook.lists.tables import Table
from sitebook.products.classes import SPECIFICATIONS, ProductClass, SpecificationField
from sitebook.records.models import Record
from sitebook.values.kinds import Kind
from sitebook.values.readers import BadValue

Kept = dict[str, Any]


class Sent(dict[str, Any]):
    """Values as somebody sent them, by the keys or names of the fields; not what is kept."""


class Specified(Record):
    """A record of a class, with specifications. Its rows are read with ``product_class``."""

    product_class = models.ForeignKey(
        ProductClass,
        verbose_name=_("Class"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    specifications: models.JSONField[Kept, Kept] = models.JSONField(
        _("Specifications"), default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )

    class Meta:
        abstract = True

    @classmethod
    def history_parts(cls) -> dict[str, TypedField]:
        own = {f"{SPECIFICATIONS}.{each.kept_as}": each for each in SpecificationField.objects.all()}
        return {**super().history_parts(), **own}

    def further_fields(self) -> list[TypedField]:
        return [*super().further_fields(), *SpecificationField.objects.of(self.product_class_id or 0)]

    def further_facts(self) -> list[tuple[Any, list[Fact]]]:
        found = facts(self.product_class_id, self.specifications)
        return [*super().further_facts(), *([(_("Specifications"), found)] if found else [])]


def facts(product_class: int | None, kept: Mapping[str, Any]) -> list[Fact]:
    """What is written in the fields of a class, with units, in its order."""
    if not kept or not product_class:
        return []
    fields = SpecificationField.objects.of(product_class)
    return [Fact(each.label, each.said(kept[each.kept_as])) for each in fields if each.kept_as in kept]


def moved(kept: Mapping[str, Any], to: int | None) -> Kept:
    """The same values for a record of another class: those whose key and kind its fields have, too; the others under
    the fields they were written in."""
    if not kept:
        return {}
    ids = [int(key) for key in kept]
    before = {each.kept_as: each for each in SpecificationField.objects.filter(pk__in=ids)}
    after = {each.key: each for each in SpecificationField.objects.of(to)}
    found: Kept = {}
    for key, value in kept.items():
        was = before.get(key)
        into = after.get(was.key) if was else None
        fresh = _read(into, was.value(value) if was and was.kind == "choice" else value) if into else None
        if into is not None and fresh is not None:
            found[into.kept_as] = fresh
        else:
            found[key] = value
    return found


def _read(into: SpecificationField, value: Any) -> Any:
    """What another field makes of a value; None where it does not suit."""
    try:
        return into.read(value)
    except BadValue:
        return None


def sent(values: Mapping[str, Any], *, onto: Mapping[str, Any], product_class: int | None) -> Kept:
    """What is kept after these values were sent: others stay, null takes away. Fields are named by key or by label;
    what stands in a field of another class can only be taken away.

    Raises BadField."""
    fields = list(SpecificationField.objects.of(product_class))
    others = SpecificationField.objects.filter(pk__in=[int(key) for key in onto]).exclude(product_class=product_class)
    named = {name.casefold(): each for each in (*others, *fields) for name in (each.title, each.label, each.key)}
    kept = dict(onto)
    for name, given in values.items():
        found = named.get(name.casefold())
        if found is None or (given is not None and found.product_class_id != product_class):
            raise BadField(SPECIFICATIONS, _unknown(name, fields, product_class))
        try:
            kept[found.kept_as] = found.read(given)
        except BadValue as fault:
            raise BadField(SPECIFICATIONS, f"{found.label}: {fault}") from fault
    return {key: value for key, value in kept.items() if value is not None}


def _unknown(name: str, fields: Sequence[SpecificationField], product_class: int | None) -> str:
    if product_class is None:
        text = say("There is no specification “%(name)s”: say the class first, which has specifications.")
        return text % {"name": name[:60]}
    known = ", ".join(each.key for each in fields) or say("none")
    text = say("The class has no specification “%(name)s”. There is: %(known)s.")
    return text % {"name": name[:60], "known": known}


def _class_of(values: Mapping[str, Any]) -> int | None:
    found = values["product_class"] if "product_class" in values else values.get("product_class_id")
    return found.pk if isinstance(found, models.Model) else found or None


def following(values: Mapping[str, Any], now: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is kept of specifications when these values are written onto a record that holds ``now``.

    Raises BadField for a value that does not suit its field."""
    chosen = "product_class" in values or "product_class_id" in values
    given = values.get(SPECIFICATIONS)
    if not chosen and not isinstance(given, Sent):
        return {}
    into = _class_of(values) if chosen else _class_of(now)
    before = now.get(SPECIFICATIONS) or {}
    kept = dict(before if given is None or isinstance(given, Sent) else given)
    if into != _class_of(now):
        kept = moved(kept, into)
    if isinstance(given, Sent):
        kept = sent(given, onto=kept, product_class=into)
    return {SPECIFICATIONS: kept} if kept or before or given is not None else {}


def nothing_lost(whole: Mapping[str, Any]) -> tuple[str, str] | None:
    """A rule of several fields: each specification is one of the record's class."""
    kept = whole.get(SPECIFICATIONS)
    if not kept or isinstance(kept, Sent):
        return None
    into = _class_of(whole)
    fields = {each.kept_as: each for each in SpecificationField.objects.filter(pk__in=[int(key) for key in kept])}
    lost = [f"{each.label}: {each.said(kept[key])}" for key, each in fields.items() if each.product_class_id != into]
    if not lost:
        return None
    said = {"lost": ", ".join(lost), "name": ProductClass.objects.filter(pk=into or 0).first() or say("no class")}
    text = say("With %(name)s these specifications would be lost: %(lost)s. Empty them first, then change the class.")
    return "product_class", text % said


@dataclass(frozen=True, kw_only=True)
class Specifications(Kind):
    """Values by the keys or names of the fields; forms ask for each by itself."""

    empty: Any = field(default_factory=dict)

    def _read(self, given: Any) -> Any:
        if not isinstance(given, Mapping):
            raise BadValue(say("Specifications are an object of values by their keys."))
        return given if isinstance(given, Sent) else Sent(given)

    def input(self, **options: Any) -> forms.Field:
        raise NotImplementedError("forms ask for each specification by itself")

    @property
    def shape(self) -> Any:
        value = str | bool | int | float | None
        name = pydantic.Field(max_length=60)
        text = "By the keys of the class's fields. Those not sent stay as they are; null takes a value away."
        return Annotated[dict[Annotated[str, name], value], pydantic.Field(max_length=100, description=text)]


def for_programs(row: Any) -> dict[str, Any]:
    """A record's values in JSON by key, null where nothing is written; its class is read with its fields."""
    fields = row.product_class.fields.all() if row.product_class_id else ()
    kept = row.specifications
    return {
        each.key: each.value(kept.get(each.kept_as)) if each.kind in NUMBERS else kept.get(each.kept_as)
        for each in fields
        if each.archived_at is None
    }


def with_columns(table: Table) -> Table:
    """The list with a column for each specification of any class, not shown unless asked for."""
    by_key: dict[str, dict[int, SpecificationField]] = {}
    for each in SpecificationField.objects.filter(archived_at__isnull=True).order_by("label", "pk"):
        by_key.setdefault(each.key, {})[each.product_class_id] = each
    return replace(table, columns=[*table.columns, *(_column(key, fields) for key, fields in by_key.items())])


def _column(key: str, fields: Mapping[int, SpecificationField]) -> SaidColumn:
    titles = {each.title for each in fields.values()}
    first = next(iter(fields.values()))

    def of(row: Any, tell: str) -> Any:
        found = fields.get(row.product_class_id)
        return getattr(found, tell)(row.specifications.get(found.kept_as)) if found else None

    return SaidColumn(
        key=f"{SPECIFICATIONS}.{key}",
        label=first.title if len(titles) == 1 else first.label,
        look="p3",
        numeric=all(each.kind in NUMBERS for each in fields.values()),
        shown=False,
        reads=("product_class_id", SPECIFICATIONS),
        value=partial(of, tell="value"),
        said=lambda row: of(row, "said") or "",
    )


def parts() -> dict[str, set[str]]:
    """What a column of a file may fill: ``specifications.power``, or the field's title where it has one unit."""
    titles: dict[str, set[str]] = {}
    for each in SpecificationField.objects.filter(archived_at__isnull=True):
        titles.setdefault(each.column, {each.column}).add(each.title)
    return titles
