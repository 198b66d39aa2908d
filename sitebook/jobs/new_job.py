"""What a call becomes: a job with its assets and activities, checked against what the catalogue offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.assets.models import Asset
from sitebook.basics.refused import Refused
from sitebook.catalogue import offered
from sitebook.catalogue.models import Activity, Coding, CustomerActivity, WorkLogType, WorkType
from sitebook.catalogue.models.entry import Entry
from sitebook.catalogue.offered import Choice
from sitebook.catalogue.setup import Setup
from sitebook.catalogue.why_not import WhyNot
from sitebook.contacts.models import SiteParty
from sitebook.customers.models import Customer
from sitebook.jobs.models import Job, JobAsset, JobLine
from sitebook.jobs.states import Office, Status
from sitebook.sites.models import Site
from sitebook.users.locale import zone_of
from sitebook.users.models import User


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was chosen for a job. ``by``: whose role counts; None: at the machine, where any role will do."""

    customer: Customer
    on: date
    work_type: WorkType | None = None
    chosen: Sequence[Entry] = ()
    by: User | None = None

    @property
    def choice(self) -> Choice:
        return Choice(customer=self.customer, role=self._role(), on=self.on, work_log_type=self._kind())

    def _kind(self) -> WorkLogType | None:
        return self.work_type.work_log_type if self.work_type else None

    def _role(self) -> str:
        if self.by:
            return str(self.by.role)
        kind = self._kind()
        return kind.roles[0] if kind and kind.roles else ""


@transaction.atomic
def log(
    *,
    customer: Customer,
    at: datetime,
    site: Site | None = None,
    assets: Sequence[Asset] = (),
    activities: Sequence[Activity] = (),
    draft: bool = False,
    work_type: WorkType | None = None,
    reported_at: datetime | None = None,
    asset: Asset | None = None,
    reference: str = "",
    **values: Any,
) -> Job:
    """Make a job, with a line for each activity at what it costs the customer on that day. Activities lead to the
    service and, where none is chosen, to the work type. ``asset``: the first of its assets. A draft may lack everything
    but the customer.

    Raises Refused (not_offered, coding_missing, work_type_missing, words_missing, outside_the_customer, is_archived,
    reference_taken).
    """
    assets = list(dict.fromkeys([*([asset] if asset else []), *assets]))
    activities = list(dict.fromkeys(activities))
    values = {name: value for name, value in values.items() if value is not None}
    values |= {"reference": reference} if reference else {}
    job = Job(customer=customer, site=site, work_type=work_type, **values)
    job.bill_to = job.bill_to or customer.bill_to
    job.status, job.office = (Status.DRAFT, Office.DRAFT) if draft else (Status.LOGGED, Office.NOTHING)
    led = offered.lead(activities)
    job.service = job.service or led.service
    job.reported_at = reported_at or at
    on = _day(site, job.reported_at)
    _lead_to_work_type(job, activities, on)
    job.work_log_type = job.work_type.work_log_type if job.work_type else None
    if not draft:
        _must_be_whole(job)
    _must_be_in_use(customer, site)
    job.insert()
    asked = Asked(
        customer=customer,
        on=on,
        work_type=job.work_type,
        chosen=[each for each in (job.work_type, job.team, job.coding, *activities) if each],
        by=User.objects.filter(pk=job.created_by_id or 0).first(),
    )
    must_be_offered(asked, services=led.services or ([job.service] if job.service else []))
    _must_be_theirs(job, on)
    add_assets(job, assets, reason=job.outside_reason)
    add_activities(job, activities, on=on)
    job.reached = {str(job.status): job.reported_at.isoformat()}
    job.follow(at=job.reported_at, reached=job.reached)
    return job


def _day(site: Site | None, at: datetime) -> date:
    """The day of a call in the zone of the site."""
    return timezone.localtime(at, zone_of(site.time_zone)).date() if site and site.time_zone else timezone.localdate(at)


def _lead_to_work_type(job: Job, activities: Sequence[Activity], on: date) -> None:
    if job.work_type or not activities:
        return
    services = offered.lead(activities).services
    naming = WorkType.objects.filter(archived_at__isnull=True, customer_links__customer=job.customer)
    found = naming.filter(service_links__service__in=services).order_by("rank", "name_key", "pk")
    job.work_type = found.select_related("work_log_type").first()


def _must_be_whole(job: Job) -> None:
    if job.work_type is None:
        raise Refused(_("Choose a work type, or an activity that leads to one."), code="work_type_missing")
    if not job.description.strip():
        raise Refused(_("Say what is wrong, or what is to be done."), code="words_missing")


def _must_be_in_use(*records: Customer | Site | None) -> None:
    for each in records:
        if each is not None and each.is_archived:
            raise Refused(_("%(name)s is archived. Restore it first.") % {"name": each}, code="is_archived")


