"""Who else has to do with a site: owner or landlord, managing agent, occupier or tenant, and who pays instead.

A row is written for the customer who has the site (``SiteParty.customer``) and counts on days that customer has it.
Days are days in the site's zone, periods half open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sitebook.access.identity import beyond_sight
from sitebook.basics.refused import Refused
from sitebook.contacts.models import Contact, SiteParty
from sitebook.contacts.roles import had_on
from sitebook.customers.models import Customer
from sitebook.records.dated import must_begin_before
from sitebook.sites.models import Handover, Site
from sitebook.ui.formats import day_text

PAYER = SiteParty.Role.PAYER.value
_ORDER = {role: place for place, role in enumerate(SiteParty.Role.values)}


@dataclass(frozen=True)
class Named:
    """A party with its name. ``party``, ``site`` and ``customer``, for whom it was written, are None where the
    user may not see them."""

    row: SiteParty
    role: str
    party: Customer | Contact | None
    site: Site | None
    customer: Customer | None

    @property
    def name(self) -> str:
        if self.party is not None:
            return str(self.party)
        return _("another contact") if self.row.person_id else _("another customer")


def name_party(
    site: Site, *, role: str, party: Customer | Contact, since: date, until: date | None = None
) -> SiteParty:
    """Say who has this role at the site, for the customer who has it on ``since``.

    ``until``: the first day on which it is over.
    Raises Refused (site_without_customer, is_archived, pays_anyway, has_role_already, payer_exists,
    day_outside_period).
    """
    customer = _had_on(site, since)
    must_begin_before(since, until)
    row = SiteParty(site=site, customer=customer, role=role, during=DateRange(since, until), **_who(party))
    _must_fit(row, party)
    row.save(force_insert=True)
    return row


@transaction.atomic
def change_party(row: SiteParty, *, party: Customer | Contact, since: date) -> SiteParty:
    """Put another one in the place of this party from ``since`` on, up to the day it would have ended.

    What would end before it began goes as if never written. Raises as ``name_party``, and Refused (day_outside_period).
    """
    row, site = _locked(row)
    customer = _had_on(site, since)
    if customer.pk != row.customer_id:
        text = _("On %(day)s %(customer)s had %(site)s. Name the party for that time instead.")
        raise Refused(text % {"day": day_text(since), "customer": customer, "site": site}, code="day_outside_period")
    row.must_last_until(since)
    if _is(row, party):
        raise Refused(_("%(name)s is it already. Choose another one.") % {"name": party}, code="has_role_already")
    during = DateRange(since, row.during.upper)
    fresh = SiteParty(site=site, customer=customer, role=row.role, during=during, **_who(party))
    _must_fit(fresh, party, instead_of=row)
    return row.replace(fresh, since=since)


def end_party(row: SiteParty, *, on: date) -> None:
    """It is over from ``on``; what would end before it began goes as if never written.

    Raises Refused (day_outside_period).
    """
    row, _site = _locked(row)
    row.must_last_until(on)
    row.cut(on=on)


def carry(
    *,
    site: Site,
    from_customer: Customer,
    to_customer: Customer,
    on: date,
    roles: Iterable[str],
    change: Handover,
) -> list[SiteParty]:
    """Write the former customer's parties of these roles that count on the day anew for the next customer.

    They bear the hand-over in ``carried_by``, so that ``uncarry`` finds them. Who pays instead never comes along:
    that was agreed with the customer who leaves. A party the author does not see comes along unread.
    """
    wanted = sorted({role for role in roles if role != PAYER and role in _ORDER})
    there = SiteParty.objects.filter(site=site, customer=from_customer, role__in=wanted, during__holds=on)
    known = list(SiteParty.objects.not_over(on=on).filter(site=site, customer=to_customer))
    fresh = [
        SiteParty(
            site=site,
            customer=to_customer,
            role=row.role,
            party_id=row.party_id,
            person_id=row.person_id,
            during=during,
            carried_by=change,
        )
        for row in there.order_by("pk")
        if (during := _free(row, known, on=on)) is not None
    ]
    with beyond_sight():
        return SiteParty.objects.bulk_create(fresh)


def uncarry(change: Handover) -> list[str]:
    """Take away what a hand-over carried along. Returns the roles, to carry them on another day."""
    rows = SiteParty.objects.filter(carried_by=change)
    roles = sorted(set(rows.values_list("role", flat=True)))
    rows.delete()
    return roles


def parties_at(site: Site, *, on: date) -> tuple[list[Named], list[Named]]:
    """Who is a party of the site on a day, and who is at other times; in the order of roles, the latest first."""
    rows = list(SiteParty.objects.filter(site=site))
    now = set(SiteParty.objects.in_force(on=on).filter(site=site).values_list("pk", flat=True)) if rows else set()
    named = sorted(_with_names(rows), key=_latest_first)
    return [each for each in named if each.row.pk in now], [each for each in named if each.row.pk not in now]


def party_of(who: Customer | Contact, *, on: date) -> QuerySet[SiteParty]:
    """Where this customer or contact is a party on a day, of the sites the reader sees."""
    mine = {"person": who} if isinstance(who, Contact) else {"party": who}
    return SiteParty.objects.in_force(on=on).filter(**mine, site__in=Site.objects.all())


def sites_with(customer_id: int, *, on: date) -> QuerySet[SiteParty, Any]:
    """The ids of sites where this customer is a party on a day."""
    return SiteParty.objects.in_force(on=on).filter(party=customer_id).values("site")


def with_sites(rows: Iterable[SiteParty]) -> list[Named]:
    """Rows with the names of their parties and sites, by the site's name."""
    return sorted(_with_names(list(rows)), key=lambda each: (each.site.name_key if each.site else "", _rank(each.row)))


