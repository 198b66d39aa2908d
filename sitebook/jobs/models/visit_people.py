"""Who is sent to a visit, and that nobody is sent to two places at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import by_customer
from sitebook.catalogue.models import Resource
from sitebook.customers.models import Customer
from sitebook.ui.formats import clock_text, day_text


class VisitResource(models.Model):
    """Somebody who is sent to a visit. The database keeps ``during`` and ``shared`` equal to the visit's, and refuses
    what overlaps: no time for a visit that does not take place, until its end where it ended early."""

    named = Named(one=_("person of a visit"), labels={"resource_id": _("Who goes")}, silent=frozenset({"during"}))
    seen_by = by_customer("customer_id", parent=("jobs_visit", "visit_id"))

    visit = models.ForeignKey("jobs.Visit", on_delete=models.CASCADE, related_name="resources")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False)
    resource = models.ForeignKey(
        Resource, verbose_name=_("Who goes"), on_delete=models.PROTECT, related_name="visit_links"
    )
    during = DateTimeRangeField(null=True, editable=False)
    shared = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("visit", "resource", name="a_visit_has_a_person_once"),
            ExclusionConstraint(
                name="a_resource_has_one_visit_at_a_time",
                expressions=[("resource", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=models.Q(shared=False, during__isnull=False),
            ),
        ]
        indexes = [
            models.Index("customer", "id", name="people_of_visits_by_customer"),
            GistIndex(fields=["during"], name="people_of_visits_by_time"),
        ]

    def __str__(self) -> str:
        return str(self.resource)


def time_text(since: datetime, until: datetime) -> str:
    """From when to when, the day once where both are of one day."""
    first, last = day_text(timezone.localdate(since)), day_text(timezone.localdate(until))
    words = {"day": first, "from": clock_text(since), "to": clock_text(until), "last": last}
    if first == last:
        return say("%(day)s, %(from)s to %(to)s") % words
    return say("%(day)s, %(from)s to %(last)s, %(to)s") % words


def span(since: datetime | None, until: datetime | None) -> DateTimeTZRange | None:
    """The time between two moments; None where one of them is not known."""
    return DateTimeTZRange(since, until) if since and until else None


@contextmanager
def booked(people: Sequence[Resource], during: DateTimeTZRange | None) -> Iterator[None]:
    """Says in words what the database says of one of these who is somewhere else at the time. Raises Refused
    (resource_is_busy)."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        if "a_resource_has_one_visit_at_a_time" not in str(fault):
            raise
        raise Refused(_busy(people, during), code="resource_is_busy") from fault


def _busy(people: Sequence[Resource], during: DateTimeTZRange | None) -> str:
    """Who is busy and when. A visit whose customer the reader does not see is not named: only that there is one."""
    rows = VisitResource.objects.filter(resource__in=people, during__overlap=during, shared=False)
    other = rows.select_related("visit__job", "resource").order_by("visit__planned_from").first()
    if other is None:
        words = {"who": ", ".join(map(str, people)), "when": time_text(during.lower, during.upper) if during else ""}
        return say("%(who)s cannot be booked for %(when)s: there is another visit. Choose another time or somebody "
                   "else.") % words  # fmt: skip
    words = {"who": str(other.resource), "when": time_text(other.during.lower, other.during.upper)}
    words |= {"visit": str(other.visit).lower(), "job": other.visit.job.reference}
    text = say("%(who)s is already booked on %(when)s: %(visit)s of %(job)s. Choose another time or somebody else.")
    return text % words
