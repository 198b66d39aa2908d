"""What was answered to a request that may come again."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from sitebook.basics.row_access import own


class Repeat(models.Model):
    """The answer to a POST with an ``Idempotency-Key``, kept for a day: who sends it again gets the same one, while
    they see the records it is about (``ids``). ``withheld``: they lost access since, and the answer is gone."""

    seen_by = own(write="insert, update, delete", secret=("key", "headers", "body"), tracked=False)
    objects: ClassVar[models.Manager[Repeat]] = models.Manager()

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")
    ids = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    withheld = models.BooleanField(default=False, db_default=False)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "api_repeat"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="a_key_is_one_request")]
        indexes = [models.Index("made_at", name="repeats_by_age")]
