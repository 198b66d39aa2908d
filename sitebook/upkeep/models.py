"""When each piece of regular work was last done. Rows are written by the database's functions only."""

from __future__ import annotations

from dataclasses import replace

from django.db import models
from django.utils.translation import gettext_lazy as _

from sitebook.basics.row_access import everybody


class LastRun(models.Model):
    """The last run of one duty. ``finished_at``: of the last one that ended well; ``fault``: why the last one did not.
    Held: since ``begun_at`` it waits whether the clock, which jumped ahead, is put right.

    No counts and no values: whoever may open Sitebook may read it.
    """

    seen_by = replace(everybody(write=""), tracked=False)

    class State(models.TextChoices):
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")
        FAILED = "failed", _("Broken off")
        HELD = "held", _("Waits a day")

    name = models.TextField(unique=True)
    state = models.TextField(choices=State)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    fault = models.TextField(default="")

    class Meta:
        db_table = "upkeep_lastrun"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
