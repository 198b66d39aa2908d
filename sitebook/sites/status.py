"""What a site is used as: Prospective, then Active, Dormant and back, then Closed for good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.access.identity import because
from sitebook.basics.refused import Refused
from sitebook.sites.models import Site

PROSPECTIVE, ACTIVE, DORMANT, CLOSED = Site.Status.values


@dataclass(frozen=True)
class Command:
    """What may be done about the status; ``why`` it cannot be done now, or ""."""

    key: str
    label: str
    why: str


_COMMANDS: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "activate": (lazy("Make active"), ACTIVE, (PROSPECTIVE, DORMANT)),
    "rest": (lazy("Make dormant"), DORMANT, (ACTIVE,)),
    "close": (lazy("Close for good"), CLOSED, (DORMANT,)),
}


def commands(site: Site) -> Iterable[Command]:
    """Every command but the one that leads to where the site is, with the reason where it is blocked."""
    for key, (label, to, _before) in _COMMANDS.items():
        if to != site.status:
            yield Command(key, str(label), _why_not(site.status, to))


def set_status(site: Site, *, command: str, reason: str = "") -> None:
    """Do one of the commands: ``activate``, ``rest`` or ``close``, which needs a reason.

    Raises Refused (status_not_reachable, reason_missing).
    """
    if command not in _COMMANDS:
        raise Refused(
            _("Sitebook does not know “%(act)s”. Reload the page and try again.") % {"act": command[:40]},
            code="unknown_action",
        )
    _label, to, before = _COMMANDS[command]
    site = Site.objects.select_for_update(of=("self",)).get(pk=site.pk)
    if site.status not in before:
        raise Refused(f"{site}: {_why_not(site.status, to)}", code="status_not_reachable")
    if to == CLOSED and not reason.strip():
        raise Refused(_("Write why %(site)s is closed.") % {"site": site}, code="reason_missing")
    if reason.strip():
        because(reason.strip())
    site.change(version=site.version, status=to)


def leads_to(command: str) -> str:
    """The status that a command leads to."""
    return _COMMANDS[command][1]


def why_not(site: Site, to: str) -> str:
    """Why the site cannot get this status now, or ""."""
    return _why_not(site.status, to)


def _why_not(now: str, to: str) -> str:
    if now in next(before for _label, target, before in _COMMANDS.values() if target == to):
        return ""
    if now == to:
        return _("It has this status already.")
    if now == CLOSED:
        return _("A closed site is not opened again.")
    return _("Make it active first.") if to == DORMANT or now == PROSPECTIVE else _("Make it dormant first.")
