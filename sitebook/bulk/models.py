"""One action on many records, and what it did to each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import tables
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import SeenBy
from sitebook.users.models import Role, User

KEPT = timedelta(days=30)
"""How long a run can be looked at and undone."""

_OWN = "user_id = (SELECT acting_user())"


def _of_own() -> str:
    """Of a run of one's own, and only while one still sees the record."""
    records = tables(bulk=True)
    shown = " ".join(f"WHEN '{each}' THEN EXISTS (SELECT 1 FROM {each} r WHERE r.id = record_id)" for each in records)
    seen = f"CASE kind {shown} ELSE false END" if shown else "false"
    return f"EXISTS (SELECT 1 FROM bulk_run parent WHERE parent.id = run_id) AND {seen}"


class RunRows(models.QuerySet["Run"]):
    def of(self, user: User) -> RunRows:
        """One's own; administrators who see all customers look at everybody's."""
        if user.role == Role.ADMINISTRATOR and user.all_customers:
            return self.all()
        return self.filter(user=user)

    def active(self) -> RunRows:
        return self.filter(state__in=Run.ACTIVE)

    def light(self) -> RunRows:
        """Without the ids, which may be many."""
        return self.defer("ids").select_related("user")


class Run(models.Model):
    """One action on many records, as one user ordered it. ``ids`` are fixed when it begins; ``reached`` are done.

    ``name``: what the history knows it by (the request id), and the name of an archiving. ``listed``: the list it was
    ordered from, ``address`` its address when everything found was meant, ``words`` what narrowed it.
    """

    seen_by = SeenBy(few=_OWN, many=_OWN, tracked=False)

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Broken off")

    ACTIVE = (State.WAITING, State.RUNNING)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    listed = models.CharField(max_length=30)
    kind = models.CharField(max_length=60)
    action = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    title = models.CharField(_("What"), max_length=300)
    address = models.TextField(blank=True, default="")
    words = models.TextField(blank=True, default="")
    name = models.CharField(max_length=32, unique=True)
    ids = ArrayField(models.BigIntegerField())
    chosen = models.IntegerField(_("Chosen"))
    reached = models.IntegerField(default=0)
    changed = models.IntegerField(_("Changed"), default=0)
    unchanged = models.IntegerField(_("Unchanged"), default=0)
    refused = models.IntegerField(_("Refused"), default=0)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.WAITING)
    note = models.TextField(blank=True, default="")
    undo_of = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="undone_by")
    made_at = models.DateTimeField(_("Time"), db_default=Now(), editable=False)
    touched_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    objects = RunRows.as_manager()

    class Meta:
        db_table = "bulk_run"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user", "-id"], name="runs_by_user"),
            models.Index("touched_at", name="runs_under_way", condition=models.Q(state__in=("waiting", "running"))),
        ]
        constraints = [
            models.UniqueConstraint(
                "undo_of",
                condition=models.Q(undo_of__isnull=False, state__in=("waiting", "running", "done")),
                name="a_run_is_undone_once",
            ),
            models.CheckConstraint(
                condition=models.Q(reached=models.F("changed") + models.F("unchanged") + models.F("refused")),
                name="each_record_that_was_reached_has_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE

    @property
    def reason(self) -> str:
        """What the history says with each change."""
        return str(_("Bulk: %(title)s") % {"title": self.title})

    def may_be_undone(self, at: datetime) -> bool:
        """By its date: the night's clearing may come later."""
        return bool(self.changed) and self.undo_of_id is None and self.made_at >= at - KEPT

    def stop(self, *, at: datetime, why: str = "", state: str = State.STOPPED) -> bool:
        """No further than the batch it is at. Returns whether it was under way."""
        rows = Run.objects.filter(pk=self.pk).active()
        return bool(rows.update(state=state, note=why, ended_at=at, touched_at=at))

    def go_on(self, *, at: datetime) -> None:
        """Take up a run that was stopped or broke off. Raises Refused (already_undone, run_not_stopped)."""
        rows = Run.objects.filter(
            pk=self.pk, state__in=(self.State.STOPPED, self.State.FAILED), reached__lt=self.chosen
        )
        if self.undone_by.exists():
            raise Refused(
                _("“%(title)s” is undone. Begin anew from the list.") % {"title": self}, code="already_undone"
            )
        if not rows.update(state=self.State.WAITING, note="", ended_at=None, touched_at=at):
            raise Refused(_("“%(title)s” is not stopped. Reload the page.") % {"title": self}, code="run_not_stopped")


class Outcome(models.Model):
    """What became of one record: ``changed``, with what was before as its action needs it to undo, or ``refused``, with
    why. What was left as it was is only counted."""

    seen_by = SeenBy(
        few="false",
        many="false",
        also=_of_own,
        parent=("bulk_run", "run_id"),
        write="insert, delete",
        tracked=False,
    )

    class Result(models.TextChoices):
        CHANGED = "changed", _("Changed")
        REFUSED = "refused", _("Refused")

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="outcomes", db_index=False)
    kind = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    result = models.CharField(_("Result"), max_length=8, choices=Result)
    why = models.TextField(_("Why"), blank=True, default="")
    before: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        db_table = "bulk_outcome"
        indexes = [models.Index("kind", "record_id", name="outcomes_by_record")]
        constraints = [
            models.UniqueConstraint(fields=["run", "record_id"], name="a_run_does_each_record_once"),
        ]
