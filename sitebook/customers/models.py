"""Customers order and pay; a group of them is a tree that changes over time."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import FoundBy, by_customer, by_parent
from sitebook.custom_fields.models import CUSTOM_TEXTS
from sitebook.records.addresses import one_line
from sitebook.records.dated import Dated, DatedRows, lasts_some_time, one_at_a_time
from sitebook.records.models import NotByItself, Reachable, Record, RecordRows, reference_number


class CustomerRows(RecordRows["Customer"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""

    def erased(self) -> RecordRows[Customer]:
        """Individuals who were erased."""
        return self.filter(contacts__is_customer=True, contacts__erased_at__isnull=False)

    def returning(self) -> RecordRows[Customer]:
        """Nobody who was erased."""
        return self.exclude(pk__in=Customer.objects.erased().values("pk"))


class Customer(Reachable, Record):
    """A company or an individual who orders and pays. Only the name is required."""

    named = Named(
        one=_("customer"),
        many=_("Customers"),
        icon="customers",
        page="customers:customer",
        event="customer",
        documents=True,
        custom_fields=True,
        bulk=True,
        groups={"head_": _("Head office"), "bill_": _("Billing address")},
    )
    seen_by = by_customer("id")
    found_by = FoundBy(
        words=("reference", "vat_number", "website", "head_line1", "head_town", "head_postcode", "bill_postcode"),
        spaced=("head_postcode", "bill_postcode", "vat_number"),
        phones=("phones",),
        emails=("emails",),
        own=CUSTOM_TEXTS,
        children=(("customers_customerexternalid", "customer_id", "value"),),
        customer="id",
    )

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        INDIVIDUAL = "individual", _("Individual")

    class Account(models.TextChoices):
        OK = "ok", _("Ok")
        WARNING = "warning", _("Warning")
        STOP = "stop", _("On stop")

    class SendBy(models.TextChoices):
        EMAIL = "email", _("Email")
        PRINT = "print", _("Print")

    reference = models.CharField(
        _("Reference"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=reference_number("C", "customers_customer_reference"),
    )
    name = models.CharField(_("Name"), max_length=200)
    name_key = models.GeneratedField(
        expression=models.Func("name", function="sort_key"), output_field=models.TextField(), db_persist=True
    )
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind, default=Kind.COMPANY)
    is_distributor = models.BooleanField(_("Distributor"), default=False)
    website = models.CharField(_("Website"), max_length=300, blank=True, default="")
    vat_number = models.CharField(_("VAT number"), max_length=40, blank=True, default="")
    account = models.CharField(_("Account"), max_length=10, choices=Account, default=Account.OK)
    payment_days = models.PositiveSmallIntegerField(_("Payment within (days)"), null=True, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, blank=True, default="")
    send_by = models.CharField(_("Send invoices by"), max_length=10, choices=SendBy, default=SendBy.EMAIL)
    language = models.CharField(_("Language"), max_length=10, blank=True, default="")
    bill_to = models.ForeignKey(
        "self", verbose_name=_("Invoices go to"), null=True, on_delete=models.PROTECT, related_name="bills_for"
    )
    bill_outside = models.BooleanField(_("May be billed outside the group"), default=False, db_default=False)
    distributor = models.ForeignKey(
        "self", verbose_name=_("Supplied through"), null=True, on_delete=models.PROTECT, related_name="end_customers"
    )
    head_line1 = models.CharField(_("Address line 1"), max_length=200, blank=True, default="")
    head_line2 = models.CharField(_("Address line 2"), max_length=200, blank=True, default="")
    head_town = models.CharField(_("Town"), max_length=100, blank=True, default="")
    head_region = models.CharField(_("County, state or province"), max_length=100, blank=True, default="")
    head_postcode = models.CharField(_("Postcode"), max_length=20, blank=True, default="")
    head_country = models.CharField(_("Country"), max_length=2, blank=True, default="")
    bill_line1 = models.CharField(_("Address line 1"), max_length=200, blank=True, default="")
    bill_line2 = models.CharField(_("Address line 2"), max_length=200, blank=True, default="")
    bill_town = models.CharField(_("Town"), max_length=100, blank=True, default="")
    bill_region = models.CharField(_("County, state or province"), max_length=100, blank=True, default="")
    bill_postcode = models.CharField(_("Postcode"), max_length=20, blank=True, default="")
    bill_country = models.CharField(_("Country"), max_length=2, blank=True, default="")

    objects = CustomerRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_customer_has_a_name"),
        ]
        indexes = [
            models.Index("name_key", "id", name="customers_by_name", condition=models.Q(archived_at__isnull=True)),
            models.Index("name_key", "id", name="customers_by_name_all"),
            models.Index("updated_at", "id", name="customers_by_change"),
            models.Index("created_at", "id", name="customers_by_addition"),
            models.Index("head_town", "id", name="customers_by_town"),
            models.Index("kind", "id", name="customers_by_kind"),
            models.Index("account", "id", name="customers_by_account"),
            GinIndex(fields=["tags"], name="customers_by_tag"),
            GinIndex(fields=["custom"], name="customers_by_custom_field"),
            models.Index("updated_at", name="customers_tagged", condition=~models.Q(tags=[])),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def aside(self) -> str:
        """What tells it from its namesakes."""
        return ", ".join(filter(None, [self.reference, self.head_town]))

    @classmethod
    def add(cls, *, name: str, **values: Any) -> Customer:
        """Make a customer; its maker sees it at once."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT customers_new()")
            (fresh,) = cursor.fetchone()
        customer = cls(pk=fresh, name=name, **values)
        customer.save(force_insert=True)
        customer.refresh_from_db()
        return customer

    def change(self, *, version: int, **values: Any) -> None:
        """As for every register; nothing is written to an individual who was erased.

        Raises StaleEdit and Refused (is_erased).
        """
        if self.is_erased:
            raise Refused(_("%(name)s was erased. Make a new customer instead.") % {"name": self}, code="is_erased")
        super().change(version=version, **values)

    @property
    def is_erased(self) -> bool:
        erased = self.contacts.filter(is_customer=True, erased_at__isnull=False)
        return self.kind == self.Kind.INDIVIDUAL and erased.exists()

    def why_not_restore(self) -> NotByItself | None:
        """Nobody who was erased comes back."""
        text = _("%(name)s was erased. What was erased cannot come back.")
        return NotByItself(text % {"name": self}, code="is_erased") if self.is_erased else None

    @property
    def head_address(self) -> str:
        return one_line(self, "head_")

    @property
    def billing_address(self) -> str:
        """Where invoices go: the billing address, else the head office."""
        return one_line(self, "bill_") or self.head_address