def _with_names(rows: list[SiteParty]) -> list[Named]:
    customers = Customer.objects.in_bulk({pk for row in rows for pk in (row.party_id, row.customer_id) if pk})
    contacts = Contact.objects.in_bulk({row.person_id for row in rows if row.person_id})
    sites = Site.objects.in_bulk({row.site_id for row in rows})
    return [
        Named(
            row=row,
            role=str(SiteParty.Role(row.role).label),
            party=contacts.get(row.person_id) if row.person_id else customers.get(row.party_id or 0),
            site=sites.get(row.site_id),
            customer=customers.get(row.customer_id),
        )
        for row in rows
    ]


def _latest_first(each: Named) -> tuple[int, int, int]:
    begins = each.row.during.lower
    return _rank(each.row), -(begins.toordinal() if begins else 0), each.row.pk


def _rank(row: SiteParty) -> int:
    return _ORDER.get(row.role, len(_ORDER))


def _free(row: SiteParty, known: list[SiteParty], *, on: date) -> DateRange | None:
    """The days from ``on`` in which the next customer does not name the same party itself; None when there are none."""
    key = (row.role, row.party_id, row.person_id)
    same = [each.during for each in known if (each.role, each.party_id, each.person_id) == key]
    if any(on in during for during in same):
        return None
    ends = [day for day in (row.during.upper, *(during.lower for during in same)) if day is not None]
    return DateRange(on, min(ends) if ends else None)


def _had_on(site: Site, day: date) -> Customer:
    """As ``had_on``; named parties wait for each other here."""
    found = had_on(site, day)
    Site.objects.select_for_update(of=("self",), no_key=True).filter(pk=site.pk).first()
    return found


def _locked(row: SiteParty) -> tuple[SiteParty, Site]:
    site = Site.objects.select_for_update(of=("self",), no_key=True).filter(pk=row.site_id).first()
    if site is None:
        raise Refused(_("Somebody else took this back meanwhile. Reload the page."), code="does_not_stand")
    return row.locked(), site


def _is(row: SiteParty, party: Customer | Contact) -> bool:
    return party.pk == (row.person_id if isinstance(party, Contact) else row.party_id)


def _who(party: Customer | Contact) -> dict[str, Any]:
    return {"person": party} if isinstance(party, Contact) else {"party": party}


def _must_fit(fresh: SiteParty, party: Customer | Contact, *, instead_of: SiteParty | None = None) -> None:
    """The party may have the role in that time; days of ``instead_of`` are free. Raises as ``name_party``."""
    if party.is_archived:
        raise Refused(
            _("%(name)s is archived. Restore it first, or choose another one.") % {"name": party}, code="is_archived"
        )
    there = SiteParty.objects.filter(
        site=fresh.site, customer=fresh.customer, role=fresh.role, during__overlap=fresh.during
    ).exclude(pk=instead_of.pk if instead_of else 0)
    if same := there.filter(**_who(party)).first():
        text = _("%(name)s has this role at %(site)s already, %(period)s. End that first, or choose other days.")
        raise Refused(
            text % {"name": party, "site": fresh.site, "period": _period(same.during)}, code="has_role_already"
        )
    if fresh.role == PAYER:
        _may_pay(fresh.site, fresh.customer, party, there)


def _may_pay(site: Site, customer: Customer, party: Customer | Contact, there: QuerySet[SiteParty]) -> None:
    if party == customer:
        text = _("%(name)s has %(site)s and pays anyway. Choose who pays instead.")
        raise Refused(text % {"name": party, "site": site}, code="pays_anyway")
    if other := there.first():
        (named,) = _with_names([other])
        text = _("%(name)s pays for %(site)s already, %(period)s. Change or end that first: one pays at a time.")
        raise Refused(text % {"name": named.name, "site": site, "period": _period(other.during)}, code="payer_exists")


def _period(during: DateRange) -> str:
    begin, end = during.lower, during.upper
    words = {"begin": day_text(begin) if begin else "", "end": day_text(end) if end else ""}
    if begin and end:
        return _("from %(begin)s until %(end)s") % words
    if begin:
        return _("since %(begin)s") % words
    return _("until %(end)s") % words if end else _("always known")
