"""What can be done to a visit: a verb each, with the states it fits and the sentence that says why it does not.

Nothing here reads the database or the clock. Whoever sets out need not have been sent a message nor have accepted it:
small firms agree such things in the corridor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.access.permissions import Permission
from sitebook.jobs import job_verbs, states
from sitebook.jobs.states import Status, VisitState


@dataclass(frozen=True, kw_only=True)
class Now:
    """A visit as its verbs see it. ``last_at``: when something was done to it in the field last. ``people``: how many
    are sent."""

    visit: str
    state: VisitState
    job: str
    job_status: Status
    says_where: bool = True
    has_time: bool = True
    people: int = 1
    last_at: datetime | None = None
    must_sign: bool = False
    signed: bool = False


@dataclass(frozen=True, kw_only=True)
class Verb:
    """``asks``: what the form asks for. ``field``: it is done by whoever is on the way or there."""

    key: str
    label: str | Promise
    icon: str
    fits: frozenset[VisitState]
    needs: Permission = Permission.CHANGE_JOBS
    unless: Callable[[Now], str] = lambda now: ""
    asks: Literal["", "reason", "note", "note or nothing", "time", "people", "signature"] = ""
    field: bool = False
    danger: bool = False

    def why_not(self, now: Now) -> str:
        """Why it is not possible now, as a sentence; "" where it is."""
        if now.job_status not in states.AHEAD:
            said = {"job": now.job, "status": str(now.job_status.label).lower()}
            return _("%(job)s is %(status)s. Nothing is done to its visits any more.") % said
        if now.state in self.fits:
            return self.unless(now)
        said = {"visit": now.visit, "state": str(now.state.label).lower(), "verb": str(self.label).lower()}
        wanted = [str(each.label).lower() for each in VisitState if each in self.fits]
        said["wanted"] = wanted[0] if len(wanted) == 1 else ", ".join(wanted[:-1]) + _(" or ") + wanted[-1]
        return _("%(visit)s is %(state)s. For “%(verb)s” it has to be %(wanted)s.") % said


def why_no_new(now: job_verbs.Now) -> str:
    """Why a job takes no further visit; "" where it does."""
    if not now.says_where:
        return _("Say at which site %(job)s is, or that it is at none, before you plan a visit.") % {"job": now.job}
    if now.status == Status.WORK_DONE:
        return _("The work of %(job)s is done. Say first that more work is needed.") % {"job": now.job}
    if now.status not in states.AHEAD:
        said = {"job": now.job, "status": str(now.status.label).lower()}
        return _("%(job)s is %(status)s. It takes no visits.") % said
    return ""


def _no_time(now: Now) -> str:
    return "" if now.has_time else _("%(visit)s has no time yet. Plan it first.") % {"visit": now.visit}


def _nobody_goes(now: Now) -> str:
    return "" if now.people else _("Nobody is sent to %(visit)s yet. Say who goes.") % {"visit": now.visit.lower()}


def _waits(now: Now) -> str:
    if now.job_status != Status.ON_HOLD:
        return ""
    return _("%(job)s is on hold. Take it off hold first.") % {"job": now.job}


def _not_signed(now: Now) -> str:
    if not now.must_sign or now.signed:
        return ""
    return _("This work needs a signature. Have it signed, or say why there is none.")


_V = VisitState
_WORK = Permission.WORK_ON_VISITS
_THERE = frozenset({_V.ON_SITE, _V.PAUSED})
_ON_THE_WAY = _THERE | {_V.TRAVELLING}
VERBS: tuple[Verb, ...] = (
    Verb(key="plan", label=lazy("Plan"), icon="clock", fits=frozenset({_V.PROPOSED}), asks="time"),
    Verb(
        key="staff",
        label=lazy("Say who goes"),
        icon="contacts",
        fits=states.OPEN_VISIT,
        asks="people",
    ),
    Verb(key="confirm", label=lazy("Confirm"), icon="check", fits=frozenset({_V.PROPOSED}), unless=_no_time),
    Verb(key="send", label=lazy("Mark as sent"), icon="mail", fits=frozenset({_V.CONFIRMED}), unless=_nobody_goes),
    Verb(
        key="accept",
        label=lazy("Accept"),
        icon="check",
        fits=frozenset({_V.CONFIRMED, _V.SENT}),
        needs=_WORK,
    ),
    Verb(key="move", label=lazy("Move"), icon="clock", fits=states.FIRM, asks="time"),
    Verb(
        key="travel",
        label=lazy("Set out"),
        icon="route",
        fits=states.FIRM,
        needs=_WORK,
        unless=_waits,
        field=True,
    ),
    Verb(
        key="arrive",
        label=lazy("Arrive"),
        icon="sites",
        fits=states.FIRM | {_V.TRAVELLING},
        needs=_WORK,
        unless=_waits,
        field=True,
    ),
    Verb(key="pause", label=lazy("Pause"), icon="pause", fits=frozenset({_V.ON_SITE}), needs=_WORK, field=True),
    Verb(key="resume", label=lazy("Go on"), icon="undo", fits=frozenset({_V.PAUSED}), needs=_WORK, field=True),
    Verb(
        key="sign",
        label=lazy("Sign"),
        icon="edit",
        fits=_THERE,
        needs=_WORK,
        asks="signature",
        field=True,
    ),
    Verb(
        key="finish",
        label=lazy("Finish"),
        icon="check",
        fits=_THERE,
        needs=_WORK,
        unless=_not_signed,
        asks="note or nothing",
        field=True,
    ),
    Verb(key="more", label=lazy("More work needed"), icon="route", fits=_THERE, needs=_WORK, asks="note", field=True),
    Verb(key="no-access", label=lazy("No access"), icon="lock", fits=_ON_THE_WAY, needs=_WORK, asks="note", field=True),
    Verb(
        key="abort",
        label=lazy("Stop, unsafe"),
        icon="stop",
        fits=_ON_THE_WAY,
        needs=_WORK,
        asks="note",
        field=True,
        danger=True,
    ),
    Verb(
        key="decline",
        label=lazy("Decline"),
        icon="close",
        fits=states.FIRM,
        needs=_WORK,
        asks="reason",
    ),
    Verb(key="cancel", label=lazy("Cancel the visit"), icon="stop", fits=states.BEFORE, asks="reason", danger=True),
)
BY_KEY: dict[str, Verb] = {each.key: each for each in VERBS}
IN_THE_FIELD = frozenset(each.key for each in VERBS if each.field)
