"""The states of jobs and visits, and the fixed words of what they hold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a job is on its way from the call to the bill."""

    DRAFT = "draft", _("Draft")
    LOGGED = "logged", _("Logged")
    PLANNED = "planned", _("Planned")
    SCHEDULED = "scheduled", _("Scheduled")
    IN_PROGRESS = "in progress", _("In progress")
    TO_REPLAN = "to re-plan", _("To re-plan")
    ON_HOLD = "on hold", _("On hold")
    WORK_DONE = "work done", _("Work done")
    REVIEWED = "reviewed", _("Reviewed")
    INVOICED = "invoiced", _("Invoiced")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


_S = Status
AHEAD = frozenset({_S.LOGGED, _S.PLANNED, _S.SCHEDULED, _S.IN_PROGRESS, _S.TO_REPLAN, _S.ON_HOLD})
"""Work is still to be done."""
OPEN = AHEAD | {_S.DRAFT, _S.WORK_DONE, _S.REVIEWED, _S.INVOICED}
"""Somebody still has to do something about it."""
OVER = frozenset({_S.CLOSED, _S.CANCELLED})


class Office(models.TextChoices):
    """What the office has said of a job, which no visit changes."""

    NOTHING = "", ""
    DRAFT = "draft", _("Draft")
    REVIEWED = "reviewed", _("Reviewed")
    INVOICED = "invoiced", _("Invoiced")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class Hold(models.TextChoices):
    """Why a job waits."""

    PARTS = "parts", _("Waiting for parts")
    CUSTOMER = "customer", _("Waiting for the customer")
    ACCESS = "access", _("Waiting for access")
    APPROVAL = "approval", _("Waiting for approval")
    CREDIT = "credit", _("Account on stop")


class Category(models.TextChoices):
    BREAKDOWN = "breakdown", _("Breakdown")
    REPAIR = "repair", _("Repair")
    SERVICE = "service", _("Service")
    INSPECTION = "inspection", _("Inspection")
    INSTALLATION = "installation", _("Installation")
    OTHER = "other", _("Other")


class Origin(models.TextChoices):
    """How a job came."""

    PHONE = "phone", _("Phone")
    EMAIL = "email", _("Email")
    PORTAL = "portal", _("Portal")
    VISIT = "visit", _("Found on a visit")
    PLAN = "plan", _("Maintenance plan")
    IMPORT = "import", _("Import")
    CALLBACK = "callback", _("Callback")


class VisitState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    TRAVELLING = "travelling", _("Travelling")
    ON_SITE = "on site", _("On site")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    MORE = "more work", _("More work needed")
    NO_ACCESS = "no access", _("No access")
    ABORTED = "aborted", _("Aborted for safety")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")
    MOVED = "moved", _("Moved")


_V = VisitState
FIRM = frozenset({_V.CONFIRMED, _V.SENT, _V.ACCEPTED})
"""Agreed for a time, and nobody has set out yet."""
BEFORE = FIRM | {_V.PROPOSED}
"""Nobody has set out yet."""
BEGUN = frozenset({_V.TRAVELLING, _V.ON_SITE, _V.PAUSED})
OPEN_VISIT = BEFORE | BEGUN
ASKING = frozenset({_V.MORE, _V.NO_ACCESS, _V.ABORTED})
"""Ended, and somebody has to come again."""
ENDED = ASKING | {_V.DONE}
VOID = frozenset({_V.DECLINED, _V.CANCELLED, _V.MOVED})
"""Did not take place."""


class LineKind(models.TextChoices):
    ACTIVITY = "activity", _("Activity")
    LABOUR = "labour", _("Labour")
    PART = "part", _("Part")
    EXPENSE = "expense", _("Expense")


class Charge(models.TextChoices):
    """What becomes of a line: a job closes when each has an outcome."""

    UNDECIDED = "undecided", _("Not decided")
    CHARGE = "charge", _("Charge")
    COVERED = "covered", _("Covered")
    FREE = "free", _("Free of charge")
    WRITE_OFF = "write-off", _("Written off")


class AssetOutcome(models.TextChoices):
    """What became of one asset of a job."""

    OPEN = "", _("Open")
    DONE = "done", _("Done")
    MORE = "more work", _("More work needed")
    NOT_FOUND = "not found", _("Not found")
    NOT_DONE = "not done", _("Not done")
