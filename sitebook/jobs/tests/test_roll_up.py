"""The status of a job follows from its visits; an unanswered “more work needed” always wins."""

from __future__ import annotations

import pytest

from sitebook.jobs.roll_up import JobFacts, VisitFacts, status_of
from sitebook.jobs.states import Office, Status, VisitState
from sitebook.jobs.tests.lifts import at

V = VisitState


def visit(state: VisitState, begun: int | None = None, ended: int | None = None) -> VisitFacts:
    return VisitFacts(
        state=state,
        begun_at=None if begun is None else at(begun),
        ended_at=None if ended is None else at(ended),
    )


@pytest.mark.parametrize(
    ("visits", "status"),
    [
        ([], Status.LOGGED),
        ([visit(V.PROPOSED)], Status.PLANNED),
        ([visit(V.PROPOSED), visit(V.CONFIRMED)], Status.SCHEDULED),
        ([visit(V.SENT)], Status.SCHEDULED),
        ([visit(V.TRAVELLING, 0)], Status.IN_PROGRESS),
        ([visit(V.PAUSED, 0), visit(V.PROPOSED)], Status.IN_PROGRESS),
        ([visit(V.DONE, 0, 60), visit(V.CONFIRMED)], Status.IN_PROGRESS),
        ([visit(V.DONE, 0, 60)], Status.WORK_DONE),
        ([visit(V.DONE, 0, 60), visit(V.CANCELLED)], Status.WORK_DONE),
        ([visit(V.MORE, 0, 60)], Status.TO_REPLAN),
        ([visit(V.NO_ACCESS, 0, 60)], Status.TO_REPLAN),
        ([visit(V.ABORTED, 0, 60)], Status.TO_REPLAN),
        ([visit(V.CANCELLED), visit(V.DECLINED), visit(V.MOVED)], Status.LOGGED),
        # Somebody comes again.
        ([visit(V.MORE, 0, 60), visit(V.PROPOSED)], Status.PLANNED),
        ([visit(V.MORE, 0, 60), visit(V.CONFIRMED)], Status.SCHEDULED),
        ([visit(V.MORE, 0, 60), visit(V.DONE, 60, 90)], Status.WORK_DONE),
        # One of two at the same time is done, the other asks for more: the published rule would say completed.
        ([visit(V.MORE, 0, 60), visit(V.DONE, 10, 90)], Status.TO_REPLAN),
        ([visit(V.DONE, 0, 60), visit(V.MORE, 10, 20)], Status.TO_REPLAN),
        # The answer asks itself.
        ([visit(V.MORE, 0, 60), visit(V.MORE, 70, 90)], Status.TO_REPLAN),
        ([visit(V.MORE, 0, 60), visit(V.DONE, 60, 90), visit(V.MORE, 100, 110)], Status.TO_REPLAN),
    ],
)
def test_the_visits_say_the_status(visits: list[VisitFacts], status: Status) -> None:
    assert status_of(JobFacts(visits=visits)) == status


def test_a_team_makes_a_job_planned() -> None:
    assert status_of(JobFacts(has_team=True)) == Status.PLANNED


def test_the_office_answers_what_is_asked_for_and_asks_itself() -> None:
    asks = [visit(V.MORE, 0, 60)]
    assert status_of(JobFacts(visits=asks, settled_at=at(61))) == Status.WORK_DONE
    assert status_of(JobFacts(visits=asks, settled_at=at(59))) == Status.TO_REPLAN
    assert status_of(JobFacts(settled_at=at(0))) == Status.WORK_DONE
    done = [visit(V.DONE, 0, 60)]
    assert status_of(JobFacts(visits=done, asked_at=at(61))) == Status.TO_REPLAN
    assert status_of(JobFacts(visits=[*done, visit(V.DONE, 70, 80)], asked_at=at(61))) == Status.WORK_DONE


def test_a_hold_and_the_office_hide_what_the_visits_say() -> None:
    done = [visit(V.DONE, 0, 60)]
    assert status_of(JobFacts(visits=done, on_hold=True)) == Status.ON_HOLD
    for office in Office:
        if office:
            assert status_of(JobFacts(visits=done, on_hold=True, office=office)) == Status(office.value)
