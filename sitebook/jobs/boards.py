"""The board of jobs by status. The status follows from what is done: a move opens the form of the verb that leads
there, or says why none does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.jobs import columns, states, visit_verbs
from sitebook.jobs.job_verbs import VERBS
from sitebook.jobs.models import Job
from sitebook.jobs.states import Status
from sitebook.lists.boards import Board, Card

LEADS_TO: dict[str, Status] = {
    "hold": Status.ON_HOLD,
    "settle": Status.WORK_DONE,
    "unreview": Status.WORK_DONE,
    "more-work": Status.TO_REPLAN,
    "review": Status.REVIEWED,
    "close": Status.CLOSED,
    "cancel": Status.CANCELLED,
    "log": Status.LOGGED,
}
"""Where a verb of the page leads; what takes a job off hold or opens it again leads to what its visits say."""
_BY_A_VISIT = (Status.PLANNED, Status.SCHEDULED)


def reach(job: Job) -> Collection[str]:
    """The lanes a job can be moved to now."""
    now = job.now()
    found = {LEADS_TO[verb.key].value for verb in VERBS if verb.key in LEADS_TO and not verb.why_not(now)}
    visiting = _BY_A_VISIT if now.status in states.AHEAD and not visit_verbs.why_no_new(now) else ()
    return found | {each.value for each in visiting if each != now.status}


def form(job: Job, lane: str, today: date) -> str:
    """The form of what leads to a lane; where nothing does by itself, the page of the job, which says why."""
    if lane in _BY_A_VISIT:
        return reverse("jobs:new-visit", args=[job.pk])
    leading = [verb for verb in VERBS if LEADS_TO.get(verb.key) == lane]
    fitting = [verb for verb in leading if job.status in verb.fits] or leading
    return reverse(f"jobs:{fitting[0].key}" if fitting else "jobs:record", args=[job.pk])


BOARDS = [
    Board(
        key="status",
        label=_("By status"),
        filter="status",
        card=Card(title=("reference",), lines=[("what",), ("site", "engineer")], badge="priority", code=True),
        needs=Permission.CHANGE_JOBS,
        tones=columns.STATUS.tones,
        reach=reach,
        form=form,
    )
]
