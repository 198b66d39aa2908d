"""Random commands on a job and its visits, from several people who look at old pages, against tables written by hand.

What may follow what stands here once more, apart from the rules. Whatever happens: no status that the tables forbid,
every refusal is a sentence and changes nothing, and nothing that was done is lost.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sitebook.basics.refused import Refused
from sitebook.jobs.models import Job, JobLine, Visit, VisitResource
from sitebook.jobs.tests.lifts import Lifts, at, slot

# From each status the next ones. Derived ones may follow at once: planned and scheduled by one firm visit.
VISITING = {"logged", "planned", "scheduled", "in progress", "to re-plan"}
NEXT_JOB: dict[str, set[str]] = {
    "logged": {"planned", "scheduled", "on hold", "cancelled", "work done"},
    "planned": {"scheduled", "logged", "on hold", "cancelled", "work done", "to re-plan", "in progress"},
    "scheduled": {"in progress", "planned", "logged", "on hold", "cancelled", "to re-plan"},
    "in progress": {"work done", "to re-plan", "on hold", "planned", "scheduled"},
    "to re-plan": {"planned", "scheduled", "on hold", "cancelled", "work done", "in progress"},
    "on hold": {*VISITING, "work done", "cancelled"},
    "work done": {"reviewed", "to re-plan"},
    "reviewed": {"invoiced", "closed", "work done"},
    "invoiced": {"closed", "reviewed"},
    "closed": {"work done", "to re-plan"},
    "cancelled": {"logged", "planned", "to re-plan", "work done"},
}
SLOT_HELD = {"proposed", "confirmed", "sent", "accepted"}
THERE = {"on site", "paused"}
NEXT_VISIT: dict[str, set[str]] = {
    "proposed": {"confirmed", "cancelled"},
    "confirmed": {"sent", "accepted", "travelling", "on site", "declined", "cancelled", "moved"},
    "sent": {"accepted", "travelling", "on site", "declined", "cancelled", "moved"},
    "accepted": {"travelling", "on site", "declined", "cancelled", "moved"},
    "travelling": {"on site", "no access", "aborted"},
    "on site": {"paused", "done", "more work", "no access", "aborted"},
    "paused": {"on site", "done", "more work", "no access", "aborted"},
    **{key: set() for key in ("done", "more work", "no access", "aborted", "declined", "cancelled", "moved")},
}
Act = Callable[[Any, datetime], Any]
JOB_ACTS: dict[str, Act] = {
    "hold": lambda job, now: job.put_on_hold(reason="parts", at=now),
    "release": lambda job, now: job.take_off_hold(at=now),
    "settle": lambda job, now: job.settle(note="By telephone", at=now),
    "more": lambda job, now: job.ask_for_more(reason="Stands again", at=now),
    "review": lambda job, now: job.review(at=now),
    "unreview": lambda job, now: job.take_review_back(at=now),
    "invoice": lambda job, now: job.invoice(at=now),
    "credit": lambda job, now: job.credit(at=now),
    "close": lambda job, now: job.close(at=now),
    "cancel": lambda job, now: job.cancel(reason="Withdrawn", at=now),
    "reopen": lambda job, now: job.reopen(reason="Again", at=now),
    "line": lambda job, now: JobLine.add(job, kind="expense", name="Parking"),
    "charge": lambda job, now: _decide(job, "charge"),
    "cover": lambda job, now: _decide(job, "covered"),
}
VISIT_ACTS: dict[str, Act] = {
    **{
        name: lambda visit, now, name=name: getattr(visit, name)(at=now)
        for name in ("confirm", "send", "accept", "travel", "arrive", "pause", "resume", "finish")
    },
    "more": lambda visit, now: visit.ask_for_more(note="Belt", at=now),
    "no access": lambda visit, now: visit.find_nobody(note="Rang twice", at=now),
    "abort": lambda visit, now: visit.abort(note="Water in the pit", at=now),
    "decline": lambda visit, now: visit.decline(reason="Ill", at=now),
    "cancel": lambda visit, now: visit.cancel(reason="Withdrawn", at=now),
}


def _decide(job: Job, charge: str) -> None:
    for line in job.lines.filter(charge="undecided"):
        line.decide(charge, version=line.version)


class Story:
    """A job, two people who each hold it as they read it last, and what the tables say."""

    def __init__(self, lifts: Lifts) -> None:
        self.lifts, self.minute = lifts, 1
        self.job = lifts.job()
        self.pages: list[dict[str, Any]] = [{}, {}]
        self.status, self.states = self.job.status, dict[int, str]()

    def now(self) -> datetime:
        self.minute += 1
        return at(self.minute)

    def looked_at(self, who: int, key: str, fresh: Callable[[], Any], *, again: bool) -> Any:
        """What somebody sees: what they read last, unless they load the page again."""
        page = self.pages[who]
        if again or key not in page:
            page[key] = fresh()
        return page[key]

    def do(self, who: int, kind: str, name: str, which: int, *, again: bool) -> None:
        try:
            with transaction.atomic():
                self._act(who, kind, name, which, again=again)
        except Refused as refusal:
            said = str(refusal)
            assert said[0].isupper() or said[0] == "“" or said[0].isdigit(), said
            assert said.endswith("."), said
            assert (self.status, self.states) == self._read(), f"{name} was refused and changed something"
        self._must_be_allowed(name)

    def _act(self, who: int, kind: str, name: str, which: int, *, again: bool) -> None:
        job = self.looked_at(who, "job", lambda: Job.objects.get(pk=self.job.pk), again=again)
        if kind == "job":
            JOB_ACTS[name](job, self.now())
        elif kind == "visit":
            numbers = sorted(self.states)
            if numbers:
                number = numbers[which % len(numbers)]
                found = {"job": self.job, "number": number}
                visit = self.looked_at(who, f"visit {number}", lambda: Visit.objects.get(**found), again=again)
                VISIT_ACTS[name](visit, self.now())
        else:
            begin = 1000 + 30 * which
            firm = name == "firm"
            people = [self.lifts.dana] if which % 2 else []
            Visit.propose(job, at=self.now(), planned=slot(begin, begin + 45), resources=people, firm=firm)

    def _read(self) -> tuple[str, dict[int, str]]:
        status = Job.objects.values_list("status", flat=True).get(pk=self.job.pk)
        return status, dict(Visit.objects.filter(job=self.job).values_list("number", "state"))

    def _must_be_allowed(self, name: str) -> None:
        status, states = self._read()
        assert status == self.status or status in NEXT_JOB[self.status], (name, self.status, status)
        for number, state in states.items():
            before = self.states.get(number)
            assert before is not None or state in {"proposed", "confirmed"}
            assert before in (None, state) or state in NEXT_VISIT[before], (name, before, state)
        assert set(self.states) <= set(states), "a visit was lost"
        self._must_be_one_status(status, states)
        self.status, self.states = status, states

    def _must_be_one_status(self, status: str, states: dict[int, str]) -> None:
        """What a status says of the visits."""
        rows = list(Visit.objects.filter(job=self.job))
        begun = [each for each in rows if each.state in {"travelling", *THERE}]
        waiting = [each for each in rows if each.state in SLOT_HELD]
        if status in {"logged", "to re-plan", "work done", "reviewed", "invoiced", "closed", "cancelled"}:
            assert not begun, status
            assert not waiting, status
        if begun:
            assert status in {"in progress", "on hold"}
        if status == "work done":
            job = Job.objects.get(pk=self.job.pk)
            for each in rows:
                if each.state in {"more work", "no access", "aborted"}:
                    later = [one.travel_at or one.arrived_at for one in rows if one.state == "done"]
                    assert any(one and one >= each.ended_at for one in later) or (
                        job.settled_at and job.settled_at >= each.ended_at
                    ), "an unanswered “more work needed” was lost"
        taken = VisitResource.objects.filter(visit__job=self.job, during__isnull=False).order_by("during")
        spans = [each.during for each in taken]
        assert all(one.upper <= two.lower for one, two in pairwise(spans))


COMMANDS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.one_of(
            st.tuples(st.just("job"), st.sampled_from(sorted(JOB_ACTS))),
            st.tuples(st.just("visit"), st.sampled_from(sorted(VISIT_ACTS))),
            st.tuples(st.just("visit"), st.sampled_from(["travel", "arrive", "finish", "more"])),
            st.tuples(st.just("new"), st.sampled_from(["firm", "proposed"])),
        ),
        st.integers(0, 3),
        st.booleans(),
    ),
    min_size=8,
    max_size=40,
)


@pytest.mark.django_db
@settings(
    max_examples=int(os.environ.get("JOB_STORIES", "10")),
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(commands=COMMANDS)
def test_random_commands_keep_to_the_tables(lifts: Lifts, commands: list[Any]) -> None:
    with transaction.atomic():
        story = Story(lifts)
        for who, (kind, name), which, again in commands:
            story.do(who, kind, name, which, again=again)
        transaction.set_rollback(True)