class MembershipRows(DatedRows["Membership"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class Membership(Dated):
    """Which customer stood under which other one, when: the group as a tree, true over time."""

    named = Named(one=_("place in the group"))
    seen_by = by_customer("customer_id", parent=("customers_customer", "customer_id"))

    per = ("customer",)
    says = ("parent",)

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="memberships")
    parent = models.ForeignKey(
        Customer, verbose_name=_("Parent customer"), on_delete=models.PROTECT, related_name="branches"
    )

    objects = MembershipRows.as_manager()

    class Meta:
        constraints = [
            one_at_a_time("customer", name="a_customer_has_one_parent_at_a_time"),
            lasts_some_time("a_membership_lasts_some_time"),
            models.CheckConstraint(condition=~models.Q(parent=models.F("customer")), name="nobody_is_their_own_parent"),
        ]


class CustomerExternalId(models.Model):
    """The customer's id in another system."""

    named = Named(one=_("id in another system"))
    seen_by = by_parent("customers_customer", "customer_id")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="external_ids", db_index=False)
    system = models.CharField(_("System"), max_length=40)
    value = models.CharField(_("Id there"), max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "value"], name="an_outside_id_names_one_customer"),
            models.UniqueConstraint(fields=["customer", "system"], name="a_customer_has_one_id_in_a_system"),
        ]
