"""Whatever is set up: the lists of what is offered and the reasons for what is not agree."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import product

import pytest
from django.utils import timezone

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


@pytest.mark.parametrize("seed", range(12))
def test_reasons_and_lists_agree(cast, seed):
    """Whatever is set up: what is offered has no reason, and whatever else there is has one."""
    with see_all():
        _must_agree(_made_up(random.Random(seed), cast.acme, cast.birch))


def _must_agree(choice):
    setup = Setup.of(choice.customer)
    some = list(Service.objects.all())[:2]
    asked = WhyNot(setup, choice, some)
    lists = {
        WorkType: offered.work_types(choice),
        Activity: offered.activities(choice),
        Service: offered.services(choice),
        Team: offered.teams(choice, some),
        Resource: offered.resources(choice, some[0]),
        Coding: offered.codings(choice),
    }
    for kind, rows in lists.items():
        left_out = {each.entry.pk for each in asked.left_out(kind)}
        every = set(kind.objects.values_list("pk", flat=True))
        assert set(rows.values_list("pk", flat=True)) == every - left_out, kind


def _made_up(draw, acme, birch):
    """Half of the links there could be."""

    def pairs(one, other):
        return [pair for pair in product(one, other) if draw.random() < 0.55]

    customers = [acme, birch]
    kinds = [WorkLogType.add(name=f"Kind {n}", roles=draw.choice([[], ["dispatcher"]])) for n in range(3)]
    services = [Service.add(name=f"Service {n}") for n in range(4)]
    work = [WorkType.add(name=f"Work {n}", work_log_type=draw.choice(kinds)) for n in range(5)]
    acts = [Activity.add(code=f"A{n}", service=draw.choice(services)) for n in range(8)]
    teams = [Team.add(name=f"Team {n}", serves_all=draw.random() < 0.2) for n in range(4)]
    people = [Resource.add(name=f"Person {n}") for n in range(5)]
    codings = [Coding.add(code=f"C{n}") for n in range(4)]
    links = {
        (WorkTypeService, "work_type", "service"): (work, services),
        (WorkTypeCustomer, "work_type", "customer"): (work, customers),
        (TeamService, "team", "service"): (teams, services),
        (TeamCustomer, "team", "customer"): (teams, customers),
        (CodingWorkLogType, "coding", "work_log_type"): (codings, kinds),
        (CodingCustomer, "coding", "customer"): (codings, customers),
    }
    for (row, of, to), (ones, others) in links.items():
        row.objects.bulk_create(row(**{of: one, to: other}) for one, other in pairs(ones, others))
    for one, service in pairs(people, services):
        until = draw.choice([None, DAY, DAY - timedelta(days=1)])
        Skill.objects.create(resource=one, service=service, valid_until=until)
    for one, customer in pairs(acts, customers):
        first = DAY + timedelta(days=draw.randint(-9, 3))
        until = draw.choice([None, first + timedelta(days=5)])
        CustomerActivity(activity=one, customer=customer).begin(since=first, until=until)
    for each in draw.sample([*kinds, *services, *work, *acts, *teams, *people, *codings], 4):
        each.archive(by_id=None, at=timezone.now())
    return Choice(customer=acme, role="dispatcher", on=DAY, work_log_type=draw.choice([None, *kinds]))
