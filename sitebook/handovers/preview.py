"""What a hand-over, split or join of a site touches, shown before it is made, and those a site has had.

Everything here is seen with the reader's eyes: what they may not see is not named. Days are days in the site's zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q

from sitebook.access.models import Grant
from sitebook.contacts.models import ContactRole, SiteParty
from sitebook.contacts.parties import PAYER, Named, with_sites
from sitebook.contacts.people import Given, with_places
from sitebook.customers.models import Customer
from sitebook.files.models import documents_of
from sitebook.records.addresses import ADDRESS_PARTS
from sitebook.sites.as_of import OWN
from sitebook.sites.models import Area, Handover, Position, Site, SiteExternalId, Tenure
from sitebook.sites.register import SITES
from sitebook.sites.tables import SITE
from sitebook.ui.formats import day_text
from sitebook.users.models import User
from sitebook.values.kinds import Line, Paragraphs

# Texts about the place that stay with it, beside its name and address.
OF_THE_PLACE = tuple(
    each.name
    for each in SITES.bound
    if isinstance(each.reads, Line | Paragraphs) and not each.leaves and each.name not in ("name", *ADDRESS_PARTS)
)
HANDS = (Handover.Kind.HANDED_OVER, Handover.Kind.VACATED)
PARTS = (Handover.Kind.SPLIT, Handover.Kind.JOINED)


@dataclass(frozen=True)
class TenureLine:
    """A tenure with the hand-over that began it, as long as that stands and the reader sees it."""

    tenure: Tenure
    change: Handover | None

    @property
    def day(self) -> str:
        return day_text(self.tenure.during.lower) if self.tenure.during.lower else ""

    @property
    def last_day(self) -> date:
        """Of a tenure that has ended."""
        end: date = self.tenure.during.upper - timedelta(1)
        return end


@dataclass(frozen=True)
class Part:
    """A split or join that stands, as told from one of its two sites. ``other`` is None where it is hidden."""

    change: Handover
    other: Site | None
    is_other: bool

    @property
    def day(self) -> str:
        return day_text(self.change.day)


@dataclass(frozen=True, kw_only=True)
class Touched:
    """What a hand-over touches. before: who has the site on the day; until: the day of the hand-over after it."""

    before: Tenure
    until: date | None
    ends: list[Given]
    parties: list[Named]
    payers: list[Named]
    leaves: list[tuple[Any, Any]]
    stays: list[tuple[Any, Any]]
    address: str
    areas: int
    positions: int
    documents: int
    passing: int
    outside_ids: list[str]
    lose: int
    gain: int
    back: list[Given] = field(default_factory=list)
    back_fields: list[tuple[Any, Any]] = field(default_factory=list)


def tenure_lines(site_id: int) -> list[TenureLine]:
    """Who had the site when, the latest first."""
    tenures = Tenure.objects.filter(site=site_id).select_related("customer").order_by(F("during").desc())
    changes = Handover.objects.filter(site=site_id, reversed_at=None, kind__in=HANDS, tenure__isnull=False)
    begun = {change.tenure_id: change for change in changes}
    return [TenureLine(tenure, begun.get(tenure.pk)) for tenure in tenures]


def parts_of(site_id: int) -> list[Part]:
    """The splits and joins of the site that stand, the latest first."""
    mine = Q(site=site_id) | Q(other_site=site_id)
    changes = list(Handover.objects.filter(mine, reversed_at=None, kind__in=PARTS))
    others = Site.objects.in_bulk({_other(change, site_id) for change in changes} - {None})
    return [
        Part(change, others.get(_other(change, site_id) or 0), change.other_site_id == site_id) for change in changes
    ]


def touched(site: Site, *, to: Customer | None, day: date) -> Touched | None:
    """What giving the site to ``to`` (None: nobody) from ``day`` on touches; None when who has it then is not seen."""
    before = Tenure.objects.in_force(on=day).filter(site=site).select_related("customer").first()
    if before is None:
        return None
    giver, place = before.customer, before.place
    there = SiteParty.objects.filter(site=site, customer=giver, during__holds=day).order_by("role", "pk")
    parties = with_sites(there)
    papers = documents_of(SITE, site.pk)
    theirs = papers.filter(customer_id=giver.pk) if giver else papers.none()
    lose, gain = _watchers(giver, to)
    return Touched(
        before=before,
        until=before.during.upper,
        ends=_roles_of(site, giver, day),
        parties=[each for each in parties if each.row.role != PAYER],
        payers=[each for each in parties if each.row.role == PAYER],
        leaves=_filled(place, OWN),
        stays=_filled(place, OF_THE_PLACE),
        address=", ".join(filter(None, (str(place.get(part) or "") for part in ADDRESS_PARTS[:-1]))),
        areas=Area.objects.filter(site=site).count(),
        positions=Position.objects.filter(site=site).count(),
        documents=theirs.filter(of_place=False).count(),
        passing=papers.filter(of_place=True).count(),
        outside_ids=[f"{each.system} {each.value}" for each in SiteExternalId.objects.filter(site=site)],
        lose=lose,
        gain=gain,
        back=_roles_of(site, to, day),
        back_fields=_filled(_last_place(site, to), OWN) if before.during.upper == site.ended_on else [],
    )


def part_touched(site: Site, *, day: date) -> dict[str, Any]:
    """What splitting or joining the site on a day touches: its people, parties, areas, positions, documents."""
    return {
        "people": _roles_of(site, site.customer, day),
        "parties": with_sites(SiteParty.objects.filter(site=site, customer=site.customer, during__holds=day)),
        "areas": Area.objects.filter(site=site).count(),
        "positions": Position.objects.filter(site=site).count(),
        "documents": documents_of(SITE, site.pk).count(),
        "outside_ids": [f"{each.system} {each.value}" for each in SiteExternalId.objects.filter(site=site)],
    }


def tree_of(site: Site) -> list[tuple[int, Area]]:
    """The site's areas in the order of the tree, each with its depth, from 0 on."""
    inner: dict[int | None, list[Area]] = {}
    for area in Area.objects.filter(site=site).order_by("name", "pk"):
        inner.setdefault(area.parent_id, []).append(area)
    found: list[tuple[int, Area]] = []
    waiting = [(0, area) for area in reversed(inner.get(None, []))]
    while waiting:
        depth, area = waiting.pop()
        found.append((depth, area))
        waiting += [(depth + 1, each) for each in reversed(inner.get(area.pk, []))]
    return found


