"""The lists of customers a user may see, whose rows can be chosen for one action."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from sitebook.access import views as access
from sitebook.bulk.lists import BulkList
from sitebook.customers.actions import access_actions
from sitebook.customers.models import Customer
from sitebook.ui.formats import number
from sitebook.ui.listing import Listing
from sitebook.users.models import User


def _granted(of: int | None, on: date) -> tuple[Listing, QuerySet[Any]]:
    return access.GRANTED, access.granted(User.objects.get(pk=of or 0))


def _to_grant(of: int | None, on: date) -> tuple[Listing, QuerySet[Any]]:
    return access.TO_GRANT, access.not_granted(User.objects.get(pk=of or 0))


def _many_customers(count: int) -> str:
    return ngettext("%(count)s customer", "%(count)s customers", count) % {"count": number(count)}


LISTS = (
    BulkList(
        key="granted",
        label=lazy("Granted customers"),
        icon="customers",
        kind=Customer,
        count=_many_customers,
        view="access:user",
        listed=_granted,
        actions=(access_actions,),
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
        actions=(access_actions,),
        of=True,
    ),
)
