"""What can be done to a job: a verb each, with the statuses it fits and the sentence that says why it does not.

Nothing here reads the database or the clock. ``Job`` does what is possible; pages and programs show the rest with its
reason. Two passages are ours that the table of the domain leaves out: a planned job can be put on hold and cancelled,
since a team alone is no reason to forbid it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from sitebook.access.permissions import Permission
from sitebook.jobs.roll_up import JobFacts, VisitFacts
from sitebook.jobs.states import Status, VisitState


@dataclass(frozen=True, kw_only=True)
class Now:
    """A job as its verbs see it. ``undecided``: the names of lines without a charge outcome; ``to_bill``: how many are
    to be charged. ``says_where``: it names a site, or says that there is none."""

    job: str
    status: Status
    facts: JobFacts
    undecided: tuple[str, ...] = ()
    to_bill: int = 0
    says_where: bool = True
    has_work_type: bool = True
    has_words: bool = True


@dataclass(frozen=True, kw_only=True)
class Verb:
    """``asks``: what the form asks for. ``by``: from the page of the job, or only by who bills."""

    key: str
    label: str | Promise
    icon: str
    needs: Permission
    fits: frozenset[Status]
    unless: Callable[[Now], str] = lambda now: ""
    asks: Literal["", "reason", "hold"] = ""
    by: Literal["page", "billing"] = "page"
    danger: bool = False

    def why_not(self, now: Now) -> str:
        """Why it is not possible now, as a sentence; "" where it is."""
        if now.status in self.fits:
            return self.unless(now)
        said = {"job": now.job, "status": str(now.status.label).lower(), "verb": str(self.label).lower()}
        if not (wanted := [str(each.label).lower() for each in Status if each in self.fits]):
            return _("%(job)s is %(status)s.") % said
        said["wanted"] = wanted[0] if len(wanted) == 1 else ", ".join(wanted[:-1]) + _(" or ") + wanted[-1]
        return _("%(job)s is %(status)s. For “%(verb)s” it has to be %(wanted)s.") % said


def _incomplete(now: Now) -> str:
    if not now.has_work_type:
        return _("Choose a work type for %(job)s first.") % {"job": now.job}
    return "" if now.has_words else _("Say what is wrong before you log %(job)s.") % {"job": now.job}


def visits_text(visits: list[VisitFacts]) -> str:
    """``Visit 2``, ``Visits 1, 2 and 4``."""
    numbers = [str(each.number) for each in visits]
    if len(numbers) == 1:
        return _("Visit %(number)s") % {"number": numbers[0]}
    return _("Visits %(first)s and %(last)s") % {"first": ", ".join(numbers[:-1]), "last": numbers[-1]}


def _visits_are_open(now: Now) -> str:
    found = now.facts.open_visits
    if not found:
        return ""
    one, many = "%(visits)s is %(state)s. End or cancel it first.", "%(visits)s are open. End or cancel them first."
    text = ngettext(one, many, len(found))
    return text % {"visits": visits_text(found), "state": str(VisitState(found[0].state).label).lower()}


def _somebody_is_there(now: Now) -> str:
    found = now.facts.begun_visits
    if not found:
        return ""
    said = {"visits": visits_text(found), "state": str(VisitState(found[0].state).label).lower()}
    return _("%(visits)s is %(state)s. End it first.") % said


def _may_not_be_cancelled(now: Now) -> str:
    if there := _somebody_is_there(now):
        return there
    number = now.to_bill + len(now.undecided)
    if not number:
        return ""
    text = ngettext("%(count)s line is neither billed nor waived. Decide it first.",
                    "%(count)s lines are neither billed nor waived. Decide them first.", number)  # fmt: skip
    return text % {"count": number}


def _lines_are_undecided(now: Now) -> str:
    if not now.undecided:
        return ""
    first, rest = now.undecided[0], len(now.undecided) - 1
    if not rest:
        return _("“%(line)s” has no charge outcome. Decide it first.") % {"line": first}
    text = ngettext("“%(line)s” and %(count)s more line have no charge outcome. Decide them first.",
                    "“%(line)s” and %(count)s more lines have no charge outcome. Decide them first.", rest)  # fmt: skip
    return text % {"line": first, "count": rest}


def _is_to_be_billed(now: Now) -> str:
    if now.status != Status.REVIEWED or not now.to_bill:
        return ""
    text = ngettext("%(count)s line is to be charged. Invoice it first.",
                    "%(count)s lines are to be charged. Invoice them first.", now.to_bill)  # fmt: skip
    return text % {"count": now.to_bill}


def _nothing_to_bill(now: Now) -> str:
    return "" if now.to_bill else _("Nothing of %(job)s is to be charged. Close it.") % {"job": now.job}


_S = Status
_CHANGE, _REVIEW = Permission.CHANGE_JOBS, Permission.REVIEW_JOBS
VERBS: tuple[Verb, ...] = (
    Verb(
        key="log",
        label=lazy("Log the job"),
        icon="check",
        needs=_CHANGE,
        fits=frozenset({_S.DRAFT}),
        unless=_incomplete,
    ),
    Verb(
        key="hold",
        label=lazy("Put on hold"),
        icon="pause",
        needs=_CHANGE,
        fits=frozenset({_S.LOGGED, _S.PLANNED, _S.SCHEDULED, _S.IN_PROGRESS, _S.TO_REPLAN}),
        asks="hold",
    ),
    Verb(key="release", label=lazy("Take off hold"), icon="undo", needs=_CHANGE, fits=frozenset({_S.ON_HOLD})),
    Verb(
        key="settle",
        label=lazy("Mark as done"),
        icon="check",
        needs=_CHANGE,
        fits=frozenset({_S.LOGGED, _S.PLANNED, _S.SCHEDULED, _S.IN_PROGRESS, _S.TO_REPLAN}),
        unless=_visits_are_open,
        asks="reason",
    ),
    Verb(
        key="more-work",
        label=lazy("More work needed"),
        icon="route",
        needs=_CHANGE,
        fits=frozenset({_S.WORK_DONE}),
        asks="reason",
    ),
    Verb(
        key="review",
        label=lazy("Review"),
        icon="check",
        needs=_REVIEW,
        fits=frozenset({_S.WORK_DONE}),
        unless=_lines_are_undecided,
    ),
    Verb(
        key="unreview",
        label=lazy("Take the review back"),
        icon="undo",
        needs=_REVIEW,
        fits=frozenset({_S.REVIEWED}),
    ),
    Verb(
        key="invoice",
        label=lazy("Mark as invoiced"),
        icon="invoices",
        needs=_REVIEW,
        fits=frozenset({_S.REVIEWED}),
        unless=_nothing_to_bill,
        by="billing",
    ),
    Verb(
        key="credit",
        label=lazy("Mark as credited"),
        icon="undo",
        needs=_REVIEW,
        fits=frozenset({_S.INVOICED}),
        by="billing",
    ),
    Verb(
        key="close",
        label=lazy("Close"),
        icon="lock",
        needs=_REVIEW,
        fits=frozenset({_S.REVIEWED, _S.INVOICED}),
        unless=_is_to_be_billed,
    ),
    Verb(
        key="reopen",
        label=lazy("Open again"),
        icon="undo",
        needs=Permission.REOPEN_JOBS,
        fits=frozenset({_S.CLOSED, _S.CANCELLED}),
        asks="reason",
    ),
    Verb(
        key="cancel",
        label=lazy("Cancel the job"),
        icon="stop",
        needs=_CHANGE,
        fits=frozenset({_S.DRAFT, _S.LOGGED, _S.PLANNED, _S.SCHEDULED, _S.TO_REPLAN, _S.ON_HOLD}),
        unless=_may_not_be_cancelled,
        asks="reason",
        danger=True,
    ),
)
BY_KEY: dict[str, Verb] = {each.key: each for each in VERBS}
