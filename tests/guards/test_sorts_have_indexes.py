"""Whatever a list of a register can be sorted by has its index: a page of a million rows must not read them all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict

from sitebook.access.identity import acting
from sitebook.basics import keyset
from sitebook.config.registers import DECLARED
from sitebook.customers.models import Customer
from tests.cast import Cast

# A contact's customer stands in another table, and rows without one come last: no index has that order.
WITHOUT = {("contacts", "customer")}


def sorts() -> Iterator[tuple[Any, str]]:
    for register in DECLARED:
        for column in register.listing.columns:
            if column.sort:
                yield register, column.key


@contextmanager
def by_index_alone() -> Iterator[None]:
    """PostgreSQL sorts and reads whole tables only where there is no other way."""
    with connection.cursor() as cursor:
        for way in ("sort", "seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        yield


def reads_all(rows: QuerySet[Any]) -> bool:
    """Whether a page can only be had by sorting everything there is."""
    with by_index_alone():
        plan = json.loads(rows[:51].explain(format="json"))[0]["Plan"]
    return '"Sort"' in json.dumps(plan)


@pytest.mark.django_db
def test_every_sort_of_every_list_has_an_index(cast: Cast) -> None:
    found = set()
    with acting(user=cast.alice, via="screen"):
        for register, key in sorts():
            for direction in ("", "-"):
                asked = register.listing.asked(QueryDict(f"sort={direction}{key}"))
                narrowed = asked.narrow(register.queryset())
                if reads_all(keyset.ordered(narrowed, keyset.keys_for(narrowed, asked.order_names()))):
                    found.add((register.path, key))
    assert found == WITHOUT


@pytest.mark.django_db
def test_a_sort_without_an_index_is_found(cast: Cast) -> None:
    with acting(user=cast.alice, via="screen"):
        rows = Customer.objects.filter(archived_at__isnull=True)
        assert reads_all(rows.order_by("website", "pk"))
        assert not reads_all(rows.order_by("head_town", "pk"))
