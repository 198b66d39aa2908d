"""The sites of a group of customers, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count

from sitebook.customers.models import Customer, Membership
from sitebook.sites.as_of import tenures_on
from sitebook.sites.models import Site


@dataclass
class Branch:
    """A customer below another one. ``sites``: its own; ``all_sites``: with those of what stands below it.

    ``indirect``: it stands below through a customer the reader may not see.
    """

    customer: Customer
    level: int
    sites: int
    indirect: bool = False
    inner: list[Branch] = field(default_factory=list)

    @property
    def all_sites(self) -> int:
        return self.sites + sum(branch.all_sites for branch in self.inner)


def branches(customer: Customer, *, ids: list[int], on: date, today: date) -> list[Branch]:
    """The customers below, each before those under it, by name, with how many sites they had on the day.

    ``ids``: as ``members`` gives them.
    """
    if len(ids) < 2:
        return []
    rows = Membership.objects.in_force(on=on).filter(customer__in=ids).exclude(customer=customer)
    edges = list(rows.select_related("customer").order_by("customer__name_key", "customer_id"))
    counts = dict(counted(ids, on=on, today=today, by="customer_id"))
    found = {row.customer_id: Branch(row.customer, 0, counts.get(row.customer_id, 0)) for row in edges}
    tops: list[Branch] = []
    for row in edges:
        branch = found[row.customer_id]
        above = found.get(row.parent_id)
        branch.indirect = above is None and row.parent_id != customer.pk
        (above.inner if above else tops).append(branch)
    return _in_order(tops, 0)


def _in_order(found: list[Branch], level: int) -> list[Branch]:
    ordered: list[Branch] = []
    for branch in found:
        branch.level = level
        ordered += [branch, *_in_order(branch.inner, level + 1)]
    return ordered


def counted(ids: list[int], *, on: date, today: date, by: str) -> list[tuple[Any, int]]:
    """How many sites these customers had on a day, by ``customer_id``, ``type`` or ``status``; what is most first."""
    return _most_first(Counter({group[0]: number for *group, number in _grouped(ids, (by,), on=on, today=today)}))


def by_type_and_status(ids: list[int], *, on: date, today: date) -> dict[str, list[tuple[Any, int]]]:
    """As ``counted``, under ``type`` and ``status``, from one look at the sites."""
    found: dict[str, Counter[Any]] = {"type": Counter(), "status": Counter()}
    for kind, status, number in _grouped(ids, ("type", "status"), on=on, today=today):
        found["type"][kind] += number
        found["status"][status] += number
    return {by: _most_first(numbers) for by, numbers in found.items()}


def _grouped(ids: list[int], by: tuple[str, ...], *, on: date, today: date) -> Iterable[tuple[Any, ...]]:
    live = on == today
    rows: Any = Site.objects.current() if live else tenures_on(on)
    names = by if live else [each if each == "customer_id" else f"place__{each}" for each in by]
    found: Iterable[tuple[Any, ...]] = (
        rows.filter(customer__in=ids).order_by().values_list(*names).annotate(number=Count("pk"))
    )
    return found


def _most_first(numbers: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(numbers.items(), key=lambda pair: (-pair[1], str(pair[0])))
