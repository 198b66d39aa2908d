"""Groups of customers: which customer stands under which other one, when, and what that decides.

Days are days, periods half open. A group is a tree on every day; the database holds that.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sitebook.basics.refused import Refused
from sitebook.customers.models import Customer, Membership
from sitebook.records.dated import SoAlready
from sitebook.ui.formats import day_text

NAMED = 5
_BELOW = "SELECT id FROM customers_customer WHERE id IN (SELECT customers_below(%s, %s)) ORDER BY id"


def members(customer: Customer, *, on: date) -> list[int]:
    """The ids of a customer and all below it on a day that the reader may see, also through ones that are hidden."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, [customer.pk, on])
        return [row[0] for row in cursor.fetchall()]


def parent_of(customer: Customer, *, on: date) -> tuple[bool, Customer | None]:
    """Whether it stands under another one on a day, and under whom, None where the reader may not see it."""
    return standing(customer, on=on)[:2]


def standing(customer: Customer, *, on: date) -> tuple[bool, Customer | None, list[int]]:
    """As ``parent_of``, with the ids ``members`` gives: all in one statement where nobody is above."""
    rows = Membership.objects.in_force(on=on).filter(customer=customer).values("parent_id")[:1]
    above, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({above}), ARRAY({_BELOW})", [*params, customer.pk, on])
        parent, below = cursor.fetchone()
    return parent is not None, Customer.objects.filter(pk=parent).first() if parent else None, below


def put_under(customer: Customer, *, parent: Customer, since: date) -> Membership:
    """It stands under the parent from ``since`` on, up to the next change that is written down.

    Raises Refused (group_loop, already_in_group, is_archived).
    """
    _may_be_above(parent, customer)
    words = {"customer": customer, "parent": parent, "day": day_text(since)}
    try:
        with transaction.atomic():
            return Membership(customer=customer, parent=parent).begin(since=since)
    except SoAlready as fault:
        raise Refused(
            _("%(customer)s stands under %(parent)s on %(day)s already.") % words, code="already_in_group"
        ) from fault
    except IntegrityError as fault:
        if "stand under itself" not in str(fault):
            raise
        text = _(
            "%(parent)s stands under %(customer)s in that time, so %(customer)s cannot stand under %(parent)s."
            " Take %(parent)s out first, or choose another customer or day."
        )
        raise Refused(text % words, code="group_loop") from fault


def take_out(customer: Customer, *, since: date) -> None:
    """It stands under nobody from ``since`` on, up to the next change that is written down.

    Raises Refused (not_in_group).
    """
    with transaction.atomic():
        if not Membership(customer=customer).stop(on=since):
            text = _("On %(day)s %(customer)s stands under no other customer. Choose another day.")
            raise Refused(text % {"customer": customer, "day": day_text(since)}, code="not_in_group")


def bills_across(customer: Customer, *, on: date) -> list[Customer]:
    """Whose invoices would cross the edge of the group, were this customer taken out of it with all below it:
    those below that are billed to one outside, and those outside that are billed to one below."""
    ids = members(customer, on=on)
    below, paying = {"pk__in": ids}, {"bill_to__in": ids}
    rows = Customer.objects.current().filter(bill_to__isnull=False)
    crossing = rows.filter(**below).exclude(**paying) | rows.filter(**paying).exclude(**below)
    return list(crossing.order_by("name_key", "pk"))


def in_one_group(one: int, other: int, *, on: date) -> bool | None:
    """Whether two customers stand under a common one on a day whom the reader sees, also through ones they may not see.

    None where one of them, or one above them, is hidden, so that the reader cannot know.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_in_one_group(%s, %s, %s)", [one, other, on])
        found: bool | None = cursor.fetchone()[0]
        return found


def change_customer(customer: Customer, *, version: int, on: date, **values: Any) -> None:
    """Save an edit. Raises StaleEdit, Refused (outside_group, not_distributor, distributor_in_use)."""
    with transaction.atomic():
        payer = values.get("bill_to_id", customer.bill_to_id)
        if payer == customer.pk:
            payer = values["bill_to_id"] = None
        outside = values.get("bill_outside", customer.bill_outside)
        if payer != customer.bill_to_id or outside != customer.bill_outside:
            _may_be_billed_to(customer, payer, outside=outside, on=on)
        if values.get("distributor_id", customer.distributor_id) != customer.distributor_id:
            _must_distribute(customer, values["distributor_id"])
        if customer.is_distributor and not values.get("is_distributor", True):
            _must_supply_nobody(customer)
        customer.change(version=version, **values)


def _may_be_billed_to(customer: Customer, payer: int | None, *, outside: bool, on: date) -> None:
    if payer is None or outside or (together := in_one_group(customer.pk, payer, on=on)):
        return
    found = Customer.objects.filter(pk=payer).first()
    text = _(
        "%(payer)s is not in the group of %(customer)s. Choose a customer of the group, or tick “May be billed outside"
        " the group”."
    )
    if together is None:
        text = _(
            "%(payer)s is not in the group of %(customer)s as far as you see it. Choose a customer of the group, or"
            " tick “May be billed outside the group”."
        )
    raise Refused(text % {"payer": found or _("another customer"), "customer": customer}, code="outside_group")


def _must_distribute(customer: Customer, pk: int | None) -> None:
    if pk is None:
        return
    if pk == customer.pk:
        raise Refused(_("%(name)s cannot be supplied through itself.") % {"name": customer}, code="not_distributor")
    found = Customer.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if found is not None and not found.is_distributor:
        text = _("%(name)s is not marked as a distributor. Mark it on its own page first, or choose another one.")
        raise Refused(text % {"name": found}, code="not_distributor")


def _must_supply_nobody(customer: Customer) -> None:
    Customer.objects.select_for_update(no_key=True).filter(pk=customer.pk).first()
    supplied = Customer.objects.filter(distributor=customer).order_by("name_key")
    number = supplied.count()
    if not number:
        return
    names = ", ".join(str(each) for each in supplied[:NAMED]) + (", …" if number > NAMED else "")
    text = ngettext(
        "%(count)s customer is supplied through %(name)s: %(names)s. Change that one first.",
        "%(count)s customers are supplied through %(name)s: %(names)s. Change those first.",
        number,
    )
    raise Refused(text % {"count": number, "name": customer, "names": names}, code="distributor_in_use")


def _may_be_above(parent: Customer, customer: Customer) -> None:
    if parent.is_archived:
        raise Refused(
            _("%(name)s is archived. Restore it first, or choose another customer.") % {"name": parent},
            code="is_archived",
        )
    if parent.pk == customer.pk:
        raise Refused(
            _("%(name)s cannot stand under itself. Choose another customer.") % {"name": customer}, code="group_loop"
        )
