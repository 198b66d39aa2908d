"""The register of customers."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.bulk.actions import BulkAction
from sitebook.customers.actions import blocked, customer_actions
from sitebook.customers.group_filters import InGroup, SuppliedThrough, with_parents
from sitebook.customers.groups import change_customer
from sitebook.customers.lists import customer_name
from sitebook.customers.models import Customer
from sitebook.lists.cells import Badge, Link
from sitebook.records.addresses import ADDRESS_PARTS
from sitebook.registers.columns import REACH, field_column, plain_column, stamp_columns
from sitebook.registers.field import Field
from sitebook.registers.lists import AS_OF
from sitebook.registers.register import Register
from sitebook.registers.schemas import Brief, not_published
from sitebook.values.codes import COUNTRY, CURRENCY, LANGUAGE
from sitebook.values.kinds import Whole
from sitebook.values.references import Reference

HEAD = tuple(f"head_{part}" for part in ADDRESS_PARTS)
_BILL = tuple(f"bill_{part}" for part in ADDRESS_PARTS)
_ACCOUNT = Badge(of=attrgetter("account"), tones={"ok": "good", "warning": "attention", "stop": "bad"}, bare="ok")
_PARENT = Link(
    view="customers:customer",
    of=lambda row: row.parent_pk if row.parent_name else None,
    reads=("parent_pk", "parent_name"),
)


def _address(names: Sequence[str], heading: Any, *, column: str | None) -> list[Field]:
    return [
        Field(
            name,
            kind=COUNTRY if name.endswith("country") else None,
            section=heading,
            column=column,
            personal=True,
            told=False,
        )
        for name in names
    ]


def _rows() -> QuerySet[Customer]:
    return with_parents(Customer.objects.all(), on=timezone.localdate())


def _add(*, bill_to: Customer | None = None, distributor: Customer | None = None, **values: Any) -> Customer:
    """A new customer, then whom it names, by the rules of a change."""
    named = {"bill_to_id": bill_to, "distributor_id": distributor}
    pointing = {name: other.pk for name, other in named.items() if other}
    if not pointing:
        return Customer.add(**values)
    with transaction.atomic():
        customer = Customer.add(**values)
        _change(customer, version=customer.version, **pointing)
    return customer


def _change(customer: Customer, *, version: int, **values: Any) -> None:
    change_customer(customer, version=version, on=timezone.localdate(), **values)


def _actions() -> list[BulkAction]:
    return customer_actions(CUSTOMERS.form(new=False))


def _parent(row: Any) -> str:
    return row.parent_name or (say("another customer") if row.parent_pk else "")


CUSTOMERS = Register(
    model=Customer,
    path="customers",
    see=Permission.SEE_CUSTOMERS,
    change=Permission.CHANGE_CUSTOMERS,
    archive=Permission.ARCHIVE_CUSTOMERS,
    rows=_rows,
    add=_add,
    change_by=_change,
    country="head_country",
    fields=[
        Field("name", heading=_("Customer"), sort="name_key", told=False),
        Field("kind", column="p2", sort=True, filter=True, told=False),
        Field("phones", column="p3", personal=True, told=False),
        Field("emails", column="p3", personal=True, told=False),
        *_address(HEAD, _("Head office"), column=""),
        *_address(_BILL, _("Billing address, where it differs"), column=None),
        Field("account", column="r1", cell=_ACCOUNT, sort=True, filter=True, bulk=True, told=False),
        Field("payment_days", kind=Whole(most=365), column=None, bulk=True, told=False),
        Field(
            "bill_to",
            kind=Reference(to=Customer, picker="customers:pick"),
            column=None,
            told=False,
            help=_("Empty: to itself. Any customer of the same group."),
        ),
        Field("bill_outside", column=None, told=False),
        Field("send_by", column=None, bulk=True, told=False),
        Field("currency", kind=CURRENCY, column=None, bulk=True, told=False),
        Field("language", kind=LANGUAGE, column=None, bulk=True, personal=True, told=False),
        Field("vat_number", personal=True, told=False),
        Field("website", personal=True, told=False),
        Field(
            "is_distributor",
            column=None,
            told=False,
            help=_("Sells or owns equipment that stands at others’ sites."),
        ),
        Field(
            "distributor",
            kind=Reference(to=Customer, picker="customers:distributors"),
            column=None,
            told=False,
            help=_("A distributor."),
        ),
        Field("tags", personal=True, told=False),
        Field("notes", column=None, personal=True, told=False),
    ],
    columns=[
        field_column(Customer, "reference", sort=("reference",), shown=True),
        plain_column("parent", _("Part of"), "parent_pk", "parent_name", value=_parent, cell=_PARENT),
        *stamp_columns("p2", changed_shown=True, history="customers:history"),
    ],
    filters=[
        AS_OF,
        SuppliedThrough("distributor", _("Distributor"), [("yes", _("yes")), ("no", _("no"))]),
        InGroup("group", _("Group"), name=customer_name),
    ],
    list_order=(
        *("name", "reference", "parent", "place", *REACH, "sites", "assets_owned", "assets_at", "kind", "account"),
        *("changed", "created"),
        *("contact", *HEAD, "website", "vat_number", "tags"),
    ),
    file_order=(
        *("reference", "name", "kind", "account", *HEAD, *REACH),
        *("website", "vat_number", "contact", "sites", "tags", "changed"),
    ),
    also_read={
        "parent": not_published(Brief | None, "Under whom it stands on the day."),
        "site_count": not_published(int, "The sites in use that it has on the day."),
    },
    blocked=blocked,
    actions=_actions,
    new_label=_("New customer"),
    selected_label=_("Selected customers"),
    help="customers",
)
