"""A call as it is being written down: what is known so far, and what follows from it.

The quick form shows it and is drawn anew whenever something in it narrows the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sitebook.assets.models import Asset
from sitebook.catalogue import offered
from sitebook.catalogue.models import Activity, Coding, CustomerActivity, Service, Team, WorkType
from sitebook.catalogue.offered import Choice, Lead
from sitebook.catalogue.setup import Setup
from sitebook.catalogue.why_not import LeftOut, WhyNot
from sitebook.contacts.models import Contact
from sitebook.contacts.people import people_at, people_of
from sitebook.customers.models import Customer
from sitebook.jobs.models import Job
from sitebook.sites.models import Site

SHOWN = 5
"""So many open jobs are shown as likely duplicates."""
KINDS: Mapping[str, type[Any]] = {"customer": Customer, "site": Site, "asset": Asset, "contact": Contact}
LEFT_OUT: Mapping[str, type[Any]] = {"activity": Activity, "work_type": WorkType, "team": Team, "coding": Coding}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody to ring: ``why`` says what for, ``first`` that they are the default contact of the site."""

    contact: Contact
    why: str
    first: bool = False


@dataclass(kw_only=True)
class Call:
    """``on``: the day of the call. ``role``: of who writes it down. ``activities``: in the order they were added.
    ``no_site``: the explicit choice of none."""

    on: date
    role: str
    customer: Customer | None = None
    site: Site | None = None
    no_site: bool = False
    asset: Asset | None = None
    contact: Contact | None = None
    activities: Sequence[Activity] = ()
    work_type: WorkType | None = None
    team: Team | None = None
    found: dict[str, Any] = field(default_factory=dict)

    def about(self, record: Any) -> None:
        """What the call is about: the rest that is known of it follows."""
        if isinstance(record, Asset):
            self.asset, self.site = record, record.site
            self.customer = record.place_customer or record.owner or (record.site.customer if record.site else None)
        elif isinstance(record, Site):
            self.site, self.customer = record, record.customer
        elif isinstance(record, Contact):
            self.contact, self.customer = record, record.customer
        elif isinstance(record, Customer):
            self.customer = record
        if self.customer and not self.site and not self.asset:
            self._only_site()

    def _only_site(self) -> None:
        """The site of a customer who has but one."""
        theirs = list(Site.objects.current().filter(customer=self.customer, ended_on__isnull=True)[:2])
        if len(theirs) == 1:
            self.site = theirs[0]

    @property
    def choice(self) -> Choice:
        assert self.customer is not None  # noqa: S101 - nothing is offered before
        kind = self.work_type.work_log_type if self.work_type else None
        return Choice(customer=self.customer, role=self.role, on=self.on, work_log_type=kind)

    @cached_property
    def lead(self) -> Lead:
        return offered.lead(self.activities)

    @property
    def services(self) -> list[Service]:
        return self.lead.services

    @cached_property
    def any_kind(self) -> Choice:
        """The choice before a work log type: what else could be chosen."""
        assert self.customer is not None  # noqa: S101 - as above
        return Choice(customer=self.customer, role=self.role, on=self.on)

    @cached_property
    def work_types(self) -> list[WorkType]:
        """Those the activities lead to, best first; without one all of the customer (F-305, F-321)."""
        if self.services and (led := list(offered.work_types_for(self.any_kind, self.services))):
            return led
        return list(offered.work_types(self.any_kind))

    @cached_property
    def teams(self) -> list[Team]:
        return list(offered.teams(self.any_kind, self.services))

    @cached_property
    def codings(self) -> list[Coding]:
        return list(offered.codings(self.choice))

    @property
    def needs_coding(self) -> bool:
        return offered.needs_coding(self.choice)

    @cached_property
    def prices(self) -> dict[int, CustomerActivity]:
        """What the chosen activities cost the customer."""
        rows = CustomerActivity.objects.in_force(on=self.on).filter(
            customer=self.customer, activity__in=self.activities
        )
        return {row.activity_id: row for row in rows.select_related("activity")}

    def settle(self) -> None:
        """What the activities lead to, where nothing that is still offered is chosen."""
        if self.customer is None:
            return
        if self.work_type not in self.work_types:
            only = len(self.work_types) == 1 or bool(self.services)
            self.work_type = self.work_types[0] if only and self.work_types else None
        if self.team not in self.teams:
            self.team = None

    @cached_property
    def people(self) -> list[Person]:
        """The people of the site, its default contact first, then those of the customer."""
        there = people_at(self.site, on=self.on) if self.site else []
        theirs = people_of(self.customer, on=self.on) if self.customer else []
        found: dict[int, Person] = {}
        for at_site, people in ((True, there), (False, theirs)):
            for each in people:
                if each.contact:
                    person = Person(contact=each.contact, why=", ".join(each.roles), first=at_site and not found)
                    found.setdefault(each.contact.pk, person)
        if self.contact:
            found.setdefault(self.contact.pk, Person(contact=self.contact, why=self.contact.position))
        return list(found.values())

    @cached_property
    def duplicates(self) -> list[Job]:
        """Jobs whose work is still to be done on the same asset; without an asset, at the same site."""
        if self.asset:
            rows = Job.objects.ahead().about(self.asset)
        elif self.site:
            rows = Job.objects.ahead().filter(site=self.site)
        else:
            return []
        return list(rows.select_related("asset").order_by("-reported_at", "-pk")[:SHOWN])

    def left_out(self, kind: str) -> list[LeftOut]:
        """Why the rest of a kind cannot be chosen."""
        choice = self.choice if kind == "coding" else self.any_kind
        return WhyNot(Setup.of(choice.customer), choice, self.services).left_out(LEFT_OUT[kind])
