"""What the list of jobs can be narrowed by, beside its fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sitebook.assets.models import Asset
from sitebook.catalogue.models import Resource, Service, Team, WorkLogType, WorkType
from sitebook.customers.lists import customer_name
from sitebook.jobs import states
from sitebook.jobs.models import JobAsset, VisitResource
from sitebook.jobs.states import Hold, Status
from sitebook.sites.models import Site
from sitebook.ui.filters import Choice, Day, Filter, Linked


@dataclass(frozen=True)
class OfAsset(Linked):
    """Jobs that are about an asset, as the first one or a further one."""

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return queryset.filter(pk__in=JobAsset.objects.filter(asset=int(values[0])).values("job"))


@dataclass(frozen=True)
class Goes(Linked):
    """Jobs with a visit to which somebody is, or was, sent."""

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        sent = VisitResource.objects.filter(visit__job=OuterRef("pk"), resource=int(values[0]))
        return queryset.filter(Exists(sent.exclude(visit__state__in=states.VOID)))


def _name_of(model: Any) -> Any:
    def name(pk: int) -> str | None:
        found = model.objects.filter(pk=pk).first()
        return str(found) if found else None

    return name


WHICH = (
    ("open", _("open")),
    ("unplanned", _("unplanned")),
    ("overdue", _("overdue")),
    ("waiting", _("waiting")),
    ("to review", _("to review")),
)


def which(chosen: list[str]) -> Q:
    """Jobs somebody has to look at: the same words as in Today."""
    today = timezone.localdate()
    wanted = {
        "open": Q(status__in=states.OPEN),
        "unplanned": Q(status__in=[Status.LOGGED, Status.TO_REPLAN]),
        "overdue": Q(status__in=states.AHEAD, wanted_on__lt=today),
        "waiting": Q(status=Status.ON_HOLD),
        "to review": Q(status=Status.WORK_DONE),
    }
    condition = Q(pk__in=[])
    for each in chosen:
        condition |= wanted[each]
    return condition


FILTERS: list[Filter] = [
    Choice("which", _("Which"), WHICH, by=lambda rows, chosen: rows.filter(which(chosen))),
    Linked("customer", _("Customer"), name=customer_name),
    Linked("site", _("Site"), name=_name_of(Site)),
    OfAsset("asset", _("Asset"), name=_name_of(Asset)),
    Goes("engineer", _("Engineer"), name=_name_of(Resource)),
    Linked("team", _("Team"), name=_name_of(Team)),
    Linked("work_type", _("Work type"), name=_name_of(WorkType)),
    Linked("work_log_type", _("Work log type"), name=_name_of(WorkLogType)),
    Linked("service", _("Service"), name=_name_of(Service)),
    Choice("hold_reason", _("On hold for"), Hold.choices),
    Day("wanted_from", _("Wanted"), "wanted_on", timed=False),
    Day("wanted_until", _("Wanted"), "wanted_on", until=True, timed=False),
    Day("reported_from", _("Reported"), "reported_at"),
    Day("reported_until", _("Reported"), "reported_at", until=True),
    Day("visit_from", _("Next visit"), "next_visit_at"),
    Day("visit_until", _("Next visit"), "next_visit_at", until=True),
]
