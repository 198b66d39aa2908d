"""Two dispatchers at the same moment: one is done, the other is told."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

from django.db import connections

from sitebook.basics.refused import Refused
from sitebook.jobs.models import Job, Visit, VisitResource
from sitebook.jobs.tests.lifts import Lifts, at, make_lifts, slot
from tests.cast import see_all

ROUNDS = 100


class Dispatcher(Thread):
    """Does the same act of every round in a connection of their own. ``said``: what each round answered."""

    def __init__(self, act: Any, barrier: Barrier) -> None:
        super().__init__()
        self.act, self.barrier, self.said = act, barrier, list[str]()

    def run(self) -> None:
        try:
            for number in range(ROUNDS):
                self.barrier.wait(timeout=30)
                try:
                    with see_all():
                        self.act(number)
                    self.said.append("")
                except Refused as refusal:
                    self.said.append(str(refusal))
        except Exception as fault:
            self.said.append(f"broken: {fault!r}")
            self.barrier.abort()
        finally:
            connections["default"].close()


def at_once(one: Any, two: Any) -> list[tuple[str, str]]:
    barrier = Barrier(2)
    both = [Dispatcher(act, barrier) for act in (one, two)]
    for each in both:
        each.start()
    for each in both:
        each.join(timeout=120)
    return list(zip(both[0].said, both[1].said, strict=True))


def _jobs(lifts: Lifts) -> list[Job]:
    with see_all():
        return [lifts.job() for _number in range(2)]


def test_two_dispatchers_book_one_resource_a_hundred_times(committed: None) -> None:
    lifts = make_lifts()
    one, two = _jobs(lifts)

    def book(job: Job) -> Any:
        def act(number: int) -> None:
            begin = 100 * number
            Visit.propose(
                Job.objects.get(pk=job.pk), at=at(), planned=slot(begin, begin + 60), resources=[lifts.dana], firm=True
            )

        return act

    said = at_once(book(one), book(two))
    assert len(said) == ROUNDS
    for answers in said:
        assert sorted(map(bool, answers)) == [False, True], answers
        assert "Dana Ortiz is already booked on" in "".join(answers)
    with see_all():
        assert VisitResource.objects.count() == Visit.objects.count() == ROUNDS


def test_two_people_do_the_next_step_of_one_visit(committed: None) -> None:
    lifts = make_lifts()
    with see_all():
        job = lifts.job()
        visits = [
            Visit.propose(job, at=at(), planned=slot(100 * n, 100 * n + 60), resources=[lifts.dana]).pk
            for n in range(ROUNDS)
        ]

    def confirm(number: int) -> None:
        Visit.objects.get(pk=visits[number]).confirm(at=at(1))

    def cancel(number: int) -> None:
        Visit.objects.get(pk=visits[number]).cancel(reason="Withdrawn", at=at(1))

    said = at_once(confirm, cancel)
    # A confirmed visit can be cancelled, a cancelled one not confirmed: nothing is overwritten unseen.
    assert all(not second for _first, second in said)
    late = "is cancelled. For “confirm” it has to be proposed."
    assert {first.removeprefix(f"Visit {n + 1} ") for n, (first, _second) in enumerate(said)} <= {"", late}
    with see_all():
        assert set(Visit.objects.values_list("state", flat=True)) == {"cancelled"}
        assert Job.objects.get(pk=job.pk).status == "logged"
