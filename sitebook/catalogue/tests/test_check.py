"""Planted faults in the set-up: the check names each, and its link leads to a form that mends it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from sitebook.catalogue.check import RULES, Asked, findings
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
from sitebook.users.models import User
from tests.cast import see_all

pytestmark = pytest.mark.django_db


def today():
    return timezone.localdate()


def build(cast):
    """A set-up without a fault."""
    kind, service = WorkLogType.add(name="Reactive"), Service.add(name="Lift repair")
    work = WorkType.add(name="Breakdown", work_log_type=kind)
    activity = Activity.add(code="L-101", service=service, cost=Decimal(120), sale=Decimal(285), currency="GBP")
    team, dana, coding = Team.add(name="Lift team A"), Resource.add(name="Dana Ortiz"), Coding.add(code="6.5")
    WorkTypeService.objects.create(work_type=work, service=service)
    WorkTypeCustomer.objects.create(work_type=work, customer=cast.acme)
    CustomerActivity(activity=activity, customer=cast.acme).begin(since=today())
    TeamService.objects.create(team=team, service=service)
    TeamCustomer.objects.create(team=team, customer=cast.acme, origin="maker", maker=cast.bob)
    TeamResource.objects.create(team=team, resource=dana)
    Skill.objects.create(resource=dana, service=service)
    CodingWorkLogType.objects.create(coding=coding, work_log_type=kind)
    CodingCustomer.objects.create(coding=coding, customer=cast.acme)


def archive(model):
    model.objects.get().archive(by_id=None, at=timezone.now())


def second(cast):
    """Birch with work types and no activities, or the other way round."""
    return WorkTypeCustomer(work_type=WorkType.objects.get(), customer=cast.birch)


FAULTS = {
    "service_without_team": lambda cast: TeamService.objects.all().delete(),
    "service_without_person": lambda cast: Skill.objects.all().delete(),
    "service_without_work_type": lambda cast: WorkTypeService.objects.all().delete(),
    "activity_with_archived_service": lambda cast: archive(Service),
    "customer_without_work_types": lambda cast: WorkTypeCustomer.objects.all().delete(),
    "customer_without_activities": lambda cast: second(cast).save(),
    "work_type_without_service": lambda cast: WorkTypeService.objects.all().delete(),
    "work_type_without_activity": lambda cast: archive(Activity),
    "work_type_without_customer": lambda cast: WorkTypeCustomer.objects.all().delete(),
    "work_type_under_archived_log_type": lambda cast: archive(WorkLogType),
    "log_type_without_role": lambda cast: WorkLogType.objects.update(roles=[]),
    "log_type_without_work_type": lambda cast: WorkLogType.add(name="Warranty"),
    "coding_without_log_type": lambda cast: CodingWorkLogType.objects.all().delete(),
    "coding_without_customer": lambda cast: CodingCustomer.objects.all().delete(),
    "mandatory_coding_that_is_not_offered": lambda cast: (
        WorkLogType.objects.update(coding_roles=["dispatcher"]),
        CodingCustomer.objects.all().delete(),
    ),
    "team_without_service": lambda cast: TeamService.objects.all().delete(),
    "team_without_people": lambda cast: TeamResource.objects.all().delete(),
    "team_without_customer": lambda cast: TeamCustomer.objects.all().delete(),
    "team_that_differs_from_its_maker": lambda cast: TeamCustomer.objects.update(maker=cast.vera),
    "activity_without_customer": lambda cast: CustomerActivity.objects.all().delete(),
    "price_below_cost": lambda cast: CustomerActivity.objects.update(sale=Decimal(100)),
    "price_of_zero": lambda cast: CustomerActivity.objects.update(sale=Decimal(0)),
    "same_words": lambda cast: (
        Activity.objects.update(description="Lift, monthly"),
        Activity.add(code="L-201", description="Lift, monthly", service=Service.objects.get()),
    ),
    "certificate_that_ends": lambda cast: Skill.objects.update(valid_until=today() + timedelta(days=4)),
    "prices_that_end": lambda cast: CustomerActivity.objects.get().end(on=today() + timedelta(days=30)),
    "resource_whose_user_left": lambda cast: (
        Resource.objects.update(user=cast.charlie),
        User.objects.filter(pk=cast.charlie.pk).update(is_active=False),
    ),
}


def test_a_set_up_without_a_fault_has_no_finding(cast):
    with see_all():
        build(cast)
        assert findings(Asked(today(), sees_all=True, may_see_costs=True)) == []


def test_every_rule_has_its_planted_fault():
    assert set(FAULTS) == {rule.__name__ for rule in RULES}
    assert len(FAULTS) >= 20


@pytest.mark.parametrize("rule", FAULTS)
def test_a_planted_fault_is_named_and_its_link_opens_the_form(rule, cast, client_of):
    with see_all():
        build(cast)
        FAULTS[rule](cast)
        found = [each for each in findings(Asked(today(), sees_all=True, may_see_costs=True)) if each.rule == rule]
    assert len(found) == 1, found
    client, mend = client_of(cast.alice), found[0].mend
    page = client.get("/catalogue/check/").content.decode()
    assert str(found[0].affects) in page
    address = reverse(mend.view, args=[mend.pk]) + mend.query
    assert address.replace("&", "&amp;") in page
    form = client.get(address)
    assert form.status_code == 200
    assert 'method="post"' in form.content.decode()


def test_a_mended_fault_leaves(cast, client_of):
    with see_all():
        build(cast)
        TeamService.objects.all().delete()
        service, team = Service.objects.get(), Team.objects.get()
    client = client_of(cast.alice)
    assert "No team has the service Lift repair" in client.get("/catalogue/check/").content.decode()
    assert client.post(f"/services/{service.pk}/teams/", {"other": team.pk}).status_code == 303
    assert "No team has" not in client.get("/catalogue/check/").content.decode()


def test_who_sees_some_customers_is_told_of_those_and_no_costs_without_the_permission(cast, client_of):
    with see_all():
        build(cast)
        WorkTypeCustomer.objects.all().update(customer=cast.cedar)
        CustomerActivity.objects.update(sale=Decimal("98.76"))
    page = client_of(cast.vera).get("/catalogue/check/").content.decode()
    assert "none of the customers you see" in page
    assert "Cedar" not in page
    assert "98.76" not in page
    assert "98.76" in client_of(cast.bob).get("/catalogue/check/").content.decode()
