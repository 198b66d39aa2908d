"""What can be chosen in a job for a customer: work types, activities, services, teams, resources, codings.

The chain: a customer has work types, which hang on work log types that roles may use and name services; it has
activities, in force on the day, each of one service; teams and resources have services; codings belong to customers and
work log types. ``why_not`` says of what is left out which link is missing; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from sitebook.catalogue.models import (
    Activity,
    Coding,
    CustomerActivity,
    Resource,
    Service,
    Skill,
    Team,
    WorkLogType,
    WorkType,
)
from sitebook.customers.models import Customer


@dataclass(frozen=True, kw_only=True)
class Choice:
    """For whom, when and by whom something is chosen, and the work log type where it is chosen already.

    ``on``: a day in the customer's or the site's zone. ``role``: of the user who chooses.
    """

    customer: Customer
    role: str
    on: date
    work_log_type: WorkLogType | None = None


@dataclass(frozen=True)
class Lead:
    """The service that the activities of a job lead to: that of the first. ``others``: services of later ones, among
    which somebody must choose; teams must have all of them."""

    service: Service | None
    others: tuple[Service, ...] = ()

    @property
    def services(self) -> list[Service]:
        return [each for each in (self.service, *self.others) if each is not None]


def lead(activities: Sequence[Activity]) -> Lead:
    """What these activities, in the order they were added, lead to. Their services are loaded with them."""
    services = list(dict.fromkeys(each.service for each in activities))
    return Lead(services[0], tuple(services[1:])) if services else Lead(None)


def work_log_types(choice: Choice) -> QuerySet[WorkLogType]:
    """Those the role may use that have a work type for the customer."""
    return WorkLogType.objects.filter(pk__in=_work_types(choice).values("work_log_type"))


def work_types(choice: Choice) -> QuerySet[WorkType]:
    """Those of the customer, under a work log type the role may use; in their order."""
    return _work_types(choice).order_by("rank", "name_key", "pk")


def work_types_for(choice: Choice, services: Collection[Service]) -> QuerySet[WorkType]:
    """Of the work types of the customer those the services lead to: whichever names most of them first."""
    named = Count("service_links", filter=Q(service_links__service__in=services))
    return _work_types(choice).annotate(many=named).filter(many__gt=0).order_by("-many", "rank", "name_key", "pk")


def activities(choice: Choice) -> QuerySet[Activity]:
    """Those of the customer in force on the day, whose service leads to a work type and is had by a team that serves
    the customer."""
    mine = CustomerActivity.objects.in_force(on=choice.on).filter(customer=choice.customer).values("activity")
    named = Service.objects.filter(work_type_links__work_type__in=_work_types(choice).values("pk")).values("pk")
    had = Service.objects.filter(team_links__team__in=_teams(choice).values("pk")).values("pk")
    rows = Activity.objects.filter(archived_at__isnull=True, service__archived_at__isnull=True, pk__in=mine)
    return rows.filter(service__in=named).filter(service__in=had).select_related("service").order_by("name_key", "pk")


def services(choice: Choice) -> QuerySet[Service]:
    """Those of the activities that can be chosen."""
    return Service.objects.filter(pk__in=activities(choice).order_by().values("service")).order_by("name_key", "pk")


def teams(choice: Choice, services: Collection[Service]) -> QuerySet[Team]:
    """Those that serve the customer and have every one of the services; none without a service."""
    rows = _teams(choice) if services else Team.objects.none()
    for service in services:
        rows = rows.filter(service_links__service=service)
    return rows.order_by("name_key", "pk")


def resources(choice: Choice, service: Service, *, team: Team | None = None) -> QuerySet[Resource]:
    """Those that have the service, with a certificate valid on the day; of a team where one is given."""
    valid = Skill.objects.filter(resource=OuterRef("pk"), service=service)
    valid = valid.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=choice.on))
    rows = Resource.objects.filter(Exists(valid), archived_at__isnull=True)
    rows = rows.filter(team_links__team=team) if team else rows
    return rows.order_by("name_key", "pk")


def codings(choice: Choice) -> QuerySet[Coding]:
    """Those of the customer that also belong to the work log type; without one chosen, to any the role may use."""
    kinds = [choice.work_log_type] if choice.work_log_type else list(WorkLogType.objects.allowed_to(choice.role))
    rows = Coding.objects.filter(archived_at__isnull=True, customer_links__customer=choice.customer)
    rows = rows.filter(work_log_type_links__work_log_type__in=kinds).distinct()
    return rows.order_by("name_key", "pk")


def needs_coding(choice: Choice) -> bool:
    """Whether the role must give a coding under the work log type."""
    return choice.work_log_type is not None and choice.role in choice.work_log_type.coding_roles


def _work_types(choice: Choice) -> QuerySet[WorkType]:
    allowed = WorkLogType.objects.allowed_to(choice.role)
    if choice.work_log_type:
        allowed = allowed.filter(pk=choice.work_log_type.pk)
    rows = WorkType.objects.filter(archived_at__isnull=True, customer_links__customer=choice.customer)
    return rows.filter(work_log_type__in=allowed)


def _teams(choice: Choice) -> QuerySet[Team]:
    serves = Q(serves_all=True) | Exists(Team.objects.filter(
        pk=OuterRef("pk"), customer_links__customer=choice.customer))  # fmt: skip
    return Team.objects.filter(serves, archived_at__isnull=True)
