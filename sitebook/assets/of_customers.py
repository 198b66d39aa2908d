"""What assets add to customers and sites: how many they own, how many stand there, of which state and class."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from sitebook.assets.models import Asset
from sitebook.assets.periods import AssetPeriod
from sitebook.customers.models import Customer
from sitebook.customers.register import CUSTOMERS
from sitebook.lists.cells import Amount
from sitebook.registers import tabs
from sitebook.registers.columns import plain_column
from sitebook.ui.listing import Count as Counted

OWNED, AT, EITHER = "owned", "at", "either"
EXACT = 1_000
"""Up to here assets are counted; of more it is only said that there are more."""


def which_of(rows: QuerySet[Any], customers: Collection[int], which: str) -> QuerySet[Any]:
    """Those that these customers own, that stand at their sites, or either."""
    if which == OWNED:
        return rows.filter(owner__in=customers)
    if which == AT:
        return rows.filter(place_customer__in=customers)
    # The same as owner or place, in the two columns of which an asset's owner and place are one.
    return rows.filter(Q(holder_id__in=customers) | Q(guest_id__in=customers))


def _capped(number: int) -> Counted:
    return Counted(min(number, EXACT), number <= EXACT)


def counts_of(customers: Collection[int], *, on: date | None = None) -> dict[str, Counted]:
    """How many assets in use these customers own, or owned on a day, and how many stand at their sites."""
    rows = Asset.objects.current() if on is None else periods_on(on)
    found = tabs.counted({which: which_of(rows, customers, which) for which in (OWNED, AT)}, most=EXACT)
    return {which: _capped(number) for which, number in found.items()}


def periods_on(on: date) -> QuerySet[Any]:
    """What held of each asset on a day that is in use today."""
    return AssetPeriod.objects.in_force(on=on).filter(Exists(Asset.objects.current().filter(pk=OuterRef("asset"))))


def counted_by(rows: QuerySet[Any], *names: str) -> list[tuple[Any, ...]]:
    """How many there are of each value of these columns, what is most first."""
    found = rows.order_by().values_list(*names).annotate(number=Count("pk"))
    return sorted(found, key=lambda row: (-row[-1], str(row[:-1])))


class _NumberOf(Subquery):
    """How many rows a query has, at most one more than are counted."""

    template = "(SELECT count(*) FROM (%(subquery)s) found)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[: EXACT + 1])


def with_asset_counts(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Each customer with ``assets_owned`` and ``assets_at``: what it owns, what stands at its sites (F-204)."""
    mine, current = OuterRef("pk"), Asset.objects.current()
    return customers.annotate(
        assets_owned=_NumberOf(current.filter(owner=mine)), assets_at=_NumberOf(current.filter(place_customer=mine))
    )


def _column(key: str, label: Any, query: str) -> Any:
    def said(row: Any) -> int | str:
        count = _capped(getattr(row, key))
        return count.number if count.exact else str(count)

    cell = Amount(view="assets:customer-assets", query=query, number=attrgetter(key), one=_("asset"), many=_("assets"))
    return plain_column(key, label, key, value=said, numeric=True, look="p3", cell=cell)


CUSTOMERS.add_to_list(
    _column("assets_owned", _("Assets owned"), ""), _column("assets_at", _("Assets on location"), f"?which={AT}")
)
