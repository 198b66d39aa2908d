"""The register of all changes. Rows come from triggers only; no code writes them."""

from __future__ import annotations

from dataclasses import replace

from django.db import models

from sitebook.basics.row_access import by_customer, everybody


class Change(models.Model):
    """One changed record in one statement; ``changes`` is {field: [old, new]}."""

    seen_by = by_customer("customer_id", write="", tracked=False)

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.TextField()
    record_id = models.BigIntegerField()
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    action = models.TextField()
    changes = models.JSONField()
    actor_id = models.BigIntegerField(null=True)
    via = models.TextField()
    request_id = models.TextField()
    reason = models.TextField()
    db_user = models.TextField()
    seal_id = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "history_change"
        ordering = ["-id"]


class Seal(models.Model):
    """One link of the chain: the digest over the changes of a day and over the link before."""

    seen_by = replace(everybody(write=""), tracked=False)

    id = models.BigIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    up_to = models.DateTimeField()
    changes = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "history_seal"
        ordering = ["-id"]
