"""Customers for programs; their groups and sites as of a day."""

from __future__ import annotations

from collections.abc import Collection
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet

from sitebook.api.responses import Json, Wanted
from sitebook.customers.models import Customer
from sitebook.customers.pages import lists
from sitebook.customers.register import CUSTOMERS
from sitebook.lists.tables import Table
from sitebook.registers.operations import Reading, Written, operations


def whole(ids: Collection[int], asked: Wanted) -> dict[int | None, Json]:
    """Customers the caller sees, by id, as they are read alone."""
    plainly = Wanted(frozenset(), frozenset(), asked.on)
    rows = list(_rows(asked).filter(pk__in=ids)) if ids else []
    return {each["id"]: each for each in OPERATIONS.written(rows, plainly)}


def _rows(asked: Wanted) -> QuerySet[Customer]:
    return lists.rows(on=asked.on)


def _list_then(asked: Wanted) -> tuple[Table, QuerySet[Any], Written]:
    return lists.listing(on=asked.on), _rows(asked), OPERATIONS.written


OPERATIONS = operations(
    CUSTOMERS,
    Reading(
        rows=_rows,
        names={"parent": (Customer, attrgetter("parent_pk"))},
        also={"site_count": attrgetter("site_count")},
        expands=dict.fromkeys(("bill_to", "distributor", "parent"), whole),
        list_then=_list_then,
        then="With ``as_of`` its group and the number of its sites are those of that day.",
    ),
)
router = OPERATIONS.router
