"""The status of a job, from its visits and from what the office has said.

An unanswered “more work needed” always wins: a job with one visit done and one that asks for more is not done. A visit
that asks for more is answered by one that began after it ended and was done, or by the office, which says that nothing
more is to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sitebook.jobs import states
from sitebook.jobs.states import Office, Status, VisitState


@dataclass(frozen=True, kw_only=True)
class VisitFacts:
    """What a visit says for its job. ``begun_at``: when somebody set out or arrived."""

    state: str
    number: int = 0
    planned_from: datetime | None = None
    begun_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class JobFacts:
    """What a job's status follows from. ``asked_at``: when the office said that more work is needed; ``settled_at``:
    when it said that nothing more is to do."""

    visits: Sequence[VisitFacts] = ()
    has_team: bool = False
    on_hold: bool = False
    office: str = Office.NOTHING
    asked_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def open_visits(self) -> list[VisitFacts]:
        return [each for each in self.visits if each.state in states.OPEN_VISIT]

    @property
    def begun_visits(self) -> list[VisitFacts]:
        return [each for each in self.visits if each.state in states.BEGUN]

    @property
    def ended_visits(self) -> list[VisitFacts]:
        return [each for each in self.visits if each.state in states.ENDED]


def status_of(facts: JobFacts) -> Status:
    """The office's word comes first, then a hold, then what the visits say."""
    if facts.office:
        return Status(facts.office)
    return Status.ON_HOLD if facts.on_hold else status_by_visits(facts)


def status_by_visits(facts: JobFacts) -> Status:
    """The status a job has when nobody holds it up: the one it returns to from a hold."""
    if facts.begun_visits:
        return Status.IN_PROGRESS
    asks = unanswered(facts)
    if facts.open_visits:
        if not asks and facts.ended_visits:
            return Status.IN_PROGRESS
        firm = any(each.state in states.FIRM for each in facts.open_visits)
        return Status.SCHEDULED if firm else Status.PLANNED
    if asks:
        return Status.TO_REPLAN
    if facts.ended_visits or facts.settled_at:
        return Status.WORK_DONE
    return Status.PLANNED if facts.has_team else Status.LOGGED


def unanswered(facts: JobFacts) -> list[datetime]:
    """When somebody asked for more work that nobody has done since."""
    asks = [each.ended_at for each in facts.visits if each.state in states.ASKING and each.ended_at]
    asks += [facts.asked_at] if facts.asked_at else []
    done = [each.begun_at for each in facts.visits if each.state == VisitState.DONE and each.begun_at]
    answers = [*done, *([facts.settled_at] if facts.settled_at else [])]
    return [ask for ask in asks if not any(answer >= ask for answer in answers)]


def next_visit_at(facts: JobFacts) -> datetime | None:
    """When the next open visit is planned."""
    return min((each.planned_from for each in facts.open_visits if each.planned_from), default=None)


def waits_until(hold_until: date | None, *, today: date) -> bool:
    """Whether a hold still lasts on a day: without a day to wake up it lasts until somebody releases it."""
    return hold_until is None or today < hold_until
