"""The set-up check: where the catalogue leads to nothing, what that affects, and what mends it.

Each rule finds one kind of fault and is a function of its own. It sees what its reader sees: for whoever does not see
every customer, "no customer" means none of those they see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from sitebook.access.models import Grant
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
    WorkLogType,
    WorkType,
    WorkTypeCustomer,
)
from sitebook.catalogue.why_not import Mend
from sitebook.customers.models import Customer
from sitebook.ui.formats import day_text

SOON = timedelta(days=60)
MOST = 50


class Kind(models.TextChoices):
    """By how much it hurts."""

    BLOCKS = "blocks", lazy("Blocks work")
    MISTAKE = "mistake", lazy("Likely mistake")
    ENDING = "ending", lazy("Running out")


@dataclass(frozen=True)
class Finding:
    """One fault: what is wrong, what it affects, the one form that mends it."""

    kind: Kind
    text: str
    affects: str
    mend: Mend
    rule: str = ""


@dataclass(frozen=True)
class Asked:
    """The day it is asked for, and whether the reader sees every customer."""

    on: date
    sees_all: bool
    may_see_costs: bool = False

    @property
    def nobody(self) -> str:
        return _("no customer") if self.sees_all else _("none of the customers you see")


def findings(asked: Asked) -> list[Finding]:
    """All of them, the worst first; at most 50 of each rule."""
    found = [finding for rule in RULES for finding in _some(rule, asked)]
    return sorted(found, key=lambda each: list(Kind).index(each.kind))


def _some(rule: Callable[[Asked], Iterable[Finding]], asked: Asked) -> list[Finding]:
    return [replace(each, rule=rule.__name__) for each in islice(rule(asked), MOST)]


def _current(model: type[Any]) -> Any:
    return model._default_manager.current().order_by("name_key", "pk")


def _activities(many: int) -> str:
    return ngettext("%(count)s activity", "%(count)s activities", many) % {"count": many}


def service_without_team(asked: Asked) -> Iterator[Finding]:
    had = Team.objects.current().filter(service_links__service=OuterRef("pk"))
    used = Count("activities", filter=Q(activities__archived_at__isnull=True), distinct=True)
    for each in _current(Service).annotate(used=used).filter(~Exists(had), used__gt=0):
        mend = Mend(_("Add to a team"), "catalogue:services-teams", each.pk)
        yield Finding(Kind.BLOCKS, _("No team has the service %(name)s") % {"name": each}, _activities(each.used), mend)


def service_without_person(asked: Asked) -> Iterator[Finding]:
    valid = Skill.objects.filter(service=OuterRef("pk"), resource__archived_at__isnull=True)
    valid = valid.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=asked.on))
    used = Count("activities", filter=Q(activities__archived_at__isnull=True), distinct=True)
    for each in _current(Service).annotate(used=used).filter(~Exists(valid), used__gt=0):
        mend = Mend(_("Add to a resource"), "catalogue:services-resources", each.pk)
        text = _("Nobody has the service %(name)s with a valid certificate") % {"name": each}
        yield Finding(Kind.BLOCKS, text, _activities(each.used), mend)


def service_without_work_type(asked: Asked) -> Iterator[Finding]:
    named = WorkType.objects.current().filter(service_links__service=OuterRef("pk"))
    used = Count("activities", filter=Q(activities__archived_at__isnull=True), distinct=True)
    for each in _current(Service).annotate(used=used).filter(~Exists(named), used__gt=0):
        mend = Mend(_("Name it on a work type"), "catalogue:services-work-types", each.pk)
        text = _("No work type names the service %(name)s") % {"name": each}
        yield Finding(Kind.BLOCKS, text, _activities(each.used), mend)


def activity_with_archived_service(asked: Asked) -> Iterator[Finding]:
    for each in _current(Activity).filter(service__archived_at__isnull=False).select_related("service"):
        said = {"name": each, "service": each.service}
        text = _("%(name)s belongs to the archived service %(service)s") % said
        yield Finding(
            Kind.BLOCKS, text, _("cannot be chosen anywhere"), Mend(_("Choose a service"), "activities:edit", each.pk)
        )


def customer_without_work_types(asked: Asked) -> Iterator[Finding]:
    """Of the customers that have anything of the catalogue."""
    for each in _customers_with(CustomerActivity.objects.in_force(on=asked.on), WorkTypeCustomer.objects.all()):
        text = _("%(customer)s has activities, but no work types") % {"customer": each}
        mend = Mend(_("Tick work types"), "catalogue:customer-work-types", each.pk)
        yield Finding(Kind.BLOCKS, text, _("no job can be logged"), mend)


def customer_without_activities(asked: Asked) -> Iterator[Finding]:
    for each in _customers_with(WorkTypeCustomer.objects.all(), CustomerActivity.objects.in_force(on=asked.on)):
        text = _("%(customer)s has work types, but no activities") % {"customer": each}
        mend = Mend(_("Add activities"), "catalogue:customer-activities", each.pk)
        yield Finding(Kind.BLOCKS, text, _("no job can be logged"), mend)


def _customers_with(some: Any, without: Any) -> Any:
    rows = Customer.objects.filter(archived_at__isnull=True)
    rows = rows.filter(Exists(some.filter(customer=OuterRef("pk"))))
    return rows.filter(~Exists(without.filter(customer=OuterRef("pk")))).order_by("name_key", "pk")


def work_type_without_service(asked: Asked) -> Iterator[Finding]:
    for each in _current(WorkType).filter(service_links__isnull=True):
        mend = Mend(_("Add services"), "catalogue:work-types-services", each.pk)
        text = _("%(name)s names no service") % {"name": each}
        yield Finding(Kind.BLOCKS, text, _("no activity leads to it"), mend)


def work_type_without_activity(asked: Asked) -> Iterator[Finding]:
    leads = Activity.objects.current().filter(service__work_type_links__work_type=OuterRef("pk"))
    for each in _current(WorkType).filter(~Exists(leads), service_links__isnull=False).distinct():
        mend = Mend(_("Change its services"), "catalogue:work-types-services", each.pk)
        text = _("No activity leads to %(name)s") % {"name": each}
        yield Finding(Kind.BLOCKS, text, _("its services have no activities"), mend)


def work_type_without_customer(asked: Asked) -> Iterator[Finding]:
    for each in _current(WorkType).filter(customer_links__isnull=True):
        mend = Mend(_("Assign customers"), "catalogue:work-types-customers", each.pk)
        text = _("%(name)s is assigned to %(nobody)s") % {"name": each, "nobody": asked.nobody}
        yield Finding(Kind.BLOCKS, text, _("cannot be chosen there"), mend)


def work_type_under_archived_log_type(asked: Asked) -> Iterator[Finding]:
    for each in _current(WorkType).filter(work_log_type__archived_at__isnull=False).select_related("work_log_type"):
        text = _("%(name)s hangs on the archived %(kind)s") % {"name": each, "kind": each.work_log_type}
        mend = Mend(_("Choose another"), "work-types:edit", each.pk)
        yield Finding(Kind.BLOCKS, text, _("cannot be chosen anywhere"), mend)


def log_type_without_role(asked: Asked) -> Iterator[Finding]:
    many = Count("work_types", filter=Q(work_types__archived_at__isnull=True))
    for each in _current(WorkLogType).filter(roles=[]).annotate(many=many):
        text = _("%(name)s is allowed to no role") % {"name": each}
        affects = ngettext("%(count)s work type", "%(count)s work types", each.many) % {"count": each.many}
        yield Finding(Kind.BLOCKS, text, affects, Mend(_("Allow roles"), "work-log-types:edit", each.pk))


def log_type_without_work_type(asked: Asked) -> Iterator[Finding]:
    hangs = WorkType.objects.current().filter(work_log_type=OuterRef("pk"))
    for each in _current(WorkLogType).filter(~Exists(hangs)):
        text = _("No work type hangs on %(name)s") % {"name": each}
        yield Finding(
            Kind.MISTAKE,
            text,
            _("cannot be chosen"),
            Mend(_("Edit %(name)s") % {"name": each}, "work-log-types:edit", each.pk),
        )


def coding_without_log_type(asked: Asked) -> Iterator[Finding]:
    for each in _current(Coding).filter(work_log_type_links__isnull=True):
        text = _("The coding %(name)s belongs to no work log type") % {"name": each}
        mend = Mend(_("Assign"), "catalogue:codings-work-log-types", each.pk)
        yield Finding(Kind.BLOCKS, text, _("cannot be chosen anywhere"), mend)


def coding_without_customer(asked: Asked) -> Iterator[Finding]:
    for each in _current(Coding).filter(customer_links__isnull=True):
        text = _("The coding %(name)s is assigned to %(nobody)s") % {"name": each, "nobody": asked.nobody}
        yield Finding(
            Kind.BLOCKS, text, _("cannot be chosen there"), Mend(_("Assign"), "catalogue:codings-customers", each.pk)
        )


def mandatory_coding_that_is_not_offered(asked: Asked) -> Iterator[Finding]:
    """A customer with work under a log type that asks for a coding, and none that fits."""
    rows = WorkTypeCustomer.objects.filter(work_type__archived_at__isnull=True)
    rows = rows.exclude(work_type__work_log_type__coding_roles=[])
    fitting = CodingCustomer.objects.filter(customer=OuterRef("customer"), coding__archived_at__isnull=True)
    kinds = CodingWorkLogType.objects.filter(work_log_type=OuterRef(OuterRef("work_type__work_log_type")))
    fitting = fitting.filter(Exists(kinds.filter(coding=OuterRef("coding"))))
    seen = set()
    for row in rows.filter(~Exists(fitting)).select_related("customer", "work_type__work_log_type")[: 4 * MOST]:
        kind = row.work_type.work_log_type
        if (row.customer_id, kind.pk) not in seen:
            seen.add((row.customer_id, kind.pk))
            text = _("%(kind)s needs a coding, and %(customer)s has none") % {"kind": kind, "customer": row.customer}
            mend = Mend(_("Tick codings"), "catalogue:customer-codings", row.customer_id)
            yield Finding(Kind.BLOCKS, text, _("no job can be saved"), mend)


def team_without_service(asked: Asked) -> Iterator[Finding]:
    for each in _current(Team).filter(service_links__isnull=True):
        text = _("%(name)s has no service") % {"name": each}
        yield Finding(
            Kind.BLOCKS, text, _("never offered"), Mend(_("Add services"), "catalogue:teams-services", each.pk)
        )


def team_without_people(asked: Asked) -> Iterator[Finding]:
    people = Resource.objects.current().filter(team_links__team=OuterRef("pk"))
    for each in _current(Team).filter(~Exists(people)):
        text = _("Nobody belongs to %(name)s") % {"name": each}
        mend = Mend(_("Add people"), "catalogue:teams-resources", each.pk)
        yield Finding(Kind.MISTAKE, text, _("its jobs have nobody to go"), mend)


def team_without_customer(asked: Asked) -> Iterator[Finding]:
    for each in _current(Team).filter(serves_all=False, customer_links__isnull=True):
        text = _("%(name)s serves %(nobody)s") % {"name": each, "nobody": asked.nobody}
        mend = Mend(_("Add customers"), "catalogue:teams-customers", each.pk)
        yield Finding(Kind.BLOCKS, text, _("never offered there"), mend)


def team_that_differs_from_its_maker(asked: Asked) -> Iterator[Finding]:
    """Customers taken from the maker that the maker does not see any more."""
    granted = Grant.objects.filter(user=OuterRef("maker"), customer_id=OuterRef("customer_id"))
    rows = TeamCustomer.objects.filter(origin=TeamCustomer.Origin.MAKER, team__archived_at__isnull=True)
    rows = rows.filter(Q(maker__is_active=False) | (Q(maker__all_customers=False) & ~Exists(granted)))
    for row in rows.values("team", "team__name", "maker__name").annotate(many=Count("pk")).order_by("team__name"):
        said = {"name": row["team__name"], "maker": row["maker__name"], "count": row["many"]}
        text = ngettext(
            "%(name)s serves %(count)s customer that %(maker)s does not have any more",
            "%(name)s serves %(count)s customers that %(maker)s does not have any more",
            row["many"],
        )
        mend = Mend(_("Review customers"), "catalogue:teams-customers", row["team"])
        yield Finding(Kind.MISTAKE, text % said, _("taken from %(maker)s once") % said, mend)


def activity_without_customer(asked: Asked) -> Iterator[Finding]:
    now = CustomerActivity.objects.not_over(on=asked.on).filter(activity=OuterRef("pk"))
    for each in _current(Activity).filter(~Exists(now)):
        said = {"name": each, "nobody": asked.nobody}
        mend = Mend(_("Add customers"), "catalogue:activities-customers", each.pk)
        yield Finding(Kind.MISTAKE, capfirst(_("%(nobody)s has %(name)s") % said), each.code, mend)


def price_below_cost(asked: Asked) -> Iterator[Finding]:
    if not asked.may_see_costs:
        return
    for row in _priced(asked).filter(sells__lt=F("costing"), sells__gt=0):
        said = {"name": row.activity, "customer": row.customer}
        text = _("%(name)s costs more than it sells for at %(customer)s") % said
        affects = _("cost %(cost)s, sale %(sale)s") % {"cost": f"{row.costing:.2f}", "sale": f"{row.sells:.2f}"}
        yield Finding(Kind.MISTAKE, text, affects, _open_price(row))


def price_of_zero(asked: Asked) -> Iterator[Finding]:
    for row in _priced(asked).filter(sells=0):
        said = {"name": row.activity, "customer": row.customer}
        text = _("%(name)s has a sale price of zero at %(customer)s") % said
        yield Finding(Kind.MISTAKE, text, _("zero stays zero when prices are copied"), _open_price(row))


def _priced(asked: Asked) -> Any:
    rows = CustomerActivity.objects.in_force(on=asked.on).filter(activity__archived_at__isnull=True)
    rows = rows.annotate(sells=Coalesce("sale", "activity__sale"), costing=Coalesce("cost", "activity__cost"))
    return rows.select_related("activity", "customer").order_by("customer__name_key", "activity__name_key", "pk")


def _open_price(row: CustomerActivity) -> Mend:
    query = f"?activity={row.activity_id}"
    return Mend(_("Set the price"), "catalogue:customer-activities", row.customer_id, query)


def same_words(asked: Asked) -> Iterator[Finding]:
    twins = (
        _current(Activity)
        .order_by("name_key")
        .values("name_key")
        .annotate(many=Count("pk"), first=models.Min("pk"))
        .filter(many__gt=1)
    )
    names = Activity.objects.in_bulk([each["first"] for each in twins])
    for each in twins:
        said = {"count": each["many"], "name": names[each["first"]]}
        text = _("%(count)s activities are called “%(name)s”") % said
        mend = Mend(_("Rename one"), "activities:edit", each["first"])
        yield Finding(Kind.MISTAKE, text, _("nobody can tell them apart"), mend)


def certificate_that_ends(asked: Asked) -> Iterator[Finding]:
    rows = Skill.objects.filter(resource__archived_at__isnull=True, valid_until__lt=asked.on + SOON)
    for row in rows.select_related("resource", "service").order_by("valid_until", "pk"):
        assert row.valid_until is not None  # noqa: S101 - rows without an end were left out
        over, day = row.valid_until < asked.on, day_text(row.valid_until)
        said = {"name": row.resource, "service": row.service}
        text = _("The certificate of %(name)s for %(service)s has ended") if over else _(
            "The certificate of %(name)s for %(service)s ends")  # fmt: skip
        mend = Mend(_("Renew"), "catalogue:resources-services", row.resource_id, f"?other={row.service_id}")
        yield Finding(Kind.ENDING, text % said, day, mend)


def prices_that_end(asked: Asked) -> Iterator[Finding]:
    rows = CustomerActivity.objects.in_force(on=asked.on).filter(during__endswith__lte=asked.on + SOON)
    later = CustomerActivity.objects.filter(
        customer=OuterRef("customer"),
        activity=OuterRef("activity"),
        during__startswith__gte=OuterRef("during__endswith"),
    )
    rows = rows.filter(~Exists(later))
    grouped = rows.values("customer", "customer__name").annotate(many=Count("pk")).order_by("customer__name")
    for row in grouped:
        text = _("Prices of %(name)s end soon") % {"name": row["customer__name"]}
        mend = Mend(_("Extend"), "catalogue:customer-activities", row["customer"])
        yield Finding(Kind.ENDING, text, _activities(row["many"]), mend)


def resource_whose_user_left(asked: Asked) -> Iterator[Finding]:
    for each in _current(Resource).filter(user__is_active=False):
        text = _("%(name)s is a user who may not sign in any more") % {"name": each}
        mend = Mend(_("Edit %(name)s") % {"name": each}, "resources:edit", each.pk)
        yield Finding(Kind.MISTAKE, text, _("is still offered"), mend)


RULES: tuple[Callable[[Asked], Iterable[Finding]], ...] = (
    service_without_team,
    service_without_person,
    service_without_work_type,
    activity_with_archived_service,
    customer_without_work_types,
    customer_without_activities,
    work_type_without_service,
    work_type_without_activity,
    work_type_without_customer,
    work_type_under_archived_log_type,
    log_type_without_role,
    log_type_without_work_type,
    coding_without_log_type,
    coding_without_customer,
    mandatory_coding_that_is_not_offered,
    team_without_service,
    team_without_people,
    team_without_customer,
    team_that_differs_from_its_maker,
    activity_without_customer,
    price_below_cost,
    price_of_zero,
    same_words,
    certificate_that_ends,
    prices_that_end,
    resource_whose_user_left,
)
