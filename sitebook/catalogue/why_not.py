"""Why something cannot be chosen in a job: the first link of the chain that is missing, and the form that mends it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from sitebook.catalogue.models import Activity, Coding, Resource, Service, Team, WorkLogType, WorkType
from sitebook.catalogue.models.entry import Entry
from sitebook.catalogue.offered import Choice
from sitebook.catalogue.setup import Setup
from sitebook.ui.formats import day_text
from sitebook.users.models import Role


@dataclass(frozen=True)
class Mend:
    """What mends it: the words of its button, the form's address by name and id, and what the form begins with."""

    label: str
    view: str
    pk: int
    query: str = ""


@dataclass(frozen=True)
class Missing:
    """A sentence that says which link is missing, and what mends it."""

    why: str
    mend: Mend


@dataclass(frozen=True)
class LeftOut:
    """An entry that cannot be chosen, and why."""

    entry: Entry
    missing: Missing


@dataclass(frozen=True)
class WhyNot:
    """Asked for one choice; without a role, whether anybody may.

    ``services``: what teams and resources must have, of the activities chosen so far.
    """

    setup: Setup
    choice: Choice
    services: Collection[Service] = field(default_factory=tuple)

    def left_out(self, kind: type[Entry]) -> list[LeftOut]:
        """Every entry of a kind that is not offered, with the first link that is missing."""
        every, asked = self._kinds()[kind]
        found = [(each, asked(each)) for each in every]
        return [LeftOut(each, missing) for each, missing in found if missing]

    def missing(self, entry: Entry) -> Missing | None:
        """The first missing link of one entry; None: it can be chosen."""
        return self._kinds()[type(entry)][1](entry)

    def _kinds(self) -> dict[type[Entry], tuple[Iterable[Any], Callable[[Any], Missing | None]]]:
        setup = self.setup
        return {
            WorkType: (setup.work_types.values(), self.work_type),
            Activity: (setup.activities.values(), self.activity),
            Service: (setup.services.values(), self.service),
            Team: (setup.teams.values(), self.team),
            Resource: (setup.resources.values(), self.resource),
            Coding: (setup.codings.values(), self.coding),
        }

    def work_type(self, entry: WorkType) -> Missing | None:
        setup, customer = self.setup, self.choice.customer
        if gone := archived(entry):
            return gone
        if entry.pk not in setup.own_work_types:
            why = _("%(name)s is not assigned to %(customer)s.") % {"name": entry, "customer": customer}
            return Missing(why, _to_customer("work-types", entry, customer))
        return self._log_type(entry)

    def _log_type(self, entry: WorkType) -> Missing | None:
        kind = self.setup.work_log_types[entry.work_log_type_id]
        if gone := archived(kind):
            return gone
        chosen, said = self.choice.work_log_type, {"name": entry, "kind": kind}
        if chosen and chosen.pk != kind.pk:
            why = _("%(name)s belongs to %(kind)s, not to %(chosen)s.") % (said | {"chosen": chosen})
            return Missing(why, Mend(_("Edit %(name)s") % said, "work-types:edit", entry.pk))
        return self._role(kind)

    def _role(self, kind: WorkLogType) -> Missing | None:
        role = self.choice.role
        if role in kind.roles or (not role and kind.roles):
            return None
        said = {"kind": kind, "role": Role(role).label if role else ""}
        why = (_("The role %(role)s may not use %(kind)s.") if role else _("No role may use %(kind)s.")) % said
        return Missing(why, Mend(_("Allow roles for %(kind)s") % said, "work-log-types:edit", kind.pk))

    def activity(self, entry: Activity) -> Missing | None:
        service = self.setup.services[entry.service_id]
        return (
            archived(entry)
            or self._price(entry)
            or archived(service)
            or self._leads(service)
            or self._had_by_a_team(service)
        )

    def _price(self, entry: Activity) -> Missing | None:
        customer, on = self.choice.customer, self.choice.on
        if self.setup.price(entry, on=on):
            return None
        said = {"name": entry, "customer": customer, "day": ""}
        why = _("%(name)s is not among the activities of %(customer)s.")
        rows = self.setup.prices.get(entry.pk, [])
        later = [row.during.lower for row in rows if row.during.lower and row.during.lower > on]
        over = [row.during.upper for row in rows if row.during.upper and row.during.upper <= on]
        if later:
            why, said["day"] = _("%(name)s is an activity of %(customer)s from %(day)s only."), day_text(min(later))
        elif over:
            why, said["day"] = _("%(name)s ended at %(customer)s on %(day)s."), day_text(max(over))
        mend = Mend(
            _("Add to %(customer)s") % said, "catalogue:customer-activities", customer.pk, f"?activity={entry.pk}"
        )
        return Missing(why % said, mend)

    def _leads(self, service: Service) -> Missing | None:
        """Whether a work type that can be chosen names the service; of those that name it, what the first lacks."""
        naming = self.setup.work_types_naming(service)
        lacks = [self.work_type(each) for each in naming]
        if any(each is None for each in lacks):
            return None
        if not naming:
            said = {"service": service}
            why = _("No work type names the service %(service)s.") % said
            return Missing(why, Mend(_("Name it on a work type"), "catalogue:services-work-types", service.pk))
        nearest = max(range(len(naming)), key=lambda place: self._how_near(naming[place]))
        return lacks[nearest]

    def _how_near(self, entry: WorkType) -> tuple[bool, bool]:
        return not entry.is_archived, entry.pk in self.setup.own_work_types

    def _had_by_a_team(self, service: Service) -> Missing | None:
        setup, said = self.setup, {"service": service, "customer": self.choice.customer}
        if setup.teams_with(service, setup.serving_teams()):
            return None
        others = setup.teams_with(service, [each for each in setup.teams.values() if not each.is_archived])
        if others:
            why = _("%(team)s has %(service)s, but does not serve %(customer)s.") % (said | {"team": others[0]})
            return Missing(why, _to_customer("teams", others[0], self.choice.customer))
        why = _("No team has the service %(service)s.") % said
        return Missing(why, Mend(_("Add it to a team"), "catalogue:services-teams", service.pk))

    def service(self, entry: Service) -> Missing | None:
        """Offered with an activity that can be chosen; else what is missing of its first activity."""
        if gone := archived(entry):
            return gone
        mine = [each for each in self.setup.activities.values() if each.service_id == entry.pk]
        lacks = [self.activity(each) for each in mine]
        if any(each is None for each in lacks):
            return None
        if not lacks:
            why = _("No activity has the service %(service)s.") % {"service": entry}
            return Missing(why, Mend(_("Edit %(name)s") % {"name": entry}, "services:edit", entry.pk))
        known = [lack for each, lack in zip(mine, lacks, strict=True) if self.setup.price(each, on=self.choice.on)]
        return (known or lacks)[0]

    def team(self, entry: Team) -> Missing | None:
        if gone := archived(entry):
            return gone
        if not entry.serves_all and entry.pk not in self.setup.own_teams:
            why = _("%(name)s does not serve %(customer)s.") % {"name": entry, "customer": self.choice.customer}
            return Missing(why, _to_customer("teams", entry, self.choice.customer))
        return self._has_services(entry, self.setup.team_services.get(entry.pk, frozenset()))

    def _has_services(self, entry: Team, has: Collection[int]) -> Missing | None:
        lacking = [each for each in self.services if each.pk not in has]
        if not lacking and self.services:
            return None
        if not lacking:
            why = _("No service is chosen yet: it follows from the activity.")
            return Missing(why, Mend(_("Services of %(name)s") % {"name": entry}, "catalogue:teams-services", entry.pk))
        said = {"name": entry, "service": lacking[0]}
        why = _("%(name)s does not have the service %(service)s.") % said
        mend = Mend(_("Add to %(name)s") % said, "catalogue:teams-services", entry.pk, f"?other={lacking[0].pk}")
        return Missing(why, mend)

    def resource(self, entry: Resource) -> Missing | None:
        """Judged by the service that leads."""
        if gone := archived(entry):
            return gone
        service = next(iter(self.services), None)
        if service is None:
            why = _("No service is chosen yet: it follows from the activity.")
            mend = Mend(_("Services of %(name)s") % {"name": entry}, "catalogue:resources-services", entry.pk)
            return Missing(why, mend)
        if self.setup.valid(entry, service, on=self.choice.on):
            return None
        skill = self.setup.skills.get(entry.pk, {}).get(service.pk)
        said = {"name": entry, "service": service, "day": day_text(skill.valid_until) if skill else ""}  # type: ignore[arg-type]
        address = ("catalogue:resources-services", entry.pk, f"?other={service.pk}")
        if skill:
            why = _("The certificate of %(name)s for %(service)s ended on %(day)s.") % said
            return Missing(why, Mend(_("Renew"), *address))
        why = _("%(name)s does not have the service %(service)s.") % said
        return Missing(why, Mend(_("Add to %(name)s") % said, *address))

    def coding(self, entry: Coding) -> Missing | None:
        if gone := archived(entry):
            return gone
        said = {"name": entry, "customer": self.choice.customer}
        if entry.pk not in self.setup.own_codings:
            why = _("%(name)s is not assigned to %(customer)s.") % said
            return Missing(why, _to_customer("codings", entry, self.choice.customer))
        kinds = [self.setup.work_log_types[pk] for pk in self.setup.coding_log_types.get(entry.pk, ())]
        mend = Mend(_("Assign work log types"), "catalogue:codings-work-log-types", entry.pk)
        if not kinds:
            return Missing(_("%(name)s belongs to no work log type.") % said, mend)
        chosen = self.choice.work_log_type
        if chosen and chosen.pk not in {each.pk for each in kinds}:
            return Missing(_("%(name)s does not belong to %(chosen)s.") % (said | {"chosen": chosen}), mend)
        if chosen:
            return None
        lacks = [archived(each) or self._role(each) for each in kinds]
        return None if any(each is None for each in lacks) else lacks[0]


def archived(entry: Entry) -> Missing | None:
    if not entry.is_archived:
        return None
    said = {"name": entry, "day": day_text(entry.archived_at.date())}  # type: ignore[union-attr]
    path = entry.named.page.partition(":")[0]
    why = _("%(name)s was archived on %(day)s.") % said
    return Missing(why, Mend(_("Restore %(name)s") % said, f"{path}:restore", entry.pk))


def _to_customer(path: str, entry: Entry, customer: Any) -> Mend:
    label = _("Assign to %(customer)s") % {"customer": customer}
    return Mend(label, f"catalogue:{path}-customers", entry.pk, f"?other={customer.pk}")
