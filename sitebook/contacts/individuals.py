"""Contacts who are the customer: who may change them. Those who were erased nobody changes any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from sitebook.access.permissions import Permission, may
from sitebook.bulk.actions import locked
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.users.models import User


def why_not_change(user: Any, contact: Contact) -> str:
    """Who is the customer is changed by whoever may change customers: the database writes both."""
    if not contact.is_customer or may(user, Permission.CHANGE_CUSTOMERS):
        return ""
    return _("%(name)s is the customer: whoever may change customers may do this.") % {"name": contact}


def contacts_blocked(ids: Sequence[int], by_id: int) -> dict[int, str]:
    """Those who were erased, and for who may not change customers those who are one.

    The customers of individuals are taken first, as an edit of the customer does: the database writes both.
    """
    special = Contact.objects.filter(pk__in=ids, is_customer=True) | Contact.objects.filter(
        pk__in=ids, erased_at__isnull=False
    )
    rows = list(special.only("name", "customer_id", "is_customer", "erased_at"))
    locked(Customer, [row.customer_id for row in rows if row.is_customer and row.customer_id])
    user, blocked = User.objects.filter(pk=by_id).first(), {}
    for row in rows:
        if row.erased_at:
            blocked[row.pk] = _("%(name)s was erased. Make a new contact instead.") % {"name": row}
        elif why := why_not_change(user, row):
            blocked[row.pk] = why
    return blocked
