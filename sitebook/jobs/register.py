"""The register of jobs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission, may
from sitebook.api.requests import Id
from sitebook.assets import found_by_name as known
from sitebook.assets.models import Asset
from sitebook.catalogue.models import Activity, Coding, Service, Team, WorkType
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.jobs import columns, found_by_name, new_job, rules
from sitebook.jobs.boards import BOARDS
from sitebook.jobs.filters import FILTERS
from sitebook.jobs.models import Job
from sitebook.jobs.schemas import Moment
from sitebook.registers import api as records
from sitebook.registers.field import Field
from sitebook.registers.operations import Reading
from sitebook.registers.register import Register
from sitebook.registers.schemas import not_published
from sitebook.sites.models import Site
from sitebook.values.kinds import Day, Paragraphs
from sitebook.values.references import Reference

_WHERE, _WHO, _WHAT, _MONEY = _("Where"), _("Whom to ring"), _("What is done"), _("Billing")


def _picked(
    name: str, to: Any, picker: str, found: Any = None, *, beside: str = "", required: bool = False, **more: Any
) -> Field:
    """A record that a job names."""
    kind = Reference(to=to, picker=picker, beside=beside, required=required)
    return Field(name, kind=kind, column=None, told=False, found_by=found, **more)


def _add(**values: Any) -> Job:
    """As programs and files write a job: assets and activities by their ids."""
    named: dict[str, Any] = {
        name: [records.seen(model, pk, f"/{name}") for pk in values.pop(name, None) or []]
        for name, model in (("assets", Asset), ("activities", Activity))
    }
    return new_job.log(at=timezone.now(), **named, **values)


def _change(job: Job, *, version: int, **values: Any) -> None:
    new_job.change(job, version=version, on=timezone.localdate(), **values)


def offers(user: Any, job: Job) -> list[tuple[Any, str, str]]:
    """What else a user can do with a job, for its menu."""
    if not may(user, Permission.CHANGE_JOBS):
        return []
    again = f"{JOBS.url('new')}?like={job.pk}"
    return [
        (_("Log again as new job"), "plus", again),
        (_("Log a callback"), "phone", f"{again}&callback=yes"),
        (_("Add an asset"), "assets", JOBS.url("add-asset", job.pk)),
    ]


_IDS: Callable[[str], Any] = lambda text: not_published(list[Id], text)  # noqa: E731 - a shape each
JOBS = Register(
    model=Job,
    path="jobs",
    see=Permission.SEE_JOBS,
    change=Permission.CHANGE_JOBS,
    archive=Permission.ARCHIVE_JOBS,
    order="-reported",
    rows=columns.rows,
    fields=[
        Field("reference", heading=_("Job"), sort=True, key=True, asked=False, writes="new", told=False),
        Field("description", kind=Paragraphs(), column=None, told=False),
        _picked("customer", Customer, "customers:pick", known.customer, required=True, writes="new", section=_WHERE),
        _picked("site", Site, "jobs:sites-to-pick", found_by_name.site, beside="customer", section=_WHERE),
        Field("no_site", column=None, section=_WHERE, told=False, help=_("The work is at no site: on the telephone.")),
        _picked("asset", Asset, "assets:pick", known.asset, writes="new", section=_WHERE),
        Field("outside_reason", section=_WHERE, help=_("Where the site or the asset is not the customer’s.")),
        _picked("contact", Contact, "contacts:pick", section=_WHO),
        Field("contact_name", section=_WHO, told=False, personal=True),
        Field("contact_phone", section=_WHO, told=False, personal=True),
        Field("contact_email", section=_WHO, told=False, personal=True),
        _picked("work_type", WorkType, "work-types:pick", found_by_name.work_type, section=_WHAT),
        _picked("service", Service, "services:pick", found_by_name.service, section=_WHAT),
        _picked("team", Team, "teams:pick", found_by_name.team, section=_WHAT),
        _picked("coding", Coding, "codings:pick", found_by_name.coding, section=_WHAT),
        Field("category", column="p3", cell=columns.CATEGORY, sort=True, filter=True, bulk=True, section=_WHAT),
        Field(
            "priority", column="p3", cell=columns.PRIORITY, sort="priority_rank", filter=True, bulk=True, section=_WHAT
        ),
        Field("wanted_on", sort=True, bulk=True, kind=Day(), section=_WHAT),
        Field("sub_status", filter=True, bulk=True, words=True, section=_WHAT),
        Field("customer_order", bulk=True, section=_MONEY),
        _picked("bill_to", Customer, "customers:pick", section=_MONEY),
        Field("origin", filter=True, writes="new", asked=False),
        Field(
            "status",
            column="r1",
            cell=columns.STATUS,
            sort="status_rank",
            filter=True,
            writes="never",
            imported=False,
            told=False,
        ),
        Field("hold_reason", column=None, writes="never", imported=False, told=False),
        Field("hold_until", column=None, writes="never", imported=False, told=False, kind=Day()),
    ],
    columns=columns.COLUMNS,
    filters=FILTERS,
    list_order=columns.ORDER,
    checks=[rules.one_contact, rules.one_place, rules.logged_with_a_work_type],
    add=_add,
    change_by=_change,
    also_new={
        "assets": _IDS("The assets it is about, by their ids."),
        "activities": _IDS("What is to be done, at what it costs the customer: a line each."),
        "draft": not_published(bool, "A draft may lack everything but the customer."),
        "reported_at": not_published(Moment | None, "Now where it is left out."),
    },
    also_read={
        "reported_at": not_published(datetime, "When it was reported."),
        "next_visit_at": not_published(datetime | None, "When the next open visit is planned."),
    },
    reading=Reading(also={"reported_at": attrgetter("reported_at"), "next_visit_at": attrgetter("next_visit_at")}),
    badges=columns.badges,
    boards=BOARDS,
    offers=offers,
    summary="jobs/_summary.html",
    key="j",
    new_label=_("New job"),
    selected_label=_("Selected jobs"),
    placeholder=_("Filter by number, words or order number"),
    empty=(_("What did people ring about?"), _("A job is a piece of work for a customer, from the call to the bill.")),
    help="jobs",
)
