"""The lists of customers, sites and contacts whose rows can be chosen for one action."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from sitebook.access import views as access
from sitebook.bulk.lists import BulkList
from sitebook.contacts import bulk
from sitebook.customers.models import Customer
from sitebook.customers.pages import lists
from sitebook.ui.formats import number
from sitebook.ui.listing import Listing
from sitebook.users.models import User


def _customers(of: int | None, on: date) -> tuple[Listing, QuerySet[Any]]:
    return lists.CUSTOMERS, Customer.objects.all()


def _granted(of: int | None, on: date) -> tuple[Listing, QuerySet[Any]]:
    return access.GRANTED, access.granted(User.objects.get(pk=of or 0))


def _to_grant(of: int | None, on: date) -> tuple[Listing, QuerySet[Any]]:
    return access.TO_GRANT, access.not_granted(User.objects.get(pk=of or 0))


def _many_customers(count: int) -> str:
    return ngettext("%(count)s customer", "%(count)s customers", count) % {"count": number(count)}


LISTS = (
    BulkList(
        key="customers",
        label=lazy("Customers"),
        icon="customers",
        kind=Customer,
        count=_many_customers,
        view="customers:list",
        listed=_customers,
        actions=(bulk.customer_actions, bulk.access_actions),
    ),
    BulkList(
        key="granted",
        label=lazy("Granted customers"),
        icon="customers",
        kind=Customer,
        count=_many_customers,
        view="access:user",
        listed=_granted,
        actions=(bulk.access_actions,),
        of=True,
    ),
    BulkList(
        key="to-grant",
        label=lazy("Customers to grant"),
        icon="customers",
        kind=Customer,
        count=_many_customers,
        view="access:user-add",
        listed=_to_grant,
        actions=(bulk.access_actions,),
        of=True,
    ),
)
