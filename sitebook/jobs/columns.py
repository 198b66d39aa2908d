"""Columns of the list of jobs beside those of its fields (F-422 to F-429), and what stands under a job's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.jobs import states
from sitebook.jobs.models import Job, VisitResource
from sitebook.jobs.states import Status
from sitebook.lists.cells import Badge, Link, Name
from sitebook.registers.columns import plain_column
from sitebook.ui.formats import clock_text, day_text

STATUS_TONES = {
    Status.DRAFT: "idle",
    Status.LOGGED: "attention",
    Status.PLANNED: "news",
    Status.SCHEDULED: "news",
    Status.IN_PROGRESS: "news",
    Status.TO_REPLAN: "attention",
    Status.ON_HOLD: "attention",
    Status.WORK_DONE: "good",
    Status.REVIEWED: "good",
    Status.INVOICED: "good",
    Status.CLOSED: "idle",
    Status.CANCELLED: "idle",
}
_TONES = {str(key.value): tone for key, tone in STATUS_TONES.items()}
_PRIORITIES = {"urgent": "bad", "high": "attention"}
_CATEGORIES = {"breakdown": "bad"}
STATUS = Badge(of=attrgetter("status"), tones=_TONES, tone="idle")
CATEGORY = Badge(of=attrgetter("category"), tones=_CATEGORIES, tone="idle", bare="breakdown")
PRIORITY = Badge(of=attrgetter("priority"), tones=_PRIORITIES, tone="idle", bare="high")


def badges(job: Job, on: date) -> list[tuple[str, str]]:
    """Under a job's name: status and why it waits, category, priority, and that it is late on the day."""
    found = [(str(job.get_status_display()), _TONES[job.status])]
    if job.hold_reason:
        until = f", {day_text(job.hold_until)}" if job.hold_until else ""
        found.append((str(job.get_hold_reason_display()) + until, "attention"))
    if job.sub_status:
        found.append((job.sub_status, "idle"))
    found.append((str(job.get_category_display()), _CATEGORIES.get(job.category, "idle")))
    if job.priority in _PRIORITIES:
        found.append((str(job.get_priority_display()), _PRIORITIES[job.priority]))
    if job.wanted_on and is_late(job, on):
        found.append((say("Wanted by %(day)s") % {"day": day_text(job.wanted_on)}, "bad"))
    return found


def is_late(job: Any, on: date) -> bool:
    """Whether it was wanted before the day and is still to be done."""
    return bool(job.wanted_on and job.wanted_on < on and job.status in states.AHEAD)


def _hidden(name: str) -> Any:
    """What a row names, or that it is another customer's."""

    def said(row: Any) -> str:
        if getattr(row, f"{name}_id") is None:
            return ""
        found = getattr(row, name)
        return str(found.name) if found else say("another customer")

    return said


def _seen(name: str) -> Any:
    return lambda row: getattr(row, f"{name}_id") if getattr(row, name) else None


def _named(key: str, label: Any, view: str, **more: Any) -> Any:
    """A column of a record that a job names, with a link where the reader sees it."""
    reads = (f"{key}_id", f"{key}__name")
    link = Link(view=view, of=_seen(key), muted=lambda row: not getattr(row, key), reads=reads)
    return plain_column(key, label, *reads, value=_hidden(key), cell=link, **more)


def _where(row: Any) -> str:
    return say("at no site") if row.no_site else _hidden("site")(row)


def _visit_text(row: Any) -> str:
    at = row.next_visit_at
    return f"{day_text(timezone.localdate(at))}, {clock_text(at)}" if at else ""


def engineers(rows: Sequence[Any]) -> None:
    """Who goes next, else who went last, else the team: in one statement for all rows (F-429)."""
    people: dict[int, dict[tuple[bool, int], list[str]]] = {}
    found = VisitResource.objects.filter(visit__job__in=[row.pk for row in rows])
    found = found.exclude(visit__state__in=states.VOID).order_by("resource__name_key")
    for job, number, state, name in found.values_list("visit__job", "visit__number", "visit__state", "resource__name"):
        open_first = (state in states.OPEN_VISIT, -number if state in states.OPEN_VISIT else number)
        people.setdefault(job, {}).setdefault(open_first, []).append(name)
    for row in rows:
        mine = people.get(row.pk)
        row.engineers = ", ".join(mine[max(mine)]) if mine else (row.team.name if row.team else "")


_SITE_READS = ("site_id", "no_site", "site__name")
COLUMNS = [
    plain_column("what", _("What is wrong"), "name", look="grow l1", sort=("name_key",), cell=Name(view="jobs:record")),
    plain_column(
        "site",
        _("Site"),
        *_SITE_READS,
        value=_where,
        look="grow l2",
        cell=Link(view="sites:site", of=_seen("site"), muted=lambda row: not row.site, reads=_SITE_READS),
    ),
    _named("customer", _("Customer"), "customers:customer", look="p2"),
    _named("asset", _("Asset"), "assets:record", look="p3"),
    plain_column(
        "engineer", _("Engineer"), "team_id", "team__name", value=attrgetter("engineers"), fill=engineers, look="p2"
    ),
    plain_column(
        "next_visit",
        _("Next visit"),
        "next_visit_at",
        value=_visit_text,
        look="p3",
        shown=False,
        sort=("next_visit_at",),
        numeric=True,
    ),
    plain_column(
        "reported",
        _("Reported"),
        "reported_at",
        value=lambda row: timezone.localdate(row.reported_at),
        look="p3",
        shown=False,
        sort=("reported_at",),
        numeric=True,
        first_descending=True,
    ),
    _named("work_type", _("Work type"), "work-types:record", shown=False),
    _named("work_log_type", _("Work log type"), "work-log-types:record", shown=False),
    _named("service", _("Service"), "services:record", shown=False),
    _named("team", _("Team"), "teams:record", shown=False),
    _named("coding", _("Coding"), "codings:record", shown=False),
]
ORDER = (
    *("reference", "what", "status", "site", "customer", "asset", "category", "priority", "engineer"),
    *("next_visit", "wanted_on"),
)


def rows() -> QuerySet[Any]:
    """What the list reads."""
    named = (
        "customer",
        "site",
        "asset",
        "team",
        "work_type",
        "work_log_type",
        "service",
        "coding",
        "contact",
        "bill_to",
    )
    return Job.objects.select_related(*named)