def must_be_offered(asked: Asked, *, services: Sequence[Any]) -> None:
    """Raises Refused (not_offered, with the link of the chain that is missing; coding_missing)."""
    choice = asked.choice
    if not asked.chosen:
        return
    setup = Setup.of(asked.customer)
    why_not = WhyNot(setup, choice, services)
    for each in asked.chosen:
        if missing := why_not.missing(each):
            raise Refused(missing.why, code="not_offered")
    given = any(isinstance(each, Coding) for each in asked.chosen)
    if asked.by and not given and offered.needs_coding(choice):
        text = _("Your role gives a coding to every job of “%(kind)s”. Choose one.")
        raise Refused(text % {"kind": choice.work_log_type}, code="coding_missing")


def _must_be_theirs(job: Job, on: date) -> None:
    """The site is the customer's, or one of which the customer is a party, or somebody says why."""
    site = job.site
    if site is None or job.outside_reason or site.customer_id == job.customer_id:
        return
    if SiteParty.objects.in_force(on=on).filter(site=site, party=job.customer_id).exists():
        return
    text = _("%(site)s is not a site of %(customer)s. Say why the job is there.")
    raise Refused(text % {"site": site, "customer": job.customer}, code="outside_the_customer")


_CHECKED = {"work_type_id", "service_id", "team_id", "coding_id"}


@transaction.atomic
def change(job: Job, *, version: int, on: date, **values: Any) -> None:
    """Change what a job says; what is chosen anew has to be offered to the customer on a day. The work log type follows
    the work type, and what is written of another site has to be theirs.

    Raises StaleEdit and Refused as ``log`` and ``Job.change`` do.
    """
    before = {name: getattr(job, name) for name in (*_CHECKED, "site_id")}
    if work_type := WorkType.objects.filter(pk=values.get("work_type_id") or 0).first():
        values["work_log_type_id"] = work_type.work_log_type_id
    job.change(version=version, **values)
    fresh = Job.objects.select_related("work_type__work_log_type", "service", "team", "coding", "site").get(pk=job.pk)
    chosen = {name.removesuffix("_id") for name in _CHECKED if getattr(fresh, name) != before[name]} - {"service"}
    asked = Asked(
        customer=fresh.customer,
        on=on,
        work_type=fresh.work_type,
        chosen=[each for name in sorted(chosen) if (each := getattr(fresh, name))],
        by=User.objects.filter(pk=fresh.updated_by_id or 0).first(),
    )
    must_be_offered(asked, services=[fresh.service] if fresh.service else [])
    if fresh.site_id != before["site_id"]:
        _must_be_theirs(fresh, on)


@transaction.atomic
def add_assets(job: Job, assets: Sequence[Asset], *, reason: str = "") -> None:
    """Name these assets on a job. Raises Refused (outside_the_customer) for one that neither stands at the site nor
    is the customer's, unless somebody says why; (is_archived); (assigned_already)."""
    place = job.assets.count()
    for number, each in enumerate(assets, start=place + 1):
        if each.is_archived:
            raise Refused(_("%(name)s is archived. Restore it first.") % {"name": each}, code="is_archived")
        there = (
            each.site_id == job.site_id if job.site_id else job.customer_id in (each.owner_id, each.place_customer_id)
        )
        if not there and not reason.strip():
            words = {"asset": str(each), "place": str(job.site or job.customer)}
            raise Refused(_("%(asset)s does not stand at %(place)s. Say why it is on this job.") % words,
                          code="outside_the_customer")  # fmt: skip
        if job.assets.filter(asset=each).exists():
            words = {"asset": str(each), "job": job.reference}
            raise Refused(_("%(asset)s is on %(job)s already.") % words, code="assigned_already")
        outside = "" if there else reason[:200]
        JobAsset.objects.create(
            job=job, customer_id=job.customer_id, asset=each, place=number, found=each.condition, outside_reason=outside
        )
    if assets and not place:
        Job.objects.filter(pk=job.pk).update(asset=assets[0])
        job.refresh_from_db()


@transaction.atomic
def remove_asset(row: JobAsset) -> None:
    """Take an asset off its job. Raises Refused (not_possible_now) where something was done to it."""
    job = row.job
    job.lock()
    if row.outcome or job.lines.filter(asset=row.asset_id).exists():
        words = {"asset": row, "job": job.reference}
        raise Refused(_("Something was done to %(asset)s on %(job)s: it stays.") % words, code="not_possible_now")
    row.delete()
    first = job.assets.order_by("place", "pk").first()
    Job.objects.filter(pk=job.pk).update(asset=first.asset_id if first else None)
    job.refresh_from_db()


@transaction.atomic
def add_activities(job: Job, activities: Sequence[Activity], *, on: date) -> list[JobLine]:
    """A line for each, at what it costs the customer on a day. Raises Refused (not_offered)."""
    mine = CustomerActivity.objects.in_force(on=on).filter(customer=job.customer_id, activity__in=activities)
    prices = {row.activity_id: row for row in mine.select_related("activity")}
    lines = []
    for each in activities:
        if each.pk not in prices:
            words = {"name": each, "customer": job.customer}
            raise Refused(_("%(name)s is not among the activities of %(customer)s.") % words, code="not_offered")
        lines.append(JobLine.of_activity(job, prices[each.pk]))
    return lines
