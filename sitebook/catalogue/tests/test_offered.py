"""What is offered in a job for a customer, each rule by its number, and why the rest is not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from sitebook.catalogue import offered
from sitebook.catalogue.models import (
    Activity,
    Coding,
    CodingCustomer,
    CodingWorkLogType,
    CustomerActivity,
    Resource,
    Service,
    Skill,
    Team,
    TeamCustomer,
    TeamResource,
    TeamService,
    WorkLogType,
    WorkType,
    WorkTypeCustomer,
    WorkTypeService,
)
from sitebook.catalogue.offered import Choice
from sitebook.catalogue.setup import Setup
from sitebook.catalogue.why_not import WhyNot
from tests.cast import see_all

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


@dataclass
class Lifts:
    """A chain without a gap: Acme may have lifts repaired."""

    reactive: WorkLogType
    repair: Service
    breakdown: WorkType
    attend: Activity
    team: Team
    dana: Resource
    coding: Coding
    choice: Choice = field(init=False)


@pytest.fixture
def lifts(cast):
    with see_all():
        reactive, repair = WorkLogType.add(name="Reactive"), Service.add(name="Lift repair")
        found = Lifts(
            reactive=reactive,
            repair=repair,
            breakdown=WorkType.add(name="Breakdown, lifts", work_log_type=reactive),
            attend=Activity.add(code="L-101", service=repair, sale=Decimal(285), currency="GBP"),
            team=Team.add(name="Lift team A"),
            dana=Resource.add(name="Dana Ortiz"),
            coding=Coding.add(code="6.5"),
        )
        WorkTypeService.objects.create(work_type=found.breakdown, service=repair)
        WorkTypeCustomer.objects.create(work_type=found.breakdown, customer=cast.acme)
        CustomerActivity(activity=found.attend, customer=cast.acme).begin(since=date(2026, 1, 1))
        TeamService.objects.create(team=found.team, service=repair)
        TeamCustomer.objects.create(team=found.team, customer=cast.acme)
        Skill.objects.create(resource=found.dana, service=repair, valid_until=date(2026, 6, 30))
        TeamResource.objects.create(team=found.team, resource=found.dana)
        CodingCustomer.objects.create(coding=found.coding, customer=cast.acme)
        CodingWorkLogType.objects.create(coding=found.coding, work_log_type=reactive)
        found.choice = Choice(customer=cast.acme, role="dispatcher", on=DAY)
        yield found


def why(choice, entry, *services):
    """The sentence, after looking at the form that mends it."""
    missing = WhyNot(Setup.of(choice.customer), choice, services).missing(entry)
    if missing is None:
        return ""
    assert reverse(missing.mend.view, args=[missing.mend.pk])
    return missing.why


def test_a_whole_chain_offers_everything(lifts):
    choice = lifts.choice
    assert list(offered.work_log_types(choice)) == [lifts.reactive]
    assert list(offered.work_types(choice)) == [lifts.breakdown]
    assert list(offered.activities(choice)) == [lifts.attend]
    assert list(offered.services(choice)) == [lifts.repair]
    assert list(offered.teams(choice, [lifts.repair])) == [lifts.team]
    assert list(offered.resources(choice, lifts.repair)) == [lifts.dana]
    assert list(offered.codings(choice)) == [lifts.coding]
    for entry in (lifts.breakdown, lifts.attend, lifts.repair, lifts.team, lifts.dana, lifts.coding):
        assert why(choice, entry, lifts.repair) == "", entry


def test_f305_f306_a_work_type_is_offered_to_its_customers_only(lifts, cast):
    other = replace(lifts.choice, customer=cast.birch)
    assert not offered.work_types(other).exists()
    assert why(other, lifts.breakdown) == "Breakdown, lifts is not assigned to Birch Housing."
    WorkTypeCustomer.objects.all().delete()
    assert not offered.work_types(lifts.choice).exists()


def test_f307_the_work_log_type_narrows_the_work_types(lifts):
    planned = WorkLogType.add(name="Planned")
    choice = replace(lifts.choice, work_log_type=planned)
    assert not offered.work_types(choice).exists()
    assert why(choice, lifts.breakdown) == "Breakdown, lifts belongs to Reactive, not to Planned."


def test_f308_a_work_log_type_is_for_the_roles_that_may_use_it(lifts):
    lifts.reactive.change(version=lifts.reactive.version, roles=["office"])
    assert not offered.work_log_types(lifts.choice).exists()
    assert not offered.activities(lifts.choice).exists()
    assert why(lifts.choice, lifts.attend) == "The role Dispatcher may not use Reactive."
    assert offered.activities(replace(lifts.choice, role="office")).exists()


def test_f316_the_first_activity_leads_to_the_service_and_a_conflict_is_told(lifts):
    gas = Service.add(name="Gas")
    boiler = Activity.add(code="B-101", service=gas)
    assert offered.lead([lifts.attend, boiler]) == offered.Lead(lifts.repair, (gas,))
    assert offered.lead([lifts.attend, lifts.attend]) == offered.Lead(lifts.repair)
    assert offered.lead([]) == offered.Lead(None)


def test_f317_d8_teams_must_have_every_service_of_the_activities(lifts):
    gas = Service.add(name="Gas")
    assert not offered.teams(lifts.choice, [lifts.repair, gas]).exists()
    assert why(lifts.choice, lifts.team, lifts.repair, gas) == "Lift team A does not have the service Gas."
    TeamService.objects.create(team=lifts.team, service=gas)
    assert list(offered.teams(lifts.choice, [lifts.repair, gas])) == [lifts.team]


def test_f319_one_activity_serves_several_customers(lifts, cast):
    other = replace(lifts.choice, customer=cast.birch)
    assert why(other, lifts.attend) == "L-101 is not among the activities of Birch Housing."
    CustomerActivity(activity=lifts.attend, customer=cast.birch).begin(since=date(2026, 1, 1))
    WorkTypeCustomer.objects.create(work_type=lifts.breakdown, customer=cast.birch)
    TeamCustomer.objects.create(team=lifts.team, customer=cast.birch)
    assert list(offered.activities(other)) == [lifts.attend]


def test_f321_the_activities_lead_to_the_work_type_that_names_most_of_their_services(lifts, cast):
    gas = Service.add(name="Gas")
    both = WorkType.add(name="Shutdown", work_log_type=lifts.reactive)
    WorkTypeCustomer.objects.create(work_type=both, customer=cast.acme)
    for service in (lifts.repair, gas):
        WorkTypeService.objects.create(work_type=both, service=service)
    assert list(offered.work_types_for(lifts.choice, [lifts.repair])) == [lifts.breakdown, both]
    assert list(offered.work_types_for(lifts.choice, [lifts.repair, gas])) == [both, lifts.breakdown]
    WorkTypeService.objects.all().delete()
    assert why(lifts.choice, lifts.attend) == "No work type names the service Lift repair."


def test_f322_f324_a_team_without_the_service_is_not_offered(lifts):
    TeamService.objects.all().delete()
    assert not offered.teams(lifts.choice, [lifts.repair]).exists()
    assert not offered.activities(lifts.choice).exists()
    assert why(lifts.choice, lifts.attend) == "No team has the service Lift repair."


def test_f323_f325_a_resource_needs_the_service_and_a_certificate_that_is_valid(lifts):
    last = replace(lifts.choice, on=date(2026, 6, 30))
    over = replace(lifts.choice, on=date(2026, 7, 1))
    assert offered.resources(last, lifts.repair).exists()
    assert not offered.resources(over, lifts.repair).exists()
    said = "The certificate of Dana Ortiz for Lift repair ended on"
    assert why(over, lifts.dana, lifts.repair).startswith(said)
    Skill.objects.all().delete()
    assert not offered.resources(lifts.choice, lifts.repair).exists()
    assert why(lifts.choice, lifts.dana, lifts.repair) == "Dana Ortiz does not have the service Lift repair."


def test_resources_of_a_team(lifts):
    sam = Resource.add(name="Sam Keller")
    Skill.objects.create(resource=sam, service=lifts.repair)
    assert list(offered.resources(lifts.choice, lifts.repair)) == [lifts.dana, sam]
    assert list(offered.resources(lifts.choice, lifts.repair, team=lifts.team)) == [lifts.dana]


def test_a_team_that_does_not_serve_the_customer_is_named(lifts):
    TeamCustomer.objects.all().delete()
    assert why(lifts.choice, lifts.attend) == "Lift team A has Lift repair, but does not serve Acme Supermarkets."
    lifts.team.change(version=lifts.team.version, serves_all=True)
    assert offered.activities(lifts.choice).exists()


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2025, 12, 31), "L-101 is an activity of Acme Supermarkets from"),
        (date(2026, 9, 1), "L-101 ended at Acme Supermarkets on"),
    ],
)
def test_an_activity_is_offered_while_the_customer_has_it(lifts, on, said):
    CustomerActivity.objects.get().end(on=date(2026, 8, 1))
    choice = replace(lifts.choice, on=on)
    assert not offered.activities(choice).exists()
    assert why(choice, lifts.attend).startswith(said)


def test_f331_f332_a_coding_needs_the_customer_and_the_work_log_type(lifts, cast):
    planned = WorkLogType.add(name="Planned")
    choice = replace(lifts.choice, work_log_type=planned)
    assert not offered.codings(choice).exists()
    assert why(choice, lifts.coding) == "6.5 does not belong to Planned."
    other = replace(lifts.choice, customer=cast.birch)
    assert not offered.codings(other).exists()
    assert why(other, lifts.coding) == "6.5 is not assigned to Birch Housing."
    CodingWorkLogType.objects.all().delete()
    assert why(lifts.choice, lifts.coding) == "6.5 belongs to no work log type."


def test_a_coding_may_be_mandatory_by_role(lifts):
    lifts.reactive.change(version=lifts.reactive.version, coding_roles=["dispatcher"])
    assert offered.needs_coding(replace(lifts.choice, work_log_type=lifts.reactive))
    assert not offered.needs_coding(replace(lifts.choice, work_log_type=lifts.reactive, role="office"))
    assert not offered.needs_coding(lifts.choice)


@pytest.mark.parametrize("name", ["attend", "repair", "breakdown", "team", "dana", "coding", "reactive"])
def test_what_is_archived_is_not_offered_and_says_since_when(lifts, cast, name):
    from django.utils import timezone

    entry = getattr(lifts, name)
    entry.archive(by_id=None, at=timezone.now())
    asked = {"reactive": lifts.breakdown}.get(name, entry)
    assert f"{entry} was archived on" in why(lifts.choice, asked, lifts.repair)
