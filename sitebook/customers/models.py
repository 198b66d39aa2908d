"""Customers order and pay; sites are where the work is; tenures say who had a site when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import IntegrityError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from sitebook.basics.refused import Refused, StaleEdit
from sitebook.basics.rows import by_customer, by_parent
from sitebook.customers.places import one_line
from sitebook.customers.reaching import Email, Phone


class CodeTaken(Refused):
    """Another site of the customer has this code."""


class AlreadyArchived(Refused):
    """Archiving what is archived, or restoring what is not."""


def _reference(prefix: str, sequence: str) -> models.Func:
    return models.Func(
        models.Value(prefix), models.Value(sequence), function="reference_number", output_field=models.TextField()
    )


class RegisterRows[M: "Register"](models.QuerySet[M]):
    def current(self) -> RegisterRows[M]:
        return self.filter(archived_at__isnull=True)

    def archived(self) -> RegisterRows[M]:
        return self.filter(archived_at__isnull=False)


class Register(models.Model):
    """What every register carries: reference, tags, notes, archive state, stamps, version."""

    reference: models.CharField[str, str]
    phones: models.JSONField[list[Phone], list[Phone]] = models.JSONField(_("Phones"), default=list, blank=True)
    emails: models.JSONField[list[Email], list[Email]] = models.JSONField(_("Emails"), default=list, blank=True)
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("Tags"), default=list, blank=True)
    notes = models.TextField(_("Notes"), blank=True, default="")
    archived_at = models.DateTimeField(null=True, editable=False)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    archive_reason = models.CharField(max_length=200, blank=True, default="", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def change(self, *, version: int, **values: Any) -> None:
        """Save these fields if nobody saved since ``version`` was read.

        Only fields whose value differs are written. Raises StaleEdit when the row has moved on.
        """
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if not changed and self.version == version:
            return
        with transaction.atomic():
            count = type(self)._default_manager.filter(pk=self.pk, version=version).update(**changed) if changed else 0
        if not count:
            raise StaleEdit(_("Somebody else changed this record while you were editing it."))
        self.refresh_from_db()

    def archive(self, *, by_id: int | None, at: Any, reason: str = "") -> None:
        """Hide the record from lists and pickers; nothing is lost. Raises AlreadyArchived."""
        self._set_archived(expected=False, archived_at=at, archived_by_id=by_id, archive_reason=reason[:200])

    def restore(self) -> None:
        """Bring an archived record back. Raises AlreadyArchived when it is not archived."""
        self._set_archived(expected=True, archived_at=None, archived_by_id=None, archive_reason="")

    def _set_archived(self, *, expected: bool, **values: Any) -> None:
        rows = type(self)._default_manager.filter(pk=self.pk, archived_at__isnull=not expected)
        if not rows.update(**values):
            text = _("%(name)s is not archived.") if expected else _("%(name)s is already archived.")
            raise AlreadyArchived(text % {"name": self})
        self.refresh_from_db()


class Customer(Register):
    """A company or an individual who orders and pays. Only the name is required."""

    seen_by = by_customer("id")

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
        db_default=_reference("C", "customers_customer_reference"),
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

    objects = RegisterRows["Customer"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_customer_has_a_name"),
        ]
        indexes = [
            models.Index("name_key", "id", name="customers_by_name", condition=models.Q(archived_at__isnull=True)),
            models.Index("name_key", "id", name="customers_by_name_all"),
            models.Index("updated_at", "id", name="customers_by_change"),
            GinIndex(fields=["tags"], name="customers_by_tag"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def add(cls, *, name: str, **values: Any) -> Customer:
        """Make a customer; its maker sees it at once."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT access_new_customer()")
            (fresh,) = cursor.fetchone()
        customer = cls(pk=fresh, name=name, **values)
        customer.save(force_insert=True)
        customer.refresh_from_db()
        return customer

    @property
    def head_address(self) -> str:
        return one_line(self, "head_")

    @property
    def billing_address(self) -> str:
        """Where invoices go: the billing address, else the head office."""
        return one_line(self, "bill_") or self.head_address


