"""What can be done to many customers at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from sitebook.access.permissions import Permission
from sitebook.bulk.actions import (
    BulkAction,
    FieldsAction,
    TagAction,
    UntagAction,
    VerbAction,
)
from sitebook.bulk.custom_fields import custom_field_actions
from sitebook.bulk.grants import GrantAction, RevokeAction
from sitebook.contacts.models import Contact
from sitebook.customers.forms import CustomerForm
from sitebook.customers.groups import change_customer
from sitebook.customers.models import Customer
from sitebook.registers.actions import ArchiveAction, RestoreAction
from sitebook.sites.models import Site

ARCHIVES: dict[type[Any], Permission] = {
    Customer: Permission.ARCHIVE_CUSTOMERS,
    Site: Permission.ARCHIVE_SITES,
    Contact: Permission.ARCHIVE_CONTACTS,
}


def _customers_blocked(ids: Sequence[int], by_id: int) -> dict[int, str]:
    """Individuals who were erased: nothing is written to what is left."""
    gone = Contact.objects.filter(customer__in=ids, is_customer=True, erased_at__isnull=False)
    text = _("%(name)s was erased. Make a new customer instead.")
    return {row.customer.pk: text % {"name": row.customer} for row in gone.select_related("customer") if row.customer}


@dataclass(frozen=True, kw_only=True)
class PayerAction(VerbAction):
    """Who pays for a customer; for the payer among them that is nobody else."""

    def meant(self, row: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: None if pk == row.pk else pk for name, pk in values.items()}


def _change_customer(customer: Customer, values: Mapping[str, Any], on: date) -> None:
    change_customer(Customer.objects.get(pk=customer.pk), version=customer.version, on=on, **values)


def _tags(kind: type[Any], needs: Permission, blocked: Any = None) -> list[BulkAction]:
    return [TagAction(kind=kind, needs=needs, blocked=blocked), UntagAction(kind=kind, needs=needs, blocked=blocked)]


def _archive(kind: type[Any]) -> list[BulkAction]:
    return [ArchiveAction(kind=kind, needs=ARCHIVES[kind]), RestoreAction(kind=kind, needs=ARCHIVES[kind])]


def _fields(
    kind: type[Any], form: type[forms.Form], needs: Permission, names: Sequence[str], blocked: Any = None
) -> list[BulkAction]:
    labels = {name: form.base_fields[name].label or name for name in names}
    return [
        FieldsAction(
            key=name, label=labels[name], kind=kind, needs=needs, form_class=form, names=(name,), blocked=blocked
        )
        for name in names
    ]


def _by_verb(name: str, action: type[VerbAction] = VerbAction) -> VerbAction:
    label = CustomerForm.base_fields[name].label or name
    needs = Permission.CHANGE_CUSTOMERS
    form: dict[str, Any] = {"form_class": CustomerForm, "names": (name,), "verb": _change_customer}
    return action(key=name, label=label, kind=Customer, needs=needs, **form)


def customer_actions() -> list[BulkAction]:
    needs = Permission.CHANGE_CUSTOMERS
    fields = ("account", "payment_days", "send_by", "currency", "language")
    return [
        *_tags(Customer, needs, _customers_blocked),
        *_fields(Customer, CustomerForm, needs, fields, _customers_blocked),
        _by_verb("bill_to", PayerAction),
        _by_verb("distributor"),
        *custom_field_actions(Customer, needs, _customers_blocked),
        *_archive(Customer),
    ]


def access_actions() -> list[BulkAction]:
    return [GrantAction(kind=Customer), RevokeAction(kind=Customer)]
