"""How a customer hangs together with the catalogue, read at once: for the map, for "why not", for the set-up check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model

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
from sitebook.customers.models import Customer

Pairs = Mapping[int, frozenset[int]]


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Every entry by its id, archived ones too, and the links between them, as the reader may see them.

    ``prices``: of the customer, by activity, all times. ``skills``: by resource and service.
    """

    customer: Customer
    work_log_types: Mapping[int, WorkLogType]
    work_types: Mapping[int, WorkType]
    services: Mapping[int, Service]
    activities: Mapping[int, Activity]
    teams: Mapping[int, Team]
    resources: Mapping[int, Resource]
    codings: Mapping[int, Coding]
    own_work_types: frozenset[int]
    own_codings: frozenset[int]
    own_teams: frozenset[int]
    prices: Mapping[int, list[CustomerActivity]]
    work_type_services: Pairs
    coding_log_types: Pairs
    team_services: Pairs
    team_resources: Pairs
    skills: Mapping[int, Mapping[int, Skill]]

    @classmethod
    def of(cls, customer: Customer) -> Setup:
        """Read it: one query a table, however many rows there are."""
        prices: defaultdict[int, list[CustomerActivity]] = defaultdict(list)
        for row in CustomerActivity.objects.filter(customer=customer).order_by("during"):
            prices[row.activity_id].append(row)
        skills: defaultdict[int, dict[int, Skill]] = defaultdict(dict)
        for skill in Skill.objects.all():
            skills[skill.resource_id][skill.service_id] = skill
        return cls(
            customer=customer,
            work_log_types=_by_id(WorkLogType),
            work_types=_by_id(WorkType, "rank"),
            services=_by_id(Service),
            activities=_by_id(Activity),
            teams=_by_id(Team),
            resources=_by_id(Resource),
            codings=_by_id(Coding),
            own_work_types=_own(WorkTypeCustomer, "work_type_id", customer),
            own_codings=_own(CodingCustomer, "coding_id", customer),
            own_teams=_own(TeamCustomer, "team_id", customer),
            prices=prices,
            work_type_services=_pairs(WorkTypeService, "work_type_id", "service_id"),
            coding_log_types=_pairs(CodingWorkLogType, "coding_id", "work_log_type_id"),
            team_services=_pairs(TeamService, "team_id", "service_id"),
            team_resources=_pairs(TeamResource, "team_id", "resource_id"),
            skills=skills,
        )

    def price(self, activity: Activity, *, on: date) -> CustomerActivity | None:
        """What the customer has of an activity on a day."""
        return next((row for row in self.prices.get(activity.pk, ()) if on in row.during), None)

    def serving_teams(self) -> list[Team]:
        """Teams in use that serve the customer."""
        teams = [each for each in self.teams.values() if not each.is_archived]
        return [each for each in teams if each.serves_all or each.pk in self.own_teams]

    def teams_with(self, service: Service, among: Iterable[Team]) -> list[Team]:
        return [each for each in among if service.pk in self.team_services.get(each.pk, ())]

    def work_types_naming(self, service: Service) -> list[WorkType]:
        """In use or not, of the customer or not."""
        return [each for each in self.work_types.values() if service.pk in self.work_type_services.get(each.pk, ())]

    def valid(self, resource: Resource, service: Service, *, on: date) -> bool:
        """Whether a resource may do a service on a day."""
        skill = self.skills.get(resource.pk, {}).get(service.pk)
        return skill is not None and (skill.valid_until is None or skill.valid_until >= on)


def _by_id(model: type[Any], *order: str) -> dict[int, Any]:
    return {each.pk: each for each in model._default_manager.order_by(*order, "name_key", "pk")}


def _own(model: type[Any], column: str, customer: Customer) -> frozenset[int]:
    return frozenset(model._default_manager.filter(customer=customer).values_list(column, flat=True))


def _pairs(model: type[Model], of: str, to: str) -> Pairs:
    found: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in model._default_manager.values_list(of, to):
        found[one].add(other)
    return {one: frozenset(others) for one, others in found.items()}
