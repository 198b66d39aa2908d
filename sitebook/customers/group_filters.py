"""What the list of customers can be narrowed by, of groups and distributors; and the column that says under whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.basics.texts import id_in
from sitebook.customers import groups
from sitebook.customers.models import Customer, Membership
from sitebook.ui.filters import Chip, Choice, Filter, Linked


def with_parents(customers: QuerySet[Any], *, on: date) -> QuerySet[Any]:
    """Each customer with ``parent_pk`` and ``parent_name``, None where there is none, or none the reader may see."""
    above = Membership.objects.filter(customer=OuterRef("pk"), during__holds=on).order_by().values("parent")[:1]
    names = Customer.objects.filter(pk=OuterRef("parent_pk")).values("name")
    found: QuerySet[Any] = customers.annotate(parent_pk=Subquery(above)).annotate(parent_name=Subquery(names))
    return found


def _number(value: str) -> int | None:
    return id_in(value) or None


@dataclass(frozen=True)
class InGroup(Linked):
    """A customer and all that stand under it, today or ``on`` a day."""

    on: date | None = None

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return queryset.filter(pk__in=groups.members(Customer(pk=int(values[0])), on=self.on or timezone.localdate()))

    def chip(self, values: list[str]) -> Chip:
        return super().chip(values)._replace(relation=_("of"))


@dataclass(frozen=True)
class SuppliedThrough(Choice):
    """``yes`` and ``no``: whether it is a distributor; an id: supplied through that one."""

    def knows(self, value: str) -> bool:
        pk = _number(value)
        return super().knows(value) or (pk is not None and Customer.objects.filter(pk=pk).exists())

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        through = [pk for value in values if (pk := _number(value)) is not None]
        if through:
            queryset = queryset.filter(distributor__in=through)
        marked = [value == "yes" for value in values if _number(value) is None]
        return queryset.filter(is_distributor__in=marked) if marked else queryset

    def chip(self, values: list[str]) -> Chip:
        through = [pk for value in values if (pk := _number(value)) is not None]
        if not through:
            return super().chip(values)
        names = Customer.objects.filter(pk__in=through).order_by("name_key").values_list("name", flat=True)
        return Chip(_("Supplied through"), _("is") if len(through) == 1 else _("is one of"), ", ".join(names))


def filters_on(filters: Sequence[Filter], on: date) -> list[Filter]:
    """The same filters, for a list as of a day."""
    return [replace(each, on=on) if isinstance(each, InGroup) else each for each in filters]
