"""The people and the catalogue of our stories about jobs: Acme may have its lifts repaired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sitebook.assets.models import Asset
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
from sitebook.jobs.models import Job
from sitebook.jobs.new_job import log
from tests.cast import Cast, make_cast, see_all

START = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


def at(minutes: int = 0) -> datetime:
    """So many minutes after the beginning of the story."""
    return START + timedelta(minutes=minutes)


def slot(begin: int, end: int) -> tuple[datetime, datetime]:
    return at(begin), at(end)


@dataclass
class Lifts:
    """A chain without a gap for Acme. ``car``: a lift at Acme's depot. Dana and Sam can repair lifts."""

    cast: Cast
    reactive: WorkLogType
    repair: Service
    breakdown: WorkType
    attend: Activity
    team: Team
    dana: Resource
    sam: Resource
    coding: Coding
    car: Asset

    def job(self, **values: Any) -> Job:
        """A logged job at the depot."""
        given = {"customer": self.cast.acme, "site": self.cast.depot, "work_type": self.breakdown}
        given |= {"description": "Car B stands at 14.", "at": START}
        return log(**given | values)


def make_lifts(cast: Cast | None = None) -> Lifts:
    cast = cast or make_cast()
    with see_all():
        reactive, repair = WorkLogType.add(name="Reactive"), Service.add(name="Lift repair")
        found = Lifts(
            cast=cast,
            reactive=reactive,
            repair=repair,
            breakdown=WorkType.add(name="Breakdown, lifts", work_log_type=reactive, signature="asked"),
            attend=Activity.add(
                code="L-101",
                description="Lift out of service, attend",
                service=repair,
                cost=Decimal(142),
                sale=Decimal(285),
                currency="GBP",
            ),
            team=Team.add(name="Lift team A"),
            dana=Resource.add(name="Dana Ortiz"),
            sam=Resource.add(name="Sam Keller"),
            coding=Coding.add(code="REP-LIFT"),
            car=Asset.add(owner=cast.acme, site=cast.depot, serial="1P23400", description="Passenger lift, car B"),
        )
        WorkTypeService.objects.create(work_type=found.breakdown, service=repair)
        WorkTypeCustomer.objects.create(work_type=found.breakdown, customer=cast.acme)
        CustomerActivity(activity=found.attend, customer=cast.acme).begin(since=date(2026, 1, 1))
        TeamService.objects.create(team=found.team, service=repair)
        TeamCustomer.objects.create(team=found.team, customer=cast.acme)
        CodingCustomer.objects.create(coding=found.coding, customer=cast.acme)
        CodingWorkLogType.objects.create(coding=found.coding, work_log_type=reactive)
        for each in (found.dana, found.sam):
            Skill.objects.create(resource=each, service=repair)
            TeamResource.objects.create(team=found.team, resource=each)
    return found
