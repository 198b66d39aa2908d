"""What every tab of a site's page shows beside its own contents."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone

from sitebook.assets.models import Asset
from sitebook.assets.of_customers import periods_on
from sitebook.config.tabs import SITE
from sitebook.contacts.pages.frame import role_address
from sitebook.contacts.people import people_at
from sitebook.jobs.models import Job
from sitebook.records.as_of import day_asked
from sitebook.records.pages.frame import READ_ONLY, tabs_on_day, user_of
from sitebook.registers.tabs import tabs_for
from sitebook.sites.as_of import Seen, place_seen
from sitebook.sites.models import Site
from sitebook.sites.status import commands

# What was joined into another site takes nothing new; what was done to it can be corrected and taken back.
_ENDED = {name: value for name, value in READ_ONLY.items() if name != "may_hand_over"}


def site_seen(request: HttpRequest, pk: int) -> Seen:
    """The site as the address asks for it, today or on a day (``on=2026-03-01``). Raises Http404."""
    user, (on, _fault) = user_of(request), day_asked(request.GET.get("on", ""))
    seen = place_seen(pk, on=on, today=timezone.localdate(), sees_all=bool(user and user.all_customers))
    if seen is None:
        raise Http404
    return seen


def site_frame(request: HttpRequest, place: Site | Seen, tab: str) -> dict[str, Any]:
    """Summary pane and tabs of a site's page. ``then``: None today, else what is special about the day."""
    seen = place if isinstance(place, Seen) else Seen(place, timezone.localdate())
    site, on, then = seen.site, seen.on, seen.then
    people = people_at(site, on=on)
    standing = periods_on(on) if then else Asset.objects.current()
    rows = {"assets": standing.filter(site=site.pk), "jobs": Job.objects.open().filter(site=site.pk)}
    asked, fault = day_asked(request.GET.get("on", ""))
    ended = _ENDED if site.ended_on else {}
    return (READ_ONLY if then else ended) | {
        "frame": "sites/site.html",
        "site": site,
        "on": on,
        "then": then,
        "on_fault": fault,
        "lives_on_in": site.lives_on_in if site.ended_on else None,
        "people": people,
        "people_add": role_address("site", site.pk, "contacts:site-contacts"),
        "status_commands": list(commands(site)),
        "tab": tab,
        "tabs": tabs_on_day(
            tabs_for(SITE, pk=site.pk, user=user_of(request), rows=rows, counts={"contacts": len(people)}),
            asked if then else None,
            without="areas" if then and not then.live else "",
        ),
        "help": "sites",
    }
