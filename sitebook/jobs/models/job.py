"""A job: a piece of work for a customer, with the verbs of the office."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.assets.models import Asset
from sitebook.basics.named import Named
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import FoundBy, by_customer
from sitebook.catalogue.models import Coding, Service, Team, WorkLogType, WorkType
from sitebook.contacts.models import Contact
from sitebook.custom_fields.models import CUSTOM_TEXTS
from sitebook.customers.models import Customer
from sitebook.jobs import job_verbs, states
from sitebook.jobs.models.job_now import facts_of, now_of
from sitebook.jobs.roll_up import JobFacts, next_visit_at, status_of
from sitebook.jobs.states import Category, Hold, Office, Origin, Status
from sitebook.records.models import Record, RecordRows, reference_number
from sitebook.sites.models import Site

# The first line of what was reported; of a job without words its number.
_NAME = "coalesce(nullif(btrim(left(split_part(btrim(description), E'\\n', 1), 120)), ''), reference)"


def _rank(column: str, values: Iterable[str]) -> str:
    """SQL for the place of a value among these, by which lists sort: words sort by their letters."""
    whens = " ".join(f"WHEN '{value}' THEN {place}" for place, value in enumerate(values, start=1))
    return f"CASE {column} {whens} ELSE 0 END"


class JobRows(RecordRows["Job"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""

    def open(self) -> JobRows:
        """Those somebody still has to do something about."""
        return self.filter(archived_at__isnull=True, status__in=states.OPEN)

    def ahead(self) -> JobRows:
        """Those whose work is still to be done."""
        return self.filter(archived_at__isnull=True, status__in=states.AHEAD)

    def about(self, asset: Asset) -> JobRows:
        """Those of an asset."""
        return self.filter(assets__asset=asset)

    def waking(self, *, on: date) -> JobRows:
        """Those on hold whose day to wake up has come."""
        return self.filter(archived_at__isnull=True, status=Status.ON_HOLD, hold_until__lte=on)


class Job(Record):
    """A piece of work for one customer, who never changes. Its status follows from its visits and from what the office
    has said (``roll_up``); the verbs that change it are listed in ``job_verbs``.

    ``no_site``: the explicit choice that the work is at no site. ``asset``: the first of its assets. ``contact_name``,
    ``contact_phone``, ``contact_email``: somebody who is named for this job only, in place of ``contact``. ``office``:
    what the office has said last.
    ``asked_at``, ``settled_at``: when the office said that more work is needed, and that nothing more is to do.
    ``reached``: when the job was first in each status. ``outside_reason``: why a site or an asset is named that the
    customer does not have.
    """

    named = Named(
        one=_("job"),
        many=_("Jobs"),
        icon="jobs",
        page="jobs:record",
        open_to="see jobs",
        event="job",
        documents=True,
        custom_fields=True,
        bulk=True,
        silent=frozenset({"reached", "entered_at", "next_visit_at"}),
    )
    seen_by = by_customer("customer_id")
    found_by = FoundBy(
        words=("reference", "customer_order", "contact_name"), spaced=("reference", "customer_order"), own=CUSTOM_TEXTS
    )

    reference = models.CharField(
        _("Number"),
        max_length=40,
        unique=True,
        blank=True,
        db_default=reference_number("J", "jobs_job_reference"),
    )
    description = models.TextField(_("What is wrong"), blank=True, default="")
    name: Any = models.GeneratedField(
        expression=models.Func(template=_NAME, output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    name_key = models.GeneratedField(
        expression=models.Func(template=f"sort_key({_NAME})", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    customer = models.ForeignKey(Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="jobs")
    bill_to = models.ForeignKey(
        Customer, verbose_name=_("Billed to"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    site = models.ForeignKey(
        Site, verbose_name=_("Site"), null=True, blank=True, on_delete=models.PROTECT, related_name="jobs"
    )
    no_site = models.BooleanField(_("At no site"), default=False)
    outside_reason = models.CharField(_("Why here"), max_length=200, blank=True, default="")

    asset = models.ForeignKey(
        Asset, verbose_name=_("Asset"), null=True, blank=True, on_delete=models.PROTECT, related_name="first_of_jobs"
    )

    contact = models.ForeignKey(
        Contact, verbose_name=_("Contact"), null=True, blank=True, on_delete=models.PROTECT, related_name="jobs"
    )
    contact_name = models.CharField(_("Name for this job"), max_length=200, blank=True, default="")
    contact_phone = models.CharField(_("Telephone for this job"), max_length=40, blank=True, default="")
    contact_email = models.CharField(_("Email for this job"), max_length=200, blank=True, default="")

    work_log_type = models.ForeignKey(
        WorkLogType, verbose_name=_("Work log type"), null=True, on_delete=models.PROTECT, related_name="jobs"
    )
    work_type = models.ForeignKey(
        WorkType, verbose_name=_("Work type"), null=True, blank=True, on_delete=models.PROTECT, related_name="jobs"
    )
    service = models.ForeignKey(
        Service, verbose_name=_("Service"), null=True, blank=True, on_delete=models.PROTECT, related_name="jobs"
    )
    team = models.ForeignKey(
        Team, verbose_name=_("Team"), null=True, blank=True, on_delete=models.PROTECT, related_name="jobs"
    )
    coding = models.ForeignKey(
        Coding, verbose_name=_("Coding"), null=True, blank=True, on_delete=models.PROTECT, related_name="jobs"
    )
    category = models.CharField(_("Category"), max_length=15, choices=Category, default=Category.REPAIR)
    priority = models.CharField(
        _("Priority"), max_length=10, choices=WorkType.Priority, default=WorkType.Priority.NORMAL
    )
    priority_rank = models.GeneratedField(
        expression=models.Func(
            template=_rank("priority", reversed(WorkType.Priority.values)), output_field=models.SmallIntegerField()
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    customer_order = models.CharField(_("Customer’s order number"), max_length=60, blank=True, default="")
    wanted_on = models.DateField(_("Wanted by"), null=True, blank=True)
    reported_at = models.DateTimeField(_("Reported"), db_default=Now())
    origin = models.CharField(_("How it came"), max_length=10, choices=Origin, default=Origin.PHONE)
    callback_of = models.ForeignKey(
        "self", verbose_name=_("Callback of"), null=True, blank=True, on_delete=models.PROTECT, related_name="callbacks"
    )

    status = models.CharField(_("Status"), max_length=12, choices=Status, default=Status.LOGGED, editable=False)
    status_rank = models.GeneratedField(
        expression=models.Func(template=_rank("status", Status.values), output_field=models.SmallIntegerField()),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    sub_status = models.CharField(_("Sub-status"), max_length=60, blank=True, default="")
    entered_at = models.DateTimeField(_("In this status since"), db_default=Now(), editable=False)
    reached: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), editable=False
    )
    next_visit_at = models.DateTimeField(_("Next visit"), null=True, editable=False)
    office = models.CharField(
        _("The office says"), max_length=10, choices=Office, blank=True, default="", editable=False
    )
    hold_reason = models.CharField(
        _("On hold for"), max_length=10, choices=Hold, blank=True, default="", editable=False
    )
    hold_until = models.DateField(_("On hold until"), null=True, blank=True, editable=False)
    said = models.CharField(_("What was said"), max_length=300, blank=True, default="", editable=False)
    asked_at = models.DateTimeField(_("More work asked for"), null=True, editable=False)
    settled_at = models.DateTimeField(_("Nothing more to do"), null=True, editable=False)

    objects = JobRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="a_job_is_one_of_its_customer"),
            models.CheckConstraint(
                condition=models.Q(site__isnull=True) | models.Q(no_site=False), name="a_job_is_at_a_site_or_at_none"
            ),
            models.CheckConstraint(
                condition=models.Q(contact__isnull=True)
                | models.Q(contact_name="", contact_phone="", contact_email=""),
                name="a_job_has_one_contact_or_a_name_of_its_own",
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.DRAFT) | models.Q(work_type__isnull=False),
                name="a_logged_job_has_a_work_type",
            ),
            models.CheckConstraint(
                condition=models.Q(hold_until__isnull=True) | ~models.Q(hold_reason=""),
                name="a_day_to_wake_up_belongs_to_a_hold",
            ),
        ]
        indexes = [
            models.Index("reference", "id", name="jobs_by_reference"),
            models.Index("name_key", "id", name="jobs_by_name"),
            models.Index("reported_at", "id", name="jobs_by_report"),
            models.Index("customer", "reported_at", "id", name="jobs_by_customer"),
            models.Index("site", "reported_at", "id", name="jobs_by_site"),
            models.Index("category", "id", name="jobs_by_category"),
            models.Index("priority_rank", "id", name="jobs_by_priority"),
            models.Index("status_rank", "id", name="jobs_by_status"),
            models.Index("status", "updated_at", "id", name="jobs_by_status_and_change"),
            models.Index("customer", "status", name="jobs_by_customer_and_status"),
            models.Index("wanted_on", "id", name="jobs_by_wanted_day"),
            models.Index(models.F("wanted_on").desc(nulls_last=True), models.F("id").desc(), name="jobs_latest_wanted"),
            models.Index("next_visit_at", "id", name="jobs_by_next_visit"),
            models.Index(
                models.F("next_visit_at").desc(nulls_last=True), models.F("id").desc(), name="jobs_latest_visit"
            ),
            models.Index("updated_at", "id", name="jobs_by_change"),
            models.Index("created_at", "id", name="jobs_by_addition"),
            GinIndex(fields=["tags"], name="jobs_by_tag"),
            GinIndex(fields=["custom"], name="jobs_by_custom_field"),
            models.Index("updated_at", name="jobs_with_sub_status", condition=~models.Q(sub_status="")),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}" if self.name != self.reference else self.reference

    @property
    def aside(self) -> str:
        """What tells it from its namesakes."""
        return str(self.get_status_display())

    @property
    def person(self) -> str:
        """Whom to ring about it, in words."""
        return str(self.contact.name) if self.contact_id and self.contact else self.contact_name

    def insert(self) -> None:
        """Save a new row; where the number it drew is one that somebody wrote by hand, it draws the next one. Raises
        Refused (reference_taken)."""
        own = isinstance(self.reference, str) and self.reference
        while True:
            try:
                with transaction.atomic():
                    self.save(force_insert=True)
            except IntegrityError as fault:
                if "jobs_job_reference" not in str(fault):
                    raise
                if own:
                    text = say("The number “%(reference)s” is already in use. Choose another one.")
                    raise Refused(text % {"reference": own}, code="reference_taken") from fault
                self.reference = type(self)().reference  # the database draws another one
            else:
                break
        self.refresh_from_db()

    def facts(self) -> JobFacts:
        """What its status follows from, as it stands in the database."""
        return facts_of(self)

    def now(self) -> job_verbs.Now:
        """What decides which verbs are possible."""
        return now_of(self)

    def change(self, *, version: int, **values: Any) -> None:
        """As for every record; a team makes a logged job planned. Raises Refused (customer_stays, needs_site)."""
        with transaction.atomic():
            self.lock()
            super().change(version=version, **values)
            self.follow(at=self.updated_at)

    def why_not_change(self, values: Any) -> Refused | None:
        if {"customer", "customer_id"} & set(values):
            text = say("The customer of a job stays. Cancel it and log it again for the other customer.")
            return Refused(text, code="customer_stays")
        where = {name: values.get(name, getattr(self, name)) for name in ("site_id", "no_site")}
        if not any(where.values()) and self.status != Status.DRAFT and self.visits.exists():
            text = say("%(job)s has visits: say at which site, or that it is at none.")
            return Refused(text % {"job": self.reference}, code="needs_site")
        return None

    def why_not_archive(self) -> Refused | None:
        """What is open is not put away."""
        if self.status in states.OPEN - {Status.DRAFT}:
            text = say("%(job)s is %(status)s. Close or cancel it first.")
            words = {"job": self.reference, "status": str(self.get_status_display()).lower()}
            return Refused(text % words, code="job_is_open")
        return None

    def lock(self) -> None:
        """Whoever else does something to this job or its visits waits until this transaction is over."""
        Job.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=self.pk)

    def follow(self, *, at: datetime, **values: Any) -> None:
        """Write these values, and the status that follows from all there is."""
        for name, value in values.items():
            setattr(self, name, value)
        facts = self.facts()
        status, coming = status_of(facts), next_visit_at(facts)
        if status != self.status:
            values |= {"status": status, "entered_at": at}
            values["reached"] = {**self.reached, **({} if status in self.reached else {str(status): at.isoformat()})}
        if coming != self.next_visit_at:
            values["next_visit_at"] = coming
        if values:
            Job.objects.filter(pk=self.pk).update(**values)
            self.refresh_from_db()

    @contextmanager
    def doing(self, verb: str) -> Iterator[None]:
        """The verb on the job as it is now, locked. Raises Refused (not_possible_now) with the reason."""
        with transaction.atomic():
            self.lock()
            self.refresh_from_db()
            if why := job_verbs.BY_KEY[verb].why_not(self.now()):
                raise Refused(why, code="not_possible_now")
            yield

    def log(self, *, at: datetime) -> None:
        """A draft becomes a job that is to be done."""
        with self.doing("log"):
            self.follow(at=at, office=Office.NOTHING)

    def put_on_hold(self, *, reason: str, at: datetime, until: date | None = None, note: str = "") -> None:
        """Let it wait, with a reason and, where it is known, a day to look at it again."""
        with self.doing("hold"):
            self.follow(at=at, hold_reason=Hold(reason).value, hold_until=until, said=note[:300])

    def take_off_hold(self, *, at: datetime) -> None:
        """Take it off hold: it is as its visits say."""
        with self.doing("release"):
            self.follow(at=at, hold_reason="", hold_until=None, said="")

    def ask_for_more(self, *, reason: str, at: datetime) -> None:
        """The work is not done after all: somebody has to come again."""
        with self.doing("more-work"):
            self.follow(at=at, asked_at=at, settled_at=None, said=_reason(reason))

    def settle(self, *, note: str, at: datetime) -> None:
        """Nothing more is to do: solved without a visit, or what was asked for is not needed any more."""
        with self.doing("settle"):
            self.follow(at=at, settled_at=at, said=_reason(note))

    def review(self, *, at: datetime) -> None:
        """The lines are checked, each has a charge outcome."""
        with self.doing("review"):
            self.follow(at=at, office=Office.REVIEWED)

    def take_review_back(self, *, at: datetime) -> None:
        with self.doing("unreview"):
            self.follow(at=at, office=Office.NOTHING)

    def invoice(self, *, at: datetime) -> None:
        """All that is to be billed is on approved invoices: said by who bills."""
        with self.doing("invoice"):
            self.follow(at=at, office=Office.INVOICED)

    def credit(self, *, at: datetime) -> None:
        """What was invoiced is credited: it is to be billed again."""
        with self.doing("credit"):
            self.follow(at=at, office=Office.REVIEWED)

    def close(self, *, at: datetime) -> None:
        with self.doing("close"):
            self.follow(at=at, office=Office.CLOSED)

    def cancel(self, *, reason: str, at: datetime) -> None:
        """It is not to be done. Visits that are planned are cancelled with it."""
        with self.doing("cancel"):
            said = _reason(reason)
            planned = self.visits.filter(state__in=states.BEFORE)
            planned.update(state=states.VisitState.CANCELLED, ended_at=at, reason=said)
            self.follow(at=at, office=Office.CANCELLED, said=said, hold_reason="", hold_until=None)

    def reopen(self, *, reason: str, at: datetime) -> None:
        """A closed or cancelled job is again as its visits say."""
        with self.doing("reopen"):
            self.follow(at=at, office=Office.NOTHING, said=_reason(reason))


def _reason(text: str) -> str:
    """Raises Refused (reason_missing)."""
    if not text.strip():
        raise Refused(say("Say why."), code="reason_missing")
    return " ".join(text.split())[:300]
