"""What can be done to many customers at once, beside what every register has: who pays, through whom, who sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from sitebook.access.permissions import Permission
from sitebook.bulk.actions import BulkAction, VerbAction
from sitebook.bulk.grants import GrantAction, RevokeAction
from sitebook.customers.groups import change_customer
from sitebook.customers.models import Customer


def customer_actions(form: type[forms.Form]) -> list[BulkAction]:
    """``form``: of a customer."""
    return [_by_verb("bill_to", form, PayerAction), _by_verb("distributor", form), *access_actions()]


def access_actions() -> list[BulkAction]:
    return [GrantAction(kind=Customer), RevokeAction(kind=Customer)]


def blocked(ids: Sequence[int], by_id: int) -> dict[int, str]:
    """Individuals who were erased: nothing is written to what is left."""
    gone = Customer.objects.erased().filter(pk__in=ids)
    text = _("%(name)s was erased. Make a new customer instead.")
    return {row.pk: text % {"name": row} for row in gone}


@dataclass(frozen=True, kw_only=True)
class PayerAction(VerbAction):
    """Who pays for a customer; for the payer among them that is nobody else."""

    def meant(self, row: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: None if pk == row.pk else pk for name, pk in values.items()}


def _by_verb(name: str, form: type[forms.Form], action: type[VerbAction] = VerbAction) -> VerbAction:
    label = form.base_fields[name].label or name
    needs = Permission.CHANGE_CUSTOMERS
    return action(
        key=name, label=label, kind=Customer, needs=needs, form_class=form, names=(name,), verb=_change_customer
    )


def _change_customer(customer: Customer, values: Mapping[str, Any], on: date) -> None:
    change_customer(Customer.objects.get(pk=customer.pk), version=customer.version, on=on, **values)
