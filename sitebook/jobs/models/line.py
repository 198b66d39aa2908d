"""What a job consists of and costs: activities, labour, parts, expenses."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.assets.models import Asset
from sitebook.basics.named import Named
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.basics.row_access import by_customer
from sitebook.catalogue.models import Activity, CustomerActivity, Resource
from sitebook.customers.models import Customer
from sitebook.jobs.models.job import Job
from sitebook.jobs.models.visit import Visit
from sitebook.jobs.states import AHEAD, Charge, LineKind, Status
from sitebook.products.models import Product

CENT = Decimal("0.01")


def _amount(label: Any) -> Any:
    return models.DecimalField(label, max_digits=14, decimal_places=4, null=True, blank=True)


class JobLineRows(models.QuerySet["JobLine"]):
    def undecided(self) -> JobLineRows:
        """Those without a charge outcome."""
        return self.filter(charge=Charge.UNDECIDED)


class JobLine(models.Model):
    """A line of a job. ``cost`` and ``sale``: of one unit, as they were when it was written; a later price changes
    neither. ``rule``: the sentence that says how the charge outcome came; ``reason``: why somebody chose another."""

    named = Named(
        one=_("line of a job"),
        event="job_line",
        labels={"activity_id": _("Activity"), "product_id": _("Product"), "resource_id": _("Who worked")},
        silent=frozenset({"customer_id", "place"}),
    )
    seen_by = by_customer("customer_id", parent=("jobs_job", "job_id"), secret=("cost",))

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False)
    place = models.PositiveSmallIntegerField(_("Order"), default=1)
    kind = models.CharField(_("Kind"), max_length=10, choices=LineKind, default=LineKind.ACTIVITY)
    name = models.CharField(_("Line"), max_length=300)
    activity = models.ForeignKey(
        Activity, verbose_name=_("Activity"), null=True, blank=True, on_delete=models.PROTECT, related_name="job_lines"
    )
    product = models.ForeignKey(
        Product, verbose_name=_("Product"), null=True, blank=True, on_delete=models.PROTECT, related_name="job_lines"
    )
    resource = models.ForeignKey(
        Resource, verbose_name=_("Who worked"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asset = models.ForeignKey(
        Asset, verbose_name=_("Asset"), null=True, blank=True, on_delete=models.PROTECT, related_name="job_lines"
    )
    visit = models.ForeignKey(
        Visit, verbose_name=_("Visit"), null=True, blank=True, on_delete=models.PROTECT, related_name="lines"
    )
    quantity = models.DecimalField(_("Quantity"), max_digits=12, decimal_places=3, default=Decimal(1))
    unit = models.CharField(_("Unit"), max_length=20, blank=True, default="")
    cost = _amount(_("Cost"))
    sale = _amount(_("Sale price"))
    currency = models.CharField(_("Currency"), max_length=3, blank=True, default="")
    charge = models.CharField(_("Charge"), max_length=10, choices=Charge, default=Charge.UNDECIDED)
    rule = models.CharField(_("By which rule"), max_length=200, blank=True, default="")
    reason = models.CharField(_("Reason"), max_length=200, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = JobLineRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="a_line_has_a_quantity"),
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_line_has_words"),
            models.CheckConstraint(
                condition=models.Q(cost__isnull=True, sale__isnull=True) | ~models.Q(currency=""),
                name="an_amount_of_a_line_has_a_currency",
            ),
        ]
        indexes = [models.Index("customer", "charge", name="lines_by_customer_and_charge")]

    def __str__(self) -> str:
        return self.name

    @property
    def total_cost(self) -> Decimal | None:
        return None if self.cost is None else times(self.quantity, self.cost)

    @property
    def total_sale(self) -> Decimal | None:
        return None if self.sale is None else times(self.quantity, self.sale)

    @classmethod
    def add(cls, job: Job, *, kind: str, name: str, quantity: Decimal = Decimal(1), **values: Any) -> JobLine:
        """Write a line. Raises Refused (not_possible_now) once the job is reviewed, (not_above_zero)."""
        with transaction.atomic():
            _open_for_lines(job)
            if quantity <= 0:
                raise Refused(say("A quantity is more than zero."), code="not_above_zero")
            last = job.lines.aggregate(last=models.Max("place"))["last"] or 0
            line = cls(job=job, customer_id=job.customer_id, place=last + 1, kind=kind, name=name[:300])
            line.quantity = quantity
            for key, value in values.items():
                setattr(line, key, value)
            line.save(force_insert=True)
        line.refresh_from_db()
        return line

    @classmethod
    def of_activity(cls, job: Job, price: CustomerActivity, *, quantity: Decimal = Decimal(1), **more: Any) -> JobLine:
        """A line of an activity at what it costs the customer now, unless ``more`` says otherwise."""
        activity = price.activity
        values = {
            "activity": activity,
            "unit": activity.unit,
            "cost": price.costs(activity),
            "sale": price.sells_for(activity),
            "currency": price.paid_in(activity),
        }
        return cls.add(job, kind=LineKind.ACTIVITY, name=str(activity.name), quantity=quantity, **{**values, **more})

    @transaction.atomic
    def change(self, *, version: int, **values: Any) -> None:
        """Raises Refused (not_possible_now) once the job is reviewed, and StaleEdit."""
        _open_for_lines(self.job)
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if changed and not JobLine.objects.filter(pk=self.pk, version=version).update(**changed):
            raise StaleEdit(say("Somebody else changed this line while you were editing it."))
        self.refresh_from_db()

    def decide(self, charge: str, *, version: int, reason: str = "") -> None:
        """Say what becomes of it. Raises Refused (reason_missing) where it is given away."""
        if charge in (Charge.FREE, Charge.WRITE_OFF) and not reason.strip():
            raise Refused(say("Say why it is not charged."), code="reason_missing")
        self.change(version=version, charge=Charge(charge).value, reason=reason.strip()[:200])

    @transaction.atomic
    def remove(self) -> None:
        """Raises Refused (not_possible_now) once the job is reviewed."""
        _open_for_lines(self.job)
        self.delete()


def times(quantity: Decimal, amount: Decimal) -> Decimal:
    """What so many cost, to the cent."""
    return (quantity * amount).quantize(CENT, rounding=ROUND_HALF_UP)


def _open_for_lines(job: Job) -> None:
    job.lock()
    job.refresh_from_db()
    if job.status not in AHEAD | {Status.WORK_DONE, Status.DRAFT}:
        text = say("%(job)s is %(status)s. Its lines are not changed any more; take the review back first.")
        words = {"job": job.reference, "status": str(job.get_status_display()).lower()}
        raise Refused(text % words, code="not_possible_now")
