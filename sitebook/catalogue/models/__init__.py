"""Work log types, work types, services, activities, codings, teams, resources, and what is assigned to what."""

from sitebook.catalogue.models.activities import Activity, CustomerActivity
from sitebook.catalogue.models.people import Resource, Skill, Team, TeamCustomer, TeamResource, TeamService
from sitebook.catalogue.models.work import (
    Coding,
    CodingCustomer,
    CodingWorkLogType,
    Service,
    WorkLogType,
    WorkType,
    WorkTypeCustomer,
    WorkTypeService,
)

__all__ = [
    "Activity",
    "Coding",
    "CodingCustomer",
    "CodingWorkLogType",
    "CustomerActivity",
    "Resource",
    "Service",
    "Skill",
    "Team",
    "TeamCustomer",
    "TeamResource",
    "TeamService",
    "WorkLogType",
    "WorkType",
    "WorkTypeCustomer",
    "WorkTypeService",
]
