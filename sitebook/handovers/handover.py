"""What happens to a whole site: it changes hands, is split, is joined; each can be taken back.

Who had a site when is a row of tenures without gap or overlap. A hand-over cuts the tenure of its day in two;
taking it back gives the days to the tenure before. So hand-overs may be written down late, in any order,
corrected and taken back, and each day has one answer: that of the last hand-over up to it which still stands.

A user touches only tenures of customers they see: what hides a neighbour is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sitebook.access.identity import beyond_sight
from sitebook.basics.refused import Refused
from sitebook.contacts import parties
from sitebook.custom_fields.records import of_the_place, still_fitting
from sitebook.customers.models import Customer
from sitebook.handovers import split_join
from sitebook.sites.as_of import OWN
from sitebook.sites.models import Handover, Site, Tenure
from sitebook.sites.tables import SITE
from sitebook.ui.formats import day_text

CARRIED = ("owner", "agent")


def hand_over(
    site: Site,
    *,
    to: Customer | None,
    day: date,
    today: date,
    by_id: int | None,
    reason: str = "",
    name: str = "",
    carry: Iterable[str] = CARRIED,
) -> Handover:
    """Give the site to a customer, or to nobody (vacant), from ``day`` (in the site's zone) up to the next hand-over.

    ``name``: what the site is called from then on. ``carry``: the roles of parties that stay with the place.
    Raises Refused (day_not_possible, also for days to come, already_theirs, out_of_sight).
    """
    with transaction.atomic():
        site = _locked(site)
        if day > today:
            raise Refused(
                _("%(day)s is still to come. Write the hand-over down when it has happened.") % {"day": day_text(day)},
                code="day_not_possible",
            )
        before = _tenure_on(site, day)
        _must_differ(before.customer_id, to, site=site, day=day)
        if before.during.lower == day:
            text = _("%(site)s changed hands on %(day)s already. Correct that hand-over instead.")
            raise Refused(text % {"site": site, "day": day_text(day)}, code="day_not_possible")
        with beyond_sight() if to is None else nullcontext():
            end = before.during.upper
            place = {} if end == site.ended_on else _of_the_place(before.place) | ({"name": name} if name else {})
            after = before.replace(Tenure(site=site, customer=to, reason=reason[:200], place=place), since=day)
            change = Handover.objects.create(
                site=site, kind=_kind(to), day=day, customer=to, tenure=after, reason=reason[:200], made_by_id=by_id
            )
            if end == site.ended_on:
                _change_hands(site, to, name=name)
            if to is not None and before.customer is not None:
                parties.carry(
                    site=site, from_customer=before.customer, to_customer=to, on=day, roles=carry, change=change
                )
    return change


def correct(change: Handover, *, to: Customer | None, day: date, today: date, reason: str | None = None) -> Handover:
    """Say that a hand-over was on another day, or to somebody else; what came before and after stays.

    ``reason``: None leaves what is written; for another customer than before that is nothing.

    Raises Refused (does_not_stand, already_theirs, out_of_sight; day_not_possible when the day would pass the
    hand-over before or after).
    """
    with transaction.atomic():
        change, site, before, after = _standing(change)
        _must_lie_between(before, after, day=day, today=today)
        _must_differ(before.customer_id, to, site=site, day=day)
        giver, taker = before.customer, after.customer_id
        with beyond_sight() if to is None else nullcontext():
            after.correct(since=day, before=before)
            other = taker != (to.pk if to else None)
            if other:  # the reason was for the customer it turns out not to be: it goes while the rows are still theirs
                Tenure.objects.filter(pk=after.pk).update(reason="")
                Handover.objects.filter(pk=change.pk).update(reason="")
                change.reason = after.reason = ""
            change.day, change.customer, change.kind = day, to, _kind(to)
            change.reason = change.reason if reason is None else reason[:200]
            change.save(update_fields=["day", "customer", "kind", "reason"])
            if other:
                _give_instead(site, after, to)
            Tenure.objects.filter(pk=after.pk).exclude(reason=change.reason).update(reason=change.reason)
            roles = parties.uncarry(change)
            if to is not None and giver is not None:
                parties.carry(site=site, from_customer=giver, to_customer=to, on=day, roles=roles, change=change)
    return change


def take_back(change: Handover, *, at: datetime) -> None:
    """Undo what was done to the site as if it had not been.

    Raises Refused (does_not_stand, out_of_sight, site_in_use).
    """
    with transaction.atomic():
        if change.kind in (Handover.Kind.SPLIT, Handover.Kind.JOINED):
            split_join.take_back(change, at=at)
            return
        change, site, before, after = _standing(change)
        parties.uncarry(change)
        change.reversed_at, change.tenure = at, None
        change.save(update_fields=["reversed_at", "tenure"])
        end = after.during.upper
        with beyond_sight() if before.customer_id is None else nullcontext():
            after.take_back(before=before)
            if end == site.ended_on:
                _change_hands(site, before.customer, name=str(before.place.get("name", "")))


def neighbours(change: Handover) -> tuple[Tenure, Tenure]:
    """The tenure a hand-over ended and the one it began, only to be looked at.

    Raises Refused (does_not_stand, out_of_sight).
    """
    return _around(change)


def _locked(site: Site) -> Site:
    return Site.objects.select_for_update(of=("self",)).get(pk=site.pk)


def _kind(to: Customer | None) -> str:
    return Handover.Kind.VACATED if to is None else Handover.Kind.HANDED_OVER


def _tenure_on(site: Site, day: date) -> Tenure:
    found = Tenure.objects.in_force(on=day).filter(site=site).select_related("customer").first()
    if found is not None:
        return found
    first = Tenure.objects.filter(site=site).order_by("during").first()
    if site.ended_on and day >= site.ended_on:
        text = _("%(site)s ended on %(day)s. It changes hands no more.")
        raise Refused(text % {"site": site, "day": day_text(site.ended_on)}, code="day_not_possible")
    if first is not None and first.during.lower and day < first.during.lower:
        text = _("%(site)s is known here from %(day)s on. Choose that day or a later one.")
        raise Refused(text % {"site": site, "day": day_text(first.during.lower)}, code="day_not_possible")
    text = _("On %(day)s %(site)s was with a customer you do not see. Ask somebody who sees both customers.")
    raise Refused(text % {"site": site, "day": day_text(day)}, code="out_of_sight")


def _standing(change: Handover) -> tuple[Handover, Site, Tenure, Tenure]:
    """The hand-over as it stands, its site locked, the tenures before and after it.

    Raises Refused (does_not_stand, out_of_sight).
    """
    site = Site.objects.filter(pk=change.site_id).select_for_update(of=("self",)).first()
    change = Handover.objects.select_for_update(of=("self",)).get(pk=change.pk)
    before, after = _around(change)
    if site is None:
        raise Refused(_hidden(), code="out_of_sight")
    return change, site, before, after


def _around(change: Handover) -> tuple[Tenure, Tenure]:
    if change.reversed_at or change.kind not in (Handover.Kind.HANDED_OVER, Handover.Kind.VACATED):
        raise Refused(_("This hand-over does not stand any more. Reload the page."), code="does_not_stand")
    after = Tenure.objects.filter(pk=change.tenure_id or 0).select_related("customer").first()
    before = after.before() if after is not None else None
    if after is None or before is None:
        raise Refused(_hidden(), code="out_of_sight")
    return before, after


def _hidden() -> str:
    return _("This hand-over concerns a customer you do not see. Ask somebody who sees both customers.")


def _must_differ(now: int | None, to: Customer | None, *, site: Site, day: date) -> None:
    if now != (to.pk if to else None):
        return
    words = {"site": site, "day": day_text(day), "customer": to}
    if to is None:
        raise Refused(_("%(site)s was vacant on %(day)s already.") % words, code="already_theirs")
    raise Refused(
        _("%(customer)s had %(site)s on %(day)s already. Choose another customer or day.") % words,
        code="already_theirs",
    )


def _must_lie_between(before: Tenure, after: Tenure, *, day: date, today: date) -> None:
    low, high = before.during.lower, after.during.upper
    if day > today:
        raise Refused(
            _("%(day)s is still to come. Choose a day that has been.") % {"day": day_text(day)}, code="day_not_possible"
        )
    if low and day <= low:
        text = _("The hand-over before was on %(day)s. Choose a later day, or take that one back first.")
        raise Refused(text % {"day": day_text(low)}, code="day_not_possible")
    if high and day >= high:
        text = _("The next hand-over was on %(day)s. Choose an earlier day, or take that one back first.")
        raise Refused(text % {"day": day_text(high)}, code="day_not_possible")


def _of_the_place(place: dict[str, Any]) -> dict[str, Any]:
    """What belongs to the place itself; of the firm's custom fields those that say so."""
    kept = {name: value for name, value in place.items() if name not in OWN}
    return kept | ({"custom": of_the_place(SITE, place["custom"])} if place.get("custom") else {})


def _give_instead(site: Site, after: Tenure, to: Customer | None) -> None:
    live = after.during.upper == site.ended_on
    after.customer = to
    after.place = {} if live else _of_the_place(after.place)
    after.save(update_fields=["customer", "place"])
    if live:
        _change_hands(site, to, name="")


def _change_hands(site: Site, to: Customer | None, *, name: str) -> None:
    """Make ``to`` the customer the site has now. The tenures say so already.

    In three steps, for a change is filed under the customer the row belongs to after it: what leaves goes under
    the former one, what comes under the new one, and neither reads the other's.
    """
    rows = Site.objects.filter(pk=site.pk)
    site.refresh_from_db()
    comes = _known_before(site, to)
    if "custom" in comes:  # of the place stays what it is by now
        comes["custom"] |= of_the_place(SITE, site.custom)
    renamed = bool(name) and name != site.name
    gone = OWN | {"archive_reason": ""}
    gone["custom"] = of_the_place(SITE, site.custom)
    leaves = {field: blank for field, blank in gone.items() if getattr(site, field) != blank}
    if leaves or renamed:
        rows.update(**leaves, **({"name": site.reference} if renamed else {}))
    rows.update(customer=to)
    if comes or renamed:
        rows.update(**comes, **({"name": name} if renamed else {}))
    site.refresh_from_db()


def _known_before(site: Site, to: Customer | None) -> dict[str, Any]:
    """What the customer wrote about the site when it last had it; a code it uses elsewhere meanwhile stays away."""
    if to is None:
        return {}
    places = Tenure.objects.filter(site=site, customer=to).order_by("-during").values_list("place", flat=True)
    place: dict[str, Any] = next(filter(None, places), {})
    known = {field: place[field] for field in OWN if place.get(field)}
    code = known.get("code", "")
    if code and Site.objects.filter(customer=to, code__in_any_case=code).exclude(pk=site.pk).exists():
        del known["code"]
    custom = place.get("custom") or {}
    if theirs := {key: value for key, value in custom.items() if key not in of_the_place(SITE, custom)}:
        known["custom"] = still_fitting(SITE, theirs)
    return known
