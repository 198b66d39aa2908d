"""Sites and customers as they were on another day, and as a former customer's people still know them.

``Tenure.place`` keeps the site's fields as its customer last knew them; contacts, parties and areas carry
their own periods. Days are days in the site's zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.custom_fields.records import of_the_place
from sitebook.customers.models import Customer
from sitebook.records.as_of import as_it_was
from sitebook.sites.models import Handover, Site, Tenure
from sitebook.sites.register import SITES
from sitebook.sites.tables import SITE
from sitebook.ui.formats import day_text


@dataclass(frozen=True, kw_only=True)
class Then:
    """What is special about a site that is not shown as it is today.

    live: the reader also sees it as it is today. tenure: who had it on the day, None where that is hidden or
    nobody knew the site. known: the site was in the register on the day. until: the first day on which the
    reader's customer had it no more, where the live site is hidden. ended: what it was joined into by that day.
    """

    on: date
    live: bool
    tenure: Tenure | None
    known: bool = True
    until: date | None = None
    future: bool = False
    ended: str = ""

    @property
    def customer(self) -> Customer | None:
        return self.tenure.customer if self.tenure else None

    @property
    def who(self) -> str:
        """The customer of the day in words, or "" when the site was not known."""
        if self.tenure is None:
            return _("another customer") if self.known else ""
        return str(self.tenure.customer or _("vacant"))

    @property
    def sentence(self) -> str:
        if self.ended:
            return self.ended
        words = {"day": day_text(self.on), "until": day_text(self.until or self.on), "customer": self.who}
        if not self.known:
            return _("On %(day)s this site was not in the register.") % words
        if self.until and self.customer:
            return _("%(customer)s had this site until %(until)s. This is how it was then.") % words
        if self.tenure is None:
            return _("On %(day)s another customer had this site.") % words
        return as_it_was(self.on, future=self.future)


@dataclass(frozen=True)
class Seen:
    """A site as the reader may see it on a day. ``then`` is None when it is the live row of today.

    Else ``site`` is a stand-in with the same attributes, which saves nothing: its version is none that ever was.
    """

    site: Site
    on: date
    then: Then | None = None


def place_seen(pk: int, *, on: date | None, today: date, sees_all: bool = False) -> Seen | None:
    """The site on a day, today by default; None when the reader sees it on no day at all.

    Where the live site is hidden, the last day of the tenures the reader sees stands for today.
    ``sees_all``: no tenure is hidden from the reader, so that a missing one says that nobody knew the site.
    """
    live = Site.objects.select_related("customer").filter(pk=pk).first()
    if live is not None and on in (None, today):
        return Seen(live, today)
    if live is not None and live.ended_on is not None and on is not None and live.ended_on <= on:
        return Seen(live, on, Then(on=on, live=True, tenure=None, ended=live.said_of_end))
    newest = Tenure.objects.filter(site_id=pk).order_by(F("during").desc()).select_related("customer").first()
    if live is None and newest is None:
        return None
    if on is None and newest is not None:
        upper = newest.during.upper
        return _as_then(pk, newest, live=None, on=upper - timedelta(1) if upper else today, until=upper)
    day = on or today
    tenure = Tenure.objects.in_force(on=day).filter(site_id=pk).select_related("customer").first()
    if tenure is not None:
        until = None if live else tenure.during.upper
        return _as_then(pk, tenure, live=live, on=day, until=until, future=day > today)
    known = not (sees_all or _split_off_after(pk, day))
    site = _stand_in(pk, _of_the_place(live, newest), None, live, on=day)
    return Seen(site, day, Then(on=day, live=live is not None, tenure=None, known=known))


def tenures_on(on: date) -> QuerySet[Tenure]:
    """Who had which site on a day, as far as the reader may see it; sites archived by that day are left out."""
    archived = Site.objects.filter(pk=OuterRef("site"), archived_at__date__lte=on)
    return Tenure.objects.in_force(on=on).filter(~Exists(archived))


def tenures_before(customers: Iterable[int], *, today: date) -> QuerySet[Tenure]:
    """The sites these customers had and have handed on, each time by itself."""
    return Tenure.objects.before(today).filter(customer__in=list(customers))


def _as_then(pk: int, tenure: Tenure, *, live: Site | None, on: date, until: date | None, future: bool = False) -> Seen:
    site = _stand_in(pk, tenure.place, tenure.customer, live, on=on)
    return Seen(site, on, Then(on=on, live=live is not None, tenure=tenure, until=until, future=future))


def _split_off_after(pk: int, day: date) -> bool:
    splits = Handover.objects.filter(other_site=pk, kind=Handover.Kind.SPLIT, reversed_at=None)
    return splits.filter(day__gt=day).exists()


def _of_the_place(live: Site | None, newest: Tenure | None) -> dict[str, Any]:
    """What belongs to the place itself; what one customer's people wrote as theirs is not shown under another's."""
    if live is not None:
        names = [field.attname for field in Site._meta.concrete_fields]
        place = {name: getattr(live, name) for name in names}
    else:
        place = dict(newest.place) if newest else {}
    custom = {"custom": of_the_place(SITE, place.get("custom") or {})}
    return {name: value for name, value in place.items() if name not in OWN} | custom


_NOT_OF_THE_DAY = (
    "id", "customer_id", "name_key", "archived_at", "archived_by_id", "archive_reason", "archived_with", "created_at",
    "created_by_id", "updated_at", "updated_by_id", "version", "ended_on", "joined_into_id", "split_from_id",
)  # fmt: skip


def _stand_in(pk: int, place: dict[str, Any], customer: Customer | None, live: Site | None, *, on: date) -> Site:
    site = Site(pk=pk, customer=customer, version=0, archived_with="")
    site.reference = live.reference if live else ""
    site.created_at = live.created_at if live else None  # type: ignore[assignment]
    site.updated_at = None  # type: ignore[assignment]
    for field in Site._meta.concrete_fields:
        if field.attname in place and field.attname not in _NOT_OF_THE_DAY:
            value = place[field.attname]
            setattr(site, field.attname, field.to_python(str(value) if isinstance(value, float) else value))
    if live is not None and live.archived_at and timezone.localdate(live.archived_at) <= on:
        site.archived_at, site.archive_reason = live.archived_at, live.archive_reason
    site._state.adding = False
    return site


# What a customer's people wrote about a site as theirs. It leaves with them; all else belongs to the place.
OWN: dict[str, Any] = {each.name: each.empty for each in SITES.bound if each.leaves}
