"""A job as its status and its verbs see it, read from the database in two statements."""

from __future__ import annotations

from typing import Any

from sitebook.jobs import job_verbs
from sitebook.jobs.roll_up import JobFacts, VisitFacts
from sitebook.jobs.states import Charge, Status


def facts_of(job: Any) -> JobFacts:
    """What the status of a job follows from."""
    rows = job.visits.order_by("number").values_list(
        "state", "number", "planned_from", "travel_at", "arrived_at", "ended_at"
    )
    visits = tuple(
        VisitFacts(state=state, number=number, planned_from=planned, begun_at=travel or arrived, ended_at=ended)
        for state, number, planned, travel, arrived, ended in rows
    )
    return JobFacts(
        visits=visits,
        has_team=job.team_id is not None,
        on_hold=bool(job.hold_reason),
        office=job.office,
        asked_at=job.asked_at,
        settled_at=job.settled_at,
    )


def now_of(job: Any) -> job_verbs.Now:
    """What decides which verbs of a job are possible."""
    charges = list(job.lines.order_by("place", "pk").values_list("charge", "name"))
    return job_verbs.Now(
        job=str(job.reference),
        status=Status(job.status),
        facts=facts_of(job),
        undecided=tuple(name for charge, name in charges if charge == Charge.UNDECIDED),
        to_bill=sum(charge == Charge.CHARGE for charge, _name in charges),
        says_where=job.site_id is not None or job.no_site,
        has_work_type=job.work_type_id is not None,
        has_words=bool(job.description.strip()),
    )