def _other(change: Handover, site_id: int) -> int | None:
    return change.site_id if change.other_site_id == site_id else change.other_site_id


def _roles_of(site: Site, customer: Customer | None, day: date) -> list[Given]:
    """The roles at the site written for the customer that count on the day, or come to count again."""
    if customer is None:
        return []
    rows = ContactRole.objects.filter(site=site, customer=customer, during__holds=day)
    return with_places(rows.order_by("priority", "role", "pk"), on=day)


def _last_place(site: Site, customer: Customer | None) -> dict[str, Any]:
    if customer is None:
        return {}
    places = Tenure.objects.filter(site=site, customer=customer).order_by(F("during").desc())
    return next(filter(None, places.values_list("place", flat=True)), {})


def _filled(place: dict[str, Any], names: Iterable[str]) -> list[tuple[Any, Any]]:
    """The label and value of each field that holds something."""
    labels = {field.name: field.verbose_name for field in Site._meta.concrete_fields}
    return [(labels[name], _shown(place[name])) for name in names if place.get(name)]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_entry(each) for each in value)
    return str(value)


def _entry(value: Any) -> str:
    return str(value.get("number") or value.get("address") or "") if isinstance(value, dict) else str(value)


def _watchers(giver: Customer | None, taker: Customer | None) -> tuple[int, int]:
    """How many users see the giver and not the taker, and the other way round. Who sees all neither loses nor gains."""
    few = User.objects.filter(is_active=True, all_customers=False)
    sets = [
        set(few.filter(pk__in=Grant.objects.filter(customer_id=each.pk).values("user_id")).values_list("pk", flat=True))
        if each
        else set()
        for each in (giver, taker)
    ]
    return len(sets[0] - sets[1]), len(sets[1] - sets[0])
