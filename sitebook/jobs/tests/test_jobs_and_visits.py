"""A job from the call to the bill, with its visits, lines and assets."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from sitebook.basics.refused import Refused, StaleEdit
from sitebook.catalogue.models import TeamService, WorkTypeCustomer
from sitebook.catalogue.prices import agree
from sitebook.customers.models import Customer
from sitebook.jobs.models import Job, JobLine, Visit, VisitResource
from sitebook.jobs.new_job import add_assets
from sitebook.jobs.states import Status
from sitebook.jobs.tests.lifts import START, Lifts, at, slot
from sitebook.records.models import Record

pytestmark = pytest.mark.django_db


def refused(code: str, act, *args, **values) -> str:
    with pytest.raises(Refused) as fault:
        act(*args, **values)
    assert fault.value.code == code
    return str(fault.value)


def test_a_job_passes_from_the_call_to_the_end(lifts: Lifts) -> None:
    job = lifts.job(activities=[lifts.attend], assets=[lifts.car])
    assert (job.status, job.service, job.work_log_type) == (Status.LOGGED, lifts.repair, lifts.reactive)
    visit = Visit.propose(job, at=at(3), planned=slot(30, 90), resources=[lifts.dana])
    assert job.status == Status.PLANNED
    visit.confirm(at=at(4))
    visit.send(at=at(5))
    visit.accept(at=at(9))
    assert visit.job.status == Status.SCHEDULED
    assert visit.job.next_visit_at == at(30)
    visit.travel(at=at(12))
    visit.arrive(at=at(31))
    visit.pause(at=at(40))
    visit.resume(at=at(50))
    visit.finish(note="Door belt replaced.", at=at(91))
    visit.refresh_from_db()
    assert (visit.minutes_travelled, visit.minutes_on_site) == (19, 50)
    job.refresh_from_db()
    assert (job.status, job.next_visit_at) == (Status.WORK_DONE, None)
    assert refused("not_possible_now", job.review, at=at(100)) == (
        "“Lift out of service, attend” has no charge outcome. Decide it first."
    )
    line = job.lines.get()
    line.decide("charge", version=line.version)
    job.review(at=at(100))
    assert refused("not_possible_now", job.close, at=at(100)) == "1 line is to be charged. Invoice it first."
    job.invoice(at=at(110))
    job.close(at=at(120))
    assert job.status == Status.CLOSED
    assert sorted(job.reached, key=job.reached.__getitem__) == [
        *("logged", "planned", "scheduled", "in progress", "work done", "reviewed", "invoiced", "closed")
    ]


def test_f318_a_line_keeps_cost_and_sale_whatever_prices_become(lifts: Lifts) -> None:
    agree(lifts.attend, customer=lifts.cast.acme, since=START.date(), cost=Decimal(100), sale=Decimal("200.555"))
    job = lifts.job(activities=[lifts.attend])
    agree(lifts.attend, customer=lifts.cast.acme, since=START.date(), cost=Decimal(1), sale=Decimal(2))
    line = job.lines.get()
    assert (line.cost, line.sale, line.currency) == (Decimal(100), Decimal("200.555"), "GBP")
    line.change(version=line.version, quantity=Decimal(3))
    assert (line.total_sale, line.total_cost) == (Decimal("601.67"), Decimal("300.00"))


def test_f305_f316_activities_lead_to_service_and_work_type(lifts: Lifts) -> None:
    job = lifts.job(activities=[lifts.attend], work_type=None)
    assert (job.work_type, job.service, job.work_log_type) == (lifts.breakdown, lifts.repair, lifts.reactive)
    assert refused("work_type_missing", lifts.job, work_type=None).startswith("Choose a work type")
    assert lifts.job(work_type=None, description="", draft=True).status == Status.DRAFT


def test_f306_f324_f331_what_the_catalogue_does_not_offer_is_refused_with_the_missing_link(lifts: Lifts) -> None:
    WorkTypeCustomer.objects.all().delete()
    assert refused("not_offered", lifts.job) == "Breakdown, lifts is not assigned to Acme Supermarkets."
    WorkTypeCustomer.objects.create(work_type=lifts.breakdown, customer=lifts.cast.acme)
    TeamService.objects.all().delete()
    said = refused("not_offered", lifts.job, service=lifts.repair, team=lifts.team)
    assert said == "Lift team A does not have the service Lift repair."
    assert not Job.objects.exists()


def test_f007_a_visit_needs_a_site_or_the_choice_of_none(lifts: Lifts) -> None:
    job = lifts.job(site=None)
    said = refused("needs_site", Visit.propose, job, at=at(1))
    assert said == f"Say at which site {job.reference} is, or that it is at none, before you plan a visit."
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.create(job=job, customer_id=job.customer_id, number=1)
    job.change(version=job.version, no_site=True)
    Visit.propose(job, at=at(1))
    assert refused("needs_site", job.change, version=job.version, no_site=False).endswith("or that it is at none.")


def test_a_site_or_an_asset_of_others_needs_a_reason(lifts: Lifts) -> None:
    said = refused("outside_the_customer", lifts.job, site=lifts.cast.mill)
    assert said == "Mill is not a site of Acme Supermarkets. Say why the job is there."
    job = lifts.job(site=lifts.cast.mill, outside_reason="Their stand at the fair")
    assert refused("outside_the_customer", add_assets, job, [lifts.car]).endswith("Say why it is on this job.")
    add_assets(job, [lifts.car], reason="Brought along")
    assert job.assets.get().outside_reason == "Brought along"


@transaction.atomic
def _give_away(visit: Visit, customer: Customer) -> None:
    Visit.objects.filter(pk=visit.pk).update(customer=customer)
    connection.check_constraints()


def test_the_customer_of_a_job_stays(lifts: Lifts) -> None:
    job = lifts.job()
    said = refused("customer_stays", job.change, version=job.version, customer_id=lifts.cast.birch.pk)
    assert said == "The customer of a job stays. Cancel it and log it again for the other customer."
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(customer=lifts.cast.birch)
    visit = Visit.propose(job, at=at(1))
    with pytest.raises(IntegrityError):
        _give_away(visit, lifts.cast.birch)


def test_a_hold_ends_in_what_the_visits_say_by_then(lifts: Lifts) -> None:
    job = lifts.job()
    visit = Visit.propose(job, at=at(1), planned=slot(30, 90), firm=True)
    job.put_on_hold(reason="parts", until=START.date(), note="Belt ordered", at=at(2))
    assert (job.status, job.said) == (Status.ON_HOLD, "Belt ordered")
    assert list(Job.objects.waking(on=START.date())) == [job]
    said = refused("not_possible_now", visit.travel, at=at(3))
    assert said == f"{job.reference} is on hold. Take it off hold first."
    visit.cancel(reason="No belt", at=at(4))
    job.refresh_from_db()
    job.take_off_hold(at=at(5))
    assert (job.status, job.hold_reason, job.hold_until) == (Status.LOGGED, "", None)


def test_cancelling_cancels_planned_visits_and_needs_a_reason_and_no_lines(lifts: Lifts) -> None:
    job = lifts.job(activities=[lifts.attend])
    visit = Visit.propose(job, at=at(1), planned=slot(30, 90), resources=[lifts.dana])
    said = refused("not_possible_now", job.cancel, reason="Customer withdrew", at=at(2))
    assert said == "1 line is neither billed nor waived. Decide it first."
    job.lines.get().remove()
    assert refused("reason_missing", job.cancel, reason=" ", at=at(2)) == "Say why."
    job.cancel(reason="Customer withdrew", at=at(2))
    visit.refresh_from_db()
    assert (job.status, visit.state, visit.reason) == (Status.CANCELLED, "cancelled", "Customer withdrew")
    assert visit.resources.get().during is None
    job.reopen(reason="Wrong number", at=at(3))
    assert job.status == Status.LOGGED


def test_a_job_is_done_without_a_visit_and_asked_for_again(lifts: Lifts) -> None:
    job = lifts.job()
    job.settle(note="Reset by telephone", at=at(5))
    assert job.status == Status.WORK_DONE
    said = refused("not_possible_now", Visit.propose, job, at=at(6))
    assert said == f"The work of {job.reference} is done. Say first that more work is needed."
    job.ask_for_more(reason="Stands again", at=at(5))
    assert job.status == Status.TO_REPLAN
    visit = Visit.propose(job, at=at(8), planned=slot(30, 90), firm=True)
    assert visit.job.status == Status.SCHEDULED
    said = refused("not_possible_now", job.settle, note="No", at=at(9))
    assert said == "Visit 1 is confirmed. End or cancel it first."


def test_a_moved_visit_keeps_its_old_time_and_frees_it(lifts: Lifts) -> None:
    visit = Visit.propose(lifts.job(), at=at(1), planned=slot(30, 90), resources=[lifts.dana], firm=True)
    other = visit.move(planned=slot(60, 120), reason="Traffic", at=at(2))
    visit.refresh_from_db()
    assert (visit.state, visit.planned_from, visit.moved_to) == ("moved", at(30), other)
    assert (other.number, other.state, other.resources.get().resource) == (2, "confirmed", lifts.dana)
    assert list(Visit.objects.of(lifts.dana).within(at(0), at(200))) == [other]


def test_nobody_is_sent_to_two_places_at_once(lifts: Lifts) -> None:
    first = Visit.propose(lifts.job(), at=at(1), planned=slot(30, 90), resources=[lifts.dana], firm=True)
    said = refused("resource_is_busy", Visit.propose, lifts.job(), at=at(1), planned=slot(60, 120),
                   resources=[lifts.sam, lifts.dana])  # fmt: skip
    assert said == (
        "Dana Ortiz is already booked on 1 Jun 2026, 08:30 to 09:30: visit 1 of "
        f"{first.job.reference}. Choose another time or somebody else."
    )
    Visit.propose(lifts.job(), at=at(1), planned=slot(90, 120), resources=[lifts.dana])
    shared = Visit.propose(lifts.job(), at=at(1), planned=slot(60, 120), resources=[lifts.dana], shared=True)
    assert shared.resources.get().shared
    assert refused("resource_is_busy", shared.plan, planned=slot(60, 120), shared=False, at=at(2))
    # Whoever is done early is free from then on.
    first.arrive(at=at(31))
    first.finish(at=at(45))
    Visit.propose(lifts.job(), at=at(50), planned=slot(50, 60), resources=[lifts.dana])


def test_a_signature_may_be_required(lifts: Lifts) -> None:
    lifts.breakdown.change(version=lifts.breakdown.version, signature="required")
    visit = Visit.propose(lifts.job(), at=at(1), planned=slot(30, 90), firm=True)
    visit.arrive(at=at(30))
    assert refused("not_possible_now", visit.finish, at=at(60)).startswith("This work needs a signature.")
    visit.sign(name="M. Rivera", strokes=[[[0, 0], [10, 12]]], at=at(59))
    visit.finish(at=at(60))
    assert (visit.signed_by, visit.job.status) == ("M. Rivera", Status.WORK_DONE)


def test_the_condition_left_is_the_assets_own(lifts: Lifts) -> None:
    mine = lifts.job(assets=[lifts.car]).assets.get()
    assert mine.found == "working"
    mine.record_outcome(outcome="done", found="down", left="limited", note="Door slow")
    lifts.car.refresh_from_db()
    assert lifts.car.condition == "limited"


def test_a_stale_edit_and_a_stale_visit_are_refused(lifts: Lifts) -> None:
    job = lifts.job()
    job.change(version=job.version, customer_order="NY-4410-26")
    with pytest.raises(StaleEdit):
        job.change(version=job.version - 1, customer_order="Other")
    visit = Visit.propose(job, at=at(1), planned=slot(30, 90))
    stale = Visit.objects.get(pk=visit.pk)
    visit.plan(planned=slot(60, 90), at=at(2), version=visit.version)
    with pytest.raises(StaleEdit):
        stale.plan(planned=slot(30, 60), at=at(2), version=stale.version)


def test_times_do_not_run_backwards(lifts: Lifts) -> None:
    visit = Visit.propose(lifts.job(), at=at(1), planned=slot(30, 90), firm=True)
    visit.travel(at=at(20))
    assert refused("bad_times", visit.arrive, at=at(10)) == "Visit 1 had got further by 08:20. Give a later time."
    assert refused("bad_times", Visit.propose, lifts.job(), at=at(1), planned=slot(90, 30))


def test_what_is_open_is_not_archived(lifts: Lifts) -> None:
    job: Record = lifts.job()
    assert refused("job_is_open", job.archive, by_id=None, at=at(1)) == (
        f"{job.reference} is logged. Close or cancel it first."
    )


def test_lines_stay_once_the_job_is_reviewed(lifts: Lifts) -> None:
    job = lifts.job()
    line = JobLine.add(job, kind="expense", name="Parking", sale=Decimal(18), cost=Decimal(18), currency="GBP")
    assert refused("reason_missing", line.decide, "free", version=line.version) == "Say why it is not charged."
    line.decide("free", version=line.version, reason="Goodwill")
    job.settle(note="By telephone", at=at(2))
    job.review(at=at(3))
    for act in (line.remove, lambda: line.change(version=line.version, name="Other")):
        assert refused("not_possible_now", act).endswith("take the review back first.")
    job.close(at=at(4))
    assert VisitResource.objects.count() == 0
