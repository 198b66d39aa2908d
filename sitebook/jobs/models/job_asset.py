"""The assets a job is about, with what became of each."""

from __future__ import annotations

from django.db import models, transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.assets.models import Asset
from sitebook.assets.states import Condition
from sitebook.basics.named import Named
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import by_customer
from sitebook.customers.models import Customer
from sitebook.jobs import states
from sitebook.jobs.models.job import Job
from sitebook.jobs.states import AssetOutcome, Status


class JobAsset(models.Model):
    """An asset that a job is about, with what became of it. ``found``, ``left``: its condition before and after."""

    named = Named(one=_("asset of a job"), labels={"asset_id": _("Asset"), "found": _("Found"), "left": _("Left")})
    seen_by = by_customer("customer_id", parent=("jobs_job", "job_id"))

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="assets")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False)
    asset = models.ForeignKey(Asset, verbose_name=_("Asset"), on_delete=models.PROTECT, related_name="job_links")
    place = models.PositiveSmallIntegerField(_("Order"), default=1)
    outcome = models.CharField(_("Outcome"), max_length=12, choices=AssetOutcome, blank=True, default="")
    found = models.CharField(_("Condition found"), max_length=10, choices=Condition, blank=True, default="")
    left = models.CharField(_("Condition left"), max_length=10, choices=Condition, blank=True, default="")
    note = models.CharField(_("Note"), max_length=300, blank=True, default="")
    outside_reason = models.CharField(_("Why here"), max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint("job", "asset", name="a_job_names_an_asset_once")]
        indexes = [models.Index("customer", "id", name="assets_of_jobs_by_customer")]

    def __str__(self) -> str:
        return str(self.asset) if self.asset else say("another customer")

    @transaction.atomic
    def record_outcome(self, *, outcome: str, found: str, left: str, note: str = "") -> None:
        """What became of the asset. The condition in which it was left is from now on the asset's own, where whoever
        writes it sees the asset. Raises Refused (not_possible_now) once the job is reviewed."""
        self.job.lock()
        self.job.refresh_from_db()
        if self.job.status not in states.AHEAD | {Status.WORK_DONE}:
            text = say("%(job)s is %(status)s. Take that back before you change what was done.")
            words = {"job": self.job.reference, "status": str(self.job.get_status_display()).lower()}
            raise Refused(text % words, code="not_possible_now")
        values = {"outcome": outcome, "found": found, "left": left, "note": note[:300]}
        JobAsset.objects.filter(pk=self.pk).update(**values)
        asset = Asset.objects.filter(pk=self.asset_id).first()
        if left and asset and asset.condition != left:
            asset.change(version=asset.version, condition=left)
        self.refresh_from_db()
