"""Which activities a customer has, from when to when, and at what price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused
from sitebook.catalogue.models import Activity, CustomerActivity
from sitebook.customers.models import Customer


@transaction.atomic
def agree(
    activity: Activity,
    *,
    customer: Customer,
    since: date,
    until: date | None = None,
    cost: Decimal | None = None,
    sale: Decimal | None = None,
    currency: str = "",
) -> CustomerActivity:
    """Let a customer have an activity from ``since`` up to the next change, at most to ``until``, the first day on
    which it is over. ``cost`` and ``sale``: of one unit; None is the activity's own. Other prices make room.

    Raises SoAlready and Refused (day_outside_period, is_archived, currency_needs_amounts).
    """
    if activity.is_archived:
        text = _("%(name)s is archived. Restore it first.")
        raise Refused(text % {"name": activity}, code="is_archived")
    if currency == activity.currency:
        currency = ""
    if currency and (cost is None or sale is None):
        text = _("In another currency than the activity’s, give cost and sale price.")
        raise Refused(text, code="currency_needs_amounts")
    row = CustomerActivity(activity=activity, customer=customer, cost=cost, sale=sale, currency=currency)
    return row.begin(since=since, until=until)


@transaction.atomic
def withdraw(activity: Activity, *, customer: Customer, on: date) -> None:
    """From the day on the customer does not have the activity. Raises Refused (not_assigned)."""
    if not CustomerActivity(activity=activity, customer=customer).stop(on=on):
        said = {"name": activity, "customer": customer}
        raise Refused(_("%(customer)s does not have %(name)s on that day.") % said, code="not_assigned")
