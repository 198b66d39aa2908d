"""What kinds of work there are: work log types, the work types that hang on them, services, codings."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named
from sitebook.basics.row_access import FoundBy, by_customer, everybody
from sitebook.catalogue.models.entry import Entry, called, not_blank, numbered, sorted_by, usual_indexes
from sitebook.custom_fields.models import CUSTOM_TEXTS
from sitebook.customers.models import Customer
from sitebook.records.models import RecordRows
from sitebook.users.models import Role


def every_role() -> list[str]:
    return [role.value for role in Role if role is not Role.VIEWER]


class WorkLogTypeRows(RecordRows["WorkLogType"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""

    def allowed_to(self, role: str) -> WorkLogTypeRows:
        """Those a user of this role may log work under."""
        return self.filter(archived_at__isnull=True, roles__contains=[role])


class WorkLogType(Entry):
    """What sort of work a job is: reactive, planned, a project. Work types hang on it.

    ``roles``: who may log work under it. ``coding_roles``: who must give a coding then.
    """

    named = called(_("work log type"), _("Work log types"), path="work-log-types", icon="jobs", event="work_log_type")
    found_by = FoundBy(words=("reference",), own=CUSTOM_TEXTS, customer="")
    unique = ("a_name_names_one_work_log_type", "name")

    reference = numbered("WL", "catalogue_worklogtype")
    name = models.CharField(_("Name"), max_length=100)
    name_key = sorted_by("name")
    roles = ArrayField(models.CharField(max_length=20), verbose_name=_("May be used by"), default=every_role)
    coding_roles = ArrayField(
        models.CharField(max_length=20), verbose_name=_("A coding must be given by"), default=list, blank=True
    )

    objects = WorkLogTypeRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="a_name_names_one_work_log_type"),
            not_blank("name", "a_work_log_type_has_a_name"),
        ]
        indexes = usual_indexes("work_log_types", "name_key")


class ServiceRows(RecordRows["Service"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class Service(Entry):
    """What a team or a person can do: a trade or a skill. Every activity needs one."""

    named = called(_("service"), _("Services"), path="services", icon="products", event="service")
    found_by = FoundBy(words=("reference", "description"), own=CUSTOM_TEXTS, customer="")
    unique = ("a_name_names_one_service", "name")

    reference = numbered("SV", "catalogue_service")
    name = models.CharField(_("Name"), max_length=100)
    name_key = sorted_by("name")
    description = models.CharField(_("Description"), max_length=300, blank=True, default="")

    objects = ServiceRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="a_name_names_one_service"),
            not_blank("name", "a_service_has_a_name"),
        ]
        indexes = usual_indexes("services", "name_key")


class WorkTypeRows(RecordRows["WorkType"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class WorkType(Entry):
    """What is done, as the dispatcher says it: breakdown of a lift, yearly boiler service.

    ``rank``: its place in lists, small numbers first. ``signature``: what is asked of the customer after the work.
    """

    class Priority(models.TextChoices):
        LOW = "low", _("Low")
        NORMAL = "normal", _("Normal")
        HIGH = "high", _("High")
        URGENT = "urgent", _("Urgent")

    class Signature(models.TextChoices):
        NONE = "none", _("No signature")
        ASKED = "asked", _("Asked for, may be missing")
        REQUIRED = "required", _("Required to finish a visit")

    named = called(_("work type"), _("Work types"), path="work-types", icon="jobs", event="work_type")
    found_by = FoundBy(words=("reference",), own=CUSTOM_TEXTS, customer="")
    unique = ("a_name_names_one_work_type_of_a_log_type", "name")

    reference = numbered("WT", "catalogue_worktype")
    work_log_type = models.ForeignKey(
        WorkLogType, verbose_name=_("Work log type"), on_delete=models.PROTECT, related_name="work_types"
    )
    name = models.CharField(_("Name"), max_length=100)
    name_key = sorted_by("name")
    rank = models.PositiveSmallIntegerField(_("Order"), default=100)
    priority = models.CharField(_("Usual priority"), max_length=10, choices=Priority, default=Priority.NORMAL)
    signature = models.CharField(_("Signature"), max_length=10, choices=Signature, default=Signature.ASKED)

    objects = WorkTypeRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), "work_log_type", name="a_name_names_one_work_type_of_a_log_type"),
            not_blank("name", "a_work_type_has_a_name"),
        ]
        indexes = usual_indexes("work_types", "name_key", "rank")

    @property
    def aside(self) -> str:
        return f"{self.reference}, {self.get_priority_display()}"


class WorkTypeService(models.Model):
    """A service that a work type is about: activities of that service lead to the work type."""

    named = Named(one=_("service"), labels={"service_id": _("Service")})
    seen_by = everybody(parent=("catalogue_worktype", "work_type_id"))

    work_type = models.ForeignKey(WorkType, on_delete=models.CASCADE, related_name="service_links")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="work_type_links")

    class Meta:
        constraints = [models.UniqueConstraint("work_type", "service", name="a_work_type_names_a_service_once")]


class WorkTypeCustomer(models.Model):
    """A customer for whom a work type can be chosen."""

    named = Named(one=_("customer of a work type"))
    seen_by = by_customer("customer_id", parent=("catalogue_worktype", "work_type_id"))

    work_type = models.ForeignKey(WorkType, on_delete=models.CASCADE, related_name="customer_links")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="work_type_links")

    class Meta:
        constraints = [models.UniqueConstraint("customer", "work_type", name="a_customer_has_a_work_type_once")]


class CodingRows(RecordRows["Coding"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class Coding(Entry):
    """A code for reports that is given to a job. It is offered where customer and work log type both have it."""

    named = called(_("coding"), _("Codings"), path="codings", icon="note", event="coding")
    found_by = FoundBy(words=("reference", "description"), spaced=("code",), own=CUSTOM_TEXTS, customer="")
    unique = ("a_code_names_one_coding", "code")

    reference = numbered("CD", "catalogue_coding")
    code = models.CharField(_("Code"), max_length=40)
    code_key = sorted_by("code")
    description = models.CharField(_("Description"), max_length=300, blank=True, default="")
    name: Any = models.GeneratedField(
        expression=models.Func(template="btrim(code || ' ' || description)", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    name_key = sorted_by("btrim(code || ' ' || description)")

    objects = CodingRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("code"), name="a_code_names_one_coding"),
            not_blank("code", "a_coding_has_a_code"),
        ]
        indexes = usual_indexes("codings", "name_key", "code_key")


class CodingCustomer(models.Model):
    """A customer for whose jobs a coding can be given."""

    named = Named(one=_("customer of a coding"))
    seen_by = by_customer("customer_id", parent=("catalogue_coding", "coding_id"))

    coding = models.ForeignKey(Coding, on_delete=models.CASCADE, related_name="customer_links")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="coding_links")

    class Meta:
        constraints = [models.UniqueConstraint("customer", "coding", name="a_customer_has_a_coding_once")]


class CodingWorkLogType(models.Model):
    """A work log type under which a coding can be given."""

    named = Named(one=_("work log type"), labels={"work_log_type_id": _("Work log type")})
    seen_by = everybody(parent=("catalogue_coding", "coding_id"))

    coding = models.ForeignKey(Coding, on_delete=models.CASCADE, related_name="work_log_type_links")
    work_log_type = models.ForeignKey(WorkLogType, on_delete=models.CASCADE, related_name="coding_links")

    class Meta:
        constraints = [models.UniqueConstraint("coding", "work_log_type", name="a_coding_has_a_log_type_once")]
