"""A visit: one trip of one or more people for a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.basics.row_access import by_customer
from sitebook.catalogue.models import Resource, WorkType
from sitebook.customers.models import Customer
from sitebook.jobs import states, visit_verbs
from sitebook.jobs.models.job import Job
from sitebook.jobs.models.visit_people import VisitResource, booked, span, time_text
from sitebook.jobs.states import VisitState
from sitebook.ui.formats import clock_text


class VisitRows(models.QuerySet["Visit"]):
    def open(self) -> VisitRows:
        """Those that are still to take place, or take place now."""
        return self.filter(state__in=states.OPEN_VISIT)

    def within(self, since: datetime, until: datetime) -> VisitRows:
        """Those planned for some of this time that did, do or will take place, in their order."""
        rows = self.filter(planned_from__lt=until, planned_to__gt=since).exclude(state__in=states.VOID)
        return rows.order_by("planned_from", "pk")

    def of(self, resource: Resource) -> VisitRows:
        """Those somebody is sent to."""
        return self.filter(models.Exists(VisitResource.objects.filter(visit=models.OuterRef("pk"), resource=resource)))


class Visit(models.Model):
    """A trip for a job: planned, under way, ended. Its verbs are listed in ``visit_verbs``.

    ``number``: counts within the job. ``shared``: it may overlap with others of the same people. ``moved_from``: the
    visit in whose place it is. ``travel_at``, ``arrived_at``, ``ended_at``: when it happened; ``paused_at``: since when
    it is paused, ``paused_minutes``: how long it was before. ``outcome_note``: what was done, or is still to do.
    ``reason``: why it did not take place. ``signature``: the strokes of a signature, lists of points;
    ``unsigned_reason``: why there is none.
    """

    named = Named(
        one=_("visit"),
        many=_("Visits"),
        icon="route",
        page="jobs:visit",
        open_to="see jobs",
        event="visit",
        silent=frozenset({"customer_id"}),
    )
    seen_by = by_customer("customer_id", parent=("jobs_job", "job_id"))

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="visits")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False)
    number = models.PositiveSmallIntegerField(_("Visit"))
    state = models.CharField(_("Status"), max_length=12, choices=VisitState, default=VisitState.PROPOSED)
    planned_from = models.DateTimeField(_("Planned from"), null=True, blank=True)
    planned_to = models.DateTimeField(_("Planned to"), null=True, blank=True)
    shared = models.BooleanField(_("May overlap with others"), default=False)
    moved_from = models.OneToOneField(
        "self", verbose_name=_("In place of"), null=True, on_delete=models.PROTECT, related_name="moved_to"
    )
    instructions = models.CharField(_("Instructions"), max_length=500, blank=True, default="")
    travel_at = models.DateTimeField(_("Set out"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("Arrived"), null=True, blank=True)
    ended_at = models.DateTimeField(_("Ended"), null=True, blank=True)
    paused_at = models.DateTimeField(_("Paused since"), null=True, blank=True)
    paused_minutes = models.PositiveIntegerField(_("Minutes paused"), default=0)
    outcome_note = models.TextField(_("What was done"), blank=True, default="")
    reason = models.CharField(_("Reason"), max_length=300, blank=True, default="")
    signed_by = models.CharField(_("Signed by"), max_length=200, blank=True, default="")
    signed_at = models.DateTimeField(_("Signed"), null=True, blank=True)
    signature: models.JSONField[list[list[list[float]]], list[list[list[float]]]] = models.JSONField(
        _("Signature"), default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    unsigned_reason = models.CharField(_("Why not signed"), max_length=200, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = VisitRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "customer"], name="a_visit_is_one_of_its_customer"),
            models.UniqueConstraint("job", "number", name="a_number_names_one_visit_of_a_job"),
            models.CheckConstraint(
                condition=models.Q(planned_from__isnull=True, planned_to__isnull=True)
                | models.Q(planned_from__lt=models.F("planned_to")),
                name="a_visit_is_planned_from_and_to",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[VisitState.PROPOSED, *sorted(states.VOID)])
                | models.Q(planned_from__isnull=False),
                name="a_firm_visit_has_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=sorted(states.ENDED)) | models.Q(ended_at__isnull=False),
                name="an_ended_visit_says_when",
            ),
        ]
        indexes = [
            models.Index("planned_from", "id", name="visits_by_time"),
            models.Index("customer", "planned_from", name="visits_by_customer"),
            models.Index("state", "planned_from", name="visits_by_state"),
        ]

    def __str__(self) -> str:
        return say("Visit %(number)s") % {"number": self.number}

    @property
    def when(self) -> str:
        """``Mon 23 Nov 2026, 09:15 to 10:30``, in the zone of whoever reads it; "" without a time."""
        if self.planned_from is None or self.planned_to is None:
            return ""
        return time_text(self.planned_from, self.planned_to)

    @property
    def minutes_on_site(self) -> int | None:
        """From arriving to leaving without pauses; None while it lasts."""
        if self.arrived_at is None or self.ended_at is None:
            return None
        return max(int((self.ended_at - self.arrived_at).total_seconds()) // 60 - self.paused_minutes, 0)

    @property
    def minutes_travelled(self) -> int | None:
        if self.travel_at is None or self.arrived_at is None:
            return None
        return int((self.arrived_at - self.travel_at).total_seconds()) // 60

    def now(self) -> visit_verbs.Now:
        """What decides which verbs are possible."""
        kind = self.job.work_type
        return visit_verbs.Now(
            visit=str(self),
            state=VisitState(self.state),
            job=self.job.reference,
            job_status=states.Status(self.job.status),
            says_where=self.job.site_id is not None or self.job.no_site,
            has_time=self.planned_from is not None,
            people=self.resources.count(),
            last_at=max(filter(None, [self.travel_at, self.arrived_at, self.paused_at]), default=None),
            must_sign=kind is not None and kind.signature == WorkType.Signature.REQUIRED,
            signed=bool(self.signed_by or self.unsigned_reason),
        )

    @classmethod
    def propose(
        cls,
        job: Job,
        *,
        at: datetime,
        planned: tuple[datetime, datetime] | None = None,
        resources: Sequence[Resource] = (),
        firm: bool = False,
        shared: bool = False,
        instructions: str = "",
        moved_from: Visit | None = None,
    ) -> Visit:
        """Add a visit to a job; ``firm``: agreed for its time. Raises Refused (not_possible_now, needs_site,
        resource_is_busy, bad_times)."""
        with transaction.atomic():
            job.lock()
            job.refresh_from_db()
            if why := visit_verbs.why_no_new(job.now()):
                raise Refused(why, code="not_possible_now" if job.site_id or job.no_site else "needs_site")
            _must_be_in_order(planned)
            if firm and not planned:
                raise Refused(say("Say from when to when, or leave the visit proposed."), code="bad_times")
            last = job.visits.aggregate(last=models.Max("number"))["last"] or 0
            visit = cls(job=job, customer_id=job.customer_id, number=last + 1, shared=shared, moved_from=moved_from)
            visit.instructions = instructions[:500]
            visit.state = VisitState.CONFIRMED if firm else VisitState.PROPOSED
            visit.planned_from, visit.planned_to = planned or (None, None)
            visit.save(force_insert=True)
            visit._send(resources)
            job.follow(at=at)
        visit.refresh_from_db()
        return visit

    @contextmanager
    def doing(self, verb: str, *, at: datetime, version: int | None = None, last: bool = True) -> Iterator[None]:
        """The verb on the visit as it is now, its job locked, whose status follows, unless this is not the ``last``
        that is done to it at once. Raises Refused (not_possible_now,
        bad_times) and StaleEdit where somebody changed the visit since ``version``."""
        with transaction.atomic():
            self.job.lock()
            self.refresh_from_db()
            self.job.refresh_from_db()
            if version not in (None, self.version):
                raise StaleEdit(say("Somebody else changed this visit while you were looking at it."))
            now = self.now()
            if why := visit_verbs.BY_KEY[verb].why_not(now):
                raise Refused(why, code="not_possible_now")
            if verb in visit_verbs.IN_THE_FIELD and now.last_at and at < now.last_at:
                text = say("%(visit)s had got further by %(time)s. Give a later time.")
                words = {"visit": self, "time": clock_text(now.last_at)}
                raise Refused(text % words, code="bad_times")
            yield
            self.refresh_from_db()
            if last:
                self.job.follow(at=at)

    def _write(self, **values: Any) -> None:
        Visit.objects.filter(pk=self.pk).update(**values)

    def plan(
        self,
        *,
        planned: tuple[datetime, datetime] | None,
        resources: Sequence[Resource] | None = None,
        shared: bool | None = None,
        at: datetime,
        version: int | None = None,
    ) -> None:
        """Give a proposed visit its time and people. Raises Refused (resource_is_busy, bad_times)."""
        with self.doing("plan", at=at, version=version):
            _must_be_in_order(planned)
            since, until = planned or (None, None)
            more = {} if shared is None else {"shared": shared}
            if resources is not None:
                self.resources.exclude(resource__in=resources).delete()
            staying = [each.resource for each in self.resources.select_related("resource")]
            with booked(staying, span(since, until)):
                self._write(planned_from=since, planned_to=until, **more)
            if resources is not None:
                self.refresh_from_db()
                self._send(resources)

    def staff(self, *, resources: Sequence[Resource], at: datetime) -> None:
        """Send these people. Raises Refused (resource_is_busy)."""
        with self.doing("staff", at=at):
            self.resources.exclude(resource__in=resources).delete()
            self._send(resources)

    def _send(self, resources: Sequence[Resource]) -> None:
        there = set(self.resources.values_list("resource_id", flat=True))
        during = span(self.planned_from, self.planned_to)
        for each in resources:
            if each.pk not in there:
                with booked([each], during):
                    self.resources.create(resource=each, customer_id=self.customer_id)

    def move(
        self,
        *,
        planned: tuple[datetime, datetime],
        resources: Sequence[Resource] | None = None,
        reason: str = "",
        at: datetime,
        version: int | None = None,
    ) -> Visit:
        """Agree another time. The old one stays as a moved visit; returns the new one, as firm as the old one was."""
        with transaction.atomic():
            with self.doing("move", at=at, version=version, last=False):
                self._write(state=VisitState.MOVED, ended_at=at, reason=reason[:300])
            people = [each.resource for each in self.resources.select_related("resource")]
            return Visit.propose(
                self.job,
                at=at,
                planned=planned,
                resources=people if resources is None else resources,
                firm=True,
                shared=self.shared,
                instructions=self.instructions,
                moved_from=self,
            )

    def confirm(self, *, at: datetime) -> None:
        with self.doing("confirm", at=at):
            self._write(state=VisitState.CONFIRMED)

    def send(self, *, at: datetime) -> None:
        """Tell the people who go."""
        with self.doing("send", at=at):
            self._write(state=VisitState.SENT)

    def accept(self, *, at: datetime) -> None:
        with self.doing("accept", at=at):
            self._write(state=VisitState.ACCEPTED)

    def decline(self, *, reason: str, at: datetime) -> None:
        """Who was sent cannot go."""
        with self.doing("decline", at=at):
            self._write(state=VisitState.DECLINED, ended_at=at, reason=_said(reason))

    def cancel(self, *, reason: str, at: datetime) -> None:
        with self.doing("cancel", at=at):
            self._write(state=VisitState.CANCELLED, ended_at=at, reason=_said(reason))

    def travel(self, *, at: datetime) -> None:
        """Somebody sets out."""
        with self.doing("travel", at=at):
            self._write(state=VisitState.TRAVELLING, travel_at=at)

    def arrive(self, *, at: datetime) -> None:
        with self.doing("arrive", at=at):
            self._write(state=VisitState.ON_SITE, arrived_at=at)

    def pause(self, *, at: datetime) -> None:
        with self.doing("pause", at=at):
            self._write(state=VisitState.PAUSED, paused_at=at)

    def resume(self, *, at: datetime) -> None:
        with self.doing("resume", at=at):
            self._write(state=VisitState.ON_SITE, **self._unpaused(at))

    def _unpaused(self, at: datetime) -> dict[str, Any]:
        if self.paused_at is None:
            return {}
        minutes = int((at - self.paused_at).total_seconds()) // 60
        return {"paused_at": None, "paused_minutes": self.paused_minutes + minutes}

    def sign(self, *, name: str, strokes: list[list[list[float]]], at: datetime, why_not: str = "") -> None:
        """The customer's signature for what was done, or why there is none."""
        with self.doing("sign", at=at):
            signed_at = at if name.strip() else None
            self._write(
                signed_by=name.strip()[:200], signature=strokes, signed_at=signed_at, unsigned_reason=why_not[:200]
            )

    def finish(self, *, note: str = "", at: datetime) -> None:
        """The work of this visit is done."""
        with self.doing("finish", at=at):
            self._end(VisitState.DONE, note, at)

    def ask_for_more(self, *, note: str, at: datetime) -> None:
        """Somebody has to come again: says what is still to do."""
        with self.doing("more", at=at):
            self._end(VisitState.MORE, _said(note), at)

    def find_nobody(self, *, note: str, at: datetime) -> None:
        """No access: says whom one tried to reach."""
        with self.doing("no-access", at=at):
            self._end(VisitState.NO_ACCESS, _said(note), at)

    def abort(self, *, note: str, at: datetime) -> None:
        """Stopped because it is not safe: says why."""
        with self.doing("abort", at=at):
            self._end(VisitState.ABORTED, _said(note), at)

    def _end(self, state: VisitState, note: str, at: datetime) -> None:
        self._write(state=state, ended_at=at, outcome_note=note, **self._unpaused(at))


def _must_be_in_order(planned: tuple[datetime, datetime] | None) -> None:
    if planned and planned[0] >= planned[1]:
        raise Refused(say("The visit would end before it begins. Write a later time."), code="bad_times")


def _said(text: str) -> str:
    if not text.strip():
        raise Refused(say("Say why."), code="reason_missing")
    return text.strip()[:300]
