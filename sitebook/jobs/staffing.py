"""Who can be sent to the visits of a job: resources that have its service, with a certificate valid on the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from sitebook.basics.refused import Refused
from sitebook.catalogue import offered
from sitebook.catalogue.models import Resource
from sitebook.catalogue.offered import Choice
from sitebook.catalogue.setup import Setup
from sitebook.catalogue.why_not import LeftOut, WhyNot
from sitebook.jobs.models import Job


def available(job: Job, *, on: date) -> QuerySet[Resource]:
    """Those that can be sent, by name; of a job without a service everybody (F-323, F-325)."""
    if job.service is None:
        return Resource.objects.current().order_by("name_key", "pk")
    return offered.resources(_choice(job, on), job.service)


def left_out(job: Job, *, on: date) -> list[LeftOut]:
    """Those that cannot be sent, each with the link that is missing."""
    return _why_not(job, on).left_out(Resource) if job.service else []


def must_be_able(job: Job, people: Sequence[Resource], *, on: date) -> None:
    """Raises Refused (not_offered) with what somebody lacks."""
    if job.service is None or not people:
        return
    why_not = _why_not(job, on)
    for each in people:
        if missing := why_not.missing(each):
            raise Refused(missing.why, code="not_offered")


def _choice(job: Job, on: date) -> Choice:
    return Choice(customer=job.customer, role="", on=on)


def _why_not(job: Job, on: date) -> WhyNot:
    return WhyNot(Setup.of(job.customer), _choice(job, on), [job.service] if job.service else [])
