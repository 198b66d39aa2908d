"""Copy what one customer has of the catalogue to another: activities with prices, work types, codings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused
from sitebook.catalogue.models import Activity, Coding, CodingCustomer, CustomerActivity, WorkType, WorkTypeCustomer
from sitebook.customers.models import Customer

ACTIVITIES, WORK_TYPES, CODINGS = "activities", "work_types", "codings"
KINDS = (ACTIVITIES, WORK_TYPES, CODINGS)
_HUNDRED, _CENT = Decimal(100), Decimal("0.01")


@dataclass(frozen=True)
class Price:
    """An activity that is copied: what it sells for at the one customer, and what it will at the other."""

    row: CustomerActivity
    before: Decimal | None
    after: Decimal | None

    @property
    def activity(self) -> Activity:
        return self.row.activity


@dataclass(frozen=True)
class Copy:
    """What is copied, and how much was left out because the other customer has it already."""

    prices: list[Price] = field(default_factory=list)
    work_types: list[WorkType] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)
    there: int = 0

    def __bool__(self) -> bool:
        return bool(self.prices or self.work_types or self.codings)


def uplifted(amount: Decimal | None, percent: Decimal) -> Decimal | None:
    """An amount with so many percent more, to the cent. Zero stays zero, and no amount stays none."""
    if not amount or not percent:
        return amount
    return (amount * (_HUNDRED + percent) / _HUNDRED).quantize(_CENT)


def plan_copy(*, source: Customer, target: Customer, kinds: Collection[str], uplift: Decimal, on: date) -> Copy:
    """What ``copy_catalogue`` would write. Raises Refused (same_customer, bad_uplift)."""
    if source.pk == target.pk:
        raise Refused(_("Choose another customer to copy from."), code="same_customer")
    if not -_HUNDRED <= uplift <= 10 * _HUNDRED:
        raise Refused(_("Give an uplift from -100 to 1000 percent."), code="bad_uplift")
    prices, there = _prices(source, target, uplift, on) if ACTIVITIES in kinds else ([], 0)
    work_types, codings = list[WorkType](), list[Coding]()
    if WORK_TYPES in kinds:
        mine = WorkTypeCustomer.objects.filter(customer=target).values("work_type")
        rows = WorkType.objects.filter(archived_at__isnull=True, customer_links__customer=source)
        there += rows.filter(pk__in=mine).count()
        work_types = list(rows.exclude(pk__in=mine).order_by("name_key", "pk"))
    if CODINGS in kinds:
        known = CodingCustomer.objects.filter(customer=target).values("coding")
        rows_of_codings = Coding.objects.filter(archived_at__isnull=True, customer_links__customer=source)
        there += rows_of_codings.filter(pk__in=known).count()
        codings = list(rows_of_codings.exclude(pk__in=known).order_by("name_key", "pk"))
    return Copy(prices, work_types, codings, there)


def _prices(source: Customer, target: Customer, uplift: Decimal, on: date) -> tuple[list[Price], int]:
    mine = set(CustomerActivity.objects.not_over(on=on).filter(customer=target).values_list("activity_id", flat=True))
    rows = CustomerActivity.objects.in_force(on=on).filter(customer=source, activity__archived_at__isnull=True)
    found = list(rows.select_related("activity").order_by("activity__name_key", "pk"))
    fresh = [row for row in found if row.activity_id not in mine]
    prices = [Price(row, now, uplifted(now, uplift)) for row in fresh for now in [row.sells_for(row.activity)]]
    return prices, len(found) - len(fresh)


@transaction.atomic
def copy_catalogue(*, source: Customer, target: Customer, kinds: Collection[str], uplift: Decimal, on: date) -> Copy:
    """Give ``target`` what ``source`` has on the day and it has not: from that day on, for good, and from then on
    independent of it. ``uplift``: percent on sale prices. An activity at list price stays so without an uplift.

    Raises Refused (same_customer, bad_uplift).
    """
    Customer.objects.select_for_update(of=("self",), no_key=True).get(pk=target.pk)
    plan = plan_copy(source=source, target=target, kinds=kinds, uplift=uplift, on=on)
    for price in plan.prices:
        row = price.row
        own = row.sale is not None or price.after != price.before
        CustomerActivity(
            activity=row.activity,
            customer=target,
            cost=row.cost,
            sale=price.after if own else None,
            currency=row.currency,
            source=source,
        ).begin(since=on)
    WorkTypeCustomer.objects.bulk_create(
        [WorkTypeCustomer(work_type=each, customer=target) for each in plan.work_types]
    )
    CodingCustomer.objects.bulk_create([CodingCustomer(coding=each, customer=target) for each in plan.codings])
    return plan
