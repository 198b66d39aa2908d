"""One site becomes two, two become one: areas and positions move along, and both can be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from sitebook.access.identity import beyond_sight
from sitebook.basics.letter_case import lowered
from sitebook.basics.refused import Refused
from sitebook.contacts.models import ContactRole, SiteParty
from sitebook.files.models import Document
from sitebook.handovers import along
from sitebook.sites.models import Area, Handover, Position, Site, Tenure
from sitebook.sites.register import SITES
from sitebook.ui.formats import day_text

_COPIED = (*(each.name for each in SITES.writable(new=True) if each.copied), "custom")


def split(
    site: Site, *, name: str, day: date, today: date, areas: Iterable[Area], by_id: int | None, reason: str = ""
) -> Handover:
    """Make a second site of a part of this one, from ``day`` on, with the same customer.

    ``areas`` go along with all that lies in them; contacts' roles and parties of the day count for both.
    Raises Refused (day_not_possible), code_taken never: the new site has no code.
    """
    with transaction.atomic():
        site = Site.objects.select_for_update(of=("self",)).select_related("customer").get(pk=site.pk)
        tenure = _tenure_now(site, day=day, today=today)
        other = Site(customer=site.customer, name=name, split_from=site, **{f: getattr(site, f) for f in _COPIED})
        other.save(force_insert=True)
        Tenure.objects.create(site=other, customer=tenure.customer, during=DateRange(day, None), reason=reason[:200])
        whole, tops = _subtrees(site, areas)
        details = {"tops": {str(area.pk): area.parent_id for area in tops}}
        _must_differ_in_name(tops)
        Area.objects.filter(pk__in=[area.pk for area in tops]).update(parent=None, site=other)
        _move(whole, to=other)
        copies = [*_in_force(ContactRole, site, day), *_in_force(SiteParty, site, day)]
        with beyond_sight():  # a landlord or a contact the user does not see stays one of both
            for row in copies:
                row.pk, row.site, row.during = None, other, DateRange(day, row.during.upper)
                row.save(force_insert=True)
        change = Handover.objects.create(
            site=site,
            other_site=other,
            kind=Handover.Kind.SPLIT,
            day=day,
            customer=site.customer,
            reason=reason[:200],
            details=details,
            made_by_id=by_id,
        )
        along.go(change)
    return change


def join(
    site: Site, *, into: Site, day: date, at: datetime, today: date, by_id: int | None, reason: str = ""
) -> Handover:
    """End a site on ``day``: it becomes an area of another site of the same customer, and is archived.

    Raises Refused (cannot_join) (another customer, the same site, a tag number both use), Refused (day_not_possible).
    """
    with transaction.atomic():
        pair = Site.objects.select_for_update(of=("self",)).filter(pk__in=[site.pk, into.pk]).order_by("pk").in_bulk()
        site, into = pair[site.pk], pair[into.pk]
        _must_go_together(site, into)
        _tenure_now(into, day=day, today=today)
        tenure = _tenure_now(site, day=day, today=today)
        tenure.cut(on=day)
        reason = reason or _("Joined into %(site)s") % {"site": into}
        Site.objects.filter(pk=site.pk).update(
            status=Site.Status.CLOSED,
            ended_on=day,
            joined_into=into,
            archived_at=at,
            archived_by_id=by_id,
            archive_reason=reason[:200],
        )
        change = Handover.objects.create(
            site=site,
            other_site=into,
            kind=Handover.Kind.JOINED,
            day=day,
            customer=site.customer,
            reason=reason[:200],
            details=_put_inside(site, into) | {"status": site.status},
            made_by_id=by_id,
        )
        along.go(change)
    return change


def take_back(change: Handover, *, at: datetime) -> None:
    """Undo a split or a join. Raises Refused (does_not_stand, out_of_sight, site_in_use)."""
    change = Handover.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if change.reversed_at or change.other_site_id is None:
        raise Refused(_("This does not stand any more. Reload the page."), code="does_not_stand")
    both = Site.objects.select_for_update(of=("self",)).order_by("pk")
    pair = both.in_bulk([change.site_id, change.other_site_id])
    if len(pair) < 2:
        text = _("One of the two sites is with a customer you do not see. Ask somebody who sees both customers.")
        raise Refused(text, code="out_of_sight")
    site, other = pair[change.site_id], pair[change.other_site_id]
    if site.customer_id != other.customer_id:
        text = _("%(site)s and %(other)s have different customers by now. Take back what came in between first.")
        raise Refused(text % {"site": site, "other": other}, code="site_in_use")
    if change.kind == Handover.Kind.SPLIT:
        _unsplit(change, site, other)
    else:
        _unjoin(change, site)
    Handover.objects.filter(pk=change.pk).update(reversed_at=at)


def _unsplit(change: Handover, site: Site, other: Site) -> None:
    for there, what in (
        (Tenure.objects.filter(site=other).count() > 1, _("it has changed hands since")),
        (Handover.objects.filter(site=other, reversed_at__isnull=True).exists(), _("it was divided or joined since")),
        (Site.objects.filter(joined_into=other).exists(), _("another site was joined into it")),
        (Site.objects.filter(split_from=other).exists(), _("another site was split from it")),
        (Document.objects.about(Site._meta.db_table, other.pk).exists(), _("it has documents")),
    ):
        if there:
            text = _("%(site)s cannot be taken back into %(into)s: %(why)s. Join it instead.")
            raise Refused(text % {"site": other, "into": site, "why": what}, code="site_in_use")
    try:
        with transaction.atomic():
            for pk, parent in change.details.get("tops", {}).items():
                still = Area.objects.filter(pk=parent, site=site).exists()
                Area.objects.filter(pk=pk, site=other).update(parent_id=parent if still else None, site=site)
            _move(list(Area.objects.filter(site=other)), to=site)
            Position.objects.filter(site=other).update(site=site)
    except IntegrityError as fault:
        text = _("%(into)s has an area or position of the same name now. Rename it first.")
        raise Refused(text % {"into": site}, code="site_in_use") from fault
    along.come_back(change)
    with beyond_sight():  # hand-overs taken back since may name customers the user does not see
        other.delete()


def _unjoin(change: Handover, site: Site) -> None:
    tenure = Tenure.objects.filter(site=site).order_by("-during").first()
    if tenure is None:
        raise Refused(_("This does not stand any more. Reload the page."), code="does_not_stand")
    wrapper = Area.objects.filter(pk=change.details.get("wrapper")).first()
    Site.objects.filter(pk=site.pk).update(
        status=change.details["status"],
        ended_on=None,
        joined_into=None,
        archived_at=None,
        archived_by_id=None,
        archive_reason="",
        archived_with="",
    )
    tenure.lasts(tenure.during.lower, None)
    if wrapper is None:
        along.come_back(change)
        return
    whole = [area for area in _subtrees(wrapper.site, [wrapper])[0] if area.pk != wrapper.pk]
    Area.objects.filter(parent=wrapper).update(parent=None, site=site)
    Position.objects.filter(area=wrapper).update(area=None, site=site)
    _move(whole, to=site)
    along.come_back(change)
    wrapper.delete()


def _tenure_now(site: Site, *, day: date, today: date) -> Tenure:
    """The tenure the site has now, which must hold on the day already."""
    if day > today:
        raise Refused(
            _("%(day)s is still to come. Choose a day that has been.") % {"day": day_text(day)}, code="day_not_possible"
        )
    found = Tenure.objects.in_force(on=day).filter(site=site).select_related("customer").first()
    if site.ended_on or found is None or found.during.upper is not None or found.during.lower == day:
        text = _("%(site)s must be its customer’s from before %(day)s until now. Choose another day.")
        raise Refused(text % {"site": site, "day": day_text(day)}, code="day_not_possible")
    return found


def _must_go_together(site: Site, into: Site) -> None:
    words = {"site": site, "into": into}
    if site.pk == into.pk:
        raise Refused(_("%(site)s cannot be joined into itself. Choose another site.") % words, code="cannot_join")
    if site.customer_id != into.customer_id or site.customer_id is None:
        text = _("%(site)s and %(into)s have different customers. Hand one of them over first.")
        raise Refused(text % words, code="cannot_join")
    if into.is_archived:
        raise Refused(_("%(into)s is archived. Restore it first.") % words, code="is_archived")
    tagged = Position.objects.exclude(tag_number="").annotate(tag=Lower("tag_number"))
    both = tagged.filter(site=into, tag__in=tagged.filter(site=site).values("tag"))
    if tags := list(both.values_list("tag_number", flat=True)[:3]):
        text = _("Both sites use the tag number %(tags)s. Change it on one of them first.")
        raise Refused(text % {"tags": ", ".join(tags)}, code="cannot_join")


def _put_inside(site: Site, into: Site) -> dict[str, Any]:
    """Make the site an area of the other one, when there is anything in it."""
    whole = list(Area.objects.filter(site=site))
    if not whole and not Position.objects.filter(site=site).exists():
        return {}
    names = set(Area.objects.filter(site=into, parent=None).values_list("name", flat=True))
    name = site.name[:80] if site.name[:80] not in names else f"{site.name[:80]} ({site.reference})"
    try:
        with transaction.atomic():
            wrapper = Area.objects.create(site=into, name=name, kind=site.type[:60])
    except IntegrityError:
        wrapper = Area.objects.create(site=into, name=f"{site.name[:80]} ({site.reference})", kind=site.type[:60])
    Area.objects.filter(site=site, parent=None).update(parent=wrapper, site=into)
    Position.objects.filter(site=site, area=None).update(area=wrapper, site=into)
    _move(whole, to=into)
    return {"wrapper": wrapper.pk}


def _must_differ_in_name(tops: list[Area]) -> None:
    small, seen = lowered(area.name for area in tops), set[str]()
    for area in tops:
        if small[area.name] in seen:
            text = _("Two of the areas that would go along are called “%(name)s”. Rename one of them first.")
            raise Refused(text % {"name": area.name}, code="cannot_join")
        seen.add(small[area.name])


def _move(areas: list[Area], *, to: Site) -> None:
    ids = [area.pk for area in areas]
    Area.objects.filter(pk__in=ids).update(site=to)
    Position.objects.filter(area_id__in=ids).update(site=to)


def _subtrees(site: Site, chosen: Iterable[Area]) -> tuple[list[Area], list[Area]]:
    """The chosen areas with all that lies in them, and those at the top of what was chosen."""
    inner: dict[int | None, list[Area]] = {}
    for area in Area.objects.filter(site=site):
        inner.setdefault(area.parent_id, []).append(area)
    ids = {area.pk for area in chosen}
    whole: dict[int, Area] = {}
    waiting = [area for areas in inner.values() for area in areas if area.pk in ids]
    below: set[int] = set()
    while waiting:
        area = waiting.pop()
        whole[area.pk] = area
        for each in inner.get(area.pk, []):
            below.add(each.pk)
            if each.pk not in whole:
                waiting.append(each)
    return list(whole.values()), [area for area in whole.values() if area.pk not in below]


def _in_force(kind: type[ContactRole] | type[SiteParty], site: Site, day: date) -> Iterable[Any]:
    return kind._default_manager.filter(site=site, customer=site.customer, during__holds=day)