class Site(Register):
    """A place where work is done. One customer has it at any instant, or it is vacant."""

    seen_by = by_customer("customer_id")

    class Status(models.TextChoices):
        PROSPECTIVE = "prospective", _("Prospective")
        ACTIVE = "active", _("Active")
        DORMANT = "dormant", _("Dormant")
        CLOSED = "closed", _("Closed")

    reference = models.CharField(
        _("Reference"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=_reference("S", "customers_site_reference"),
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), null=True, on_delete=models.PROTECT, related_name="sites"
    )
    name = models.CharField(_("Name"), max_length=200)
    name_key = models.GeneratedField(
        expression=models.Func("name", function="sort_key"), output_field=models.TextField(), db_persist=True
    )
    code = models.CharField(_("Code"), max_length=60, blank=True, default="")
    type = models.CharField(_("Type"), max_length=60, blank=True, default="")
    status = models.CharField(_("Status"), max_length=12, choices=Status, default=Status.ACTIVE)
    own_stock = models.BooleanField(_("Counts as our own stock"), default=False)
    line1 = models.CharField(_("Address line 1"), max_length=200, blank=True, default="")
    line2 = models.CharField(_("Address line 2"), max_length=200, blank=True, default="")
    town = models.CharField(_("Town"), max_length=100, blank=True, default="")
    region = models.CharField(_("County, state or province"), max_length=100, blank=True, default="")
    postcode = models.CharField(_("Postcode"), max_length=20, blank=True, default="")
    country = models.CharField(_("Country"), max_length=2, blank=True, default="")
    latitude = models.DecimalField(_("Latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("Longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True, default="")
    access_instructions = models.TextField(_("Getting in"), blank=True, default="")
    opening_hours = models.CharField(_("Opening hours"), max_length=300, blank=True, default="")
    hazards = models.TextField(_("Hazards"), blank=True, default="")

    objects = RegisterRows["Site"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_site_has_a_name"),
            models.UniqueConstraint(
                "customer",
                Upper("code"),
                condition=~models.Q(code=""),
                name="a_code_is_unique_within_the_customer",
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="coordinates_lie_on_the_earth",
            ),
        ]
        indexes = [
            models.Index("name_key", "id", name="sites_by_name"),
            models.Index("customer", "name_key", "id", name="sites_by_customer"),
            models.Index("updated_at", "id", name="sites_by_change"),
            GinIndex(fields=["tags"], name="sites_by_tag"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def add(cls, *, customer: Customer, name: str, since: date | None = None, **values: Any) -> Site:
        """Make a site; the customer has it from ``since`` (a day in the site's zone; None: always known).

        Raises CodeTaken when the customer has another site of this code.
        """
        try:
            with transaction.atomic():
                site = cls(customer=customer, name=name, **values)
                site.save(force_insert=True)
        except IntegrityError as fault:
            raise _code_taken(fault, values.get("code", "")) from fault
        Tenure.objects.create(site=site, customer=customer, during=DateRange(since, None))
        site.refresh_from_db()
        return site

    def change(self, *, version: int, **values: Any) -> None:
        try:
            super().change(version=version, **values)
        except IntegrityError as fault:
            raise _code_taken(fault, values.get("code", "")) from fault

    @property
    def address(self) -> str:
        return one_line(self)


def _code_taken(fault: IntegrityError, code: str) -> Exception:
    if "a_code_is_unique_within_the_customer" in str(fault):
        text = _("The code “%(code)s” is already in use at this customer. Choose another one.")
        return CodeTaken(text % {"code": code})
    return fault


class Tenure(models.Model):
    """Who had a site when: half-open periods without gap or overlap; no customer means vacant."""

    seen_by = by_customer("customer_id", parent=("customers_site", "site_id"))

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="tenures", db_index=False)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="tenures")
    during = DateRangeField(_("Period"))
    reason = models.CharField(_("Reason"), max_length=200, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "customers_tenure"
        constraints = [
            ExclusionConstraint(
                name="one_customer_has_a_site_at_a_time",
                expressions=[("site", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=models.Q(during__isempty=False), name="a_tenure_lasts_some_time"),
        ]


class CustomerExternalId(models.Model):
    """The customer's id in another system."""

    seen_by = by_parent("customers_customer", "customer_id")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="external_ids", db_index=False)
    system = models.CharField(_("System"), max_length=40)
    value = models.CharField(_("Id there"), max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "value"], name="an_outside_id_names_one_customer"),
            models.UniqueConstraint(fields=["customer", "system"], name="a_customer_has_one_id_in_a_system"),
        ]


class SiteExternalId(models.Model):
    """The site's id in another system."""

    seen_by = by_parent("customers_site", "site_id")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="external_ids", db_index=False)
    system = models.CharField(_("System"), max_length=40)
    value = models.CharField(_("Id there"), max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "value"], name="an_outside_id_names_one_site"),
            models.UniqueConstraint(fields=["site", "system"], name="a_site_has_one_id_in_a_system"),
        ]
