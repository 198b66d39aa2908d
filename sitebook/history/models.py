"""The register of all changes. Rows come from triggers only; no code writes them."""

from __future__ import annotations

from dataclasses import replace

from django.db import models

from sitebook.access.policies import declared
from sitebook.basics.row_access import SeenBy, by_customer, everybody


def _seen_with_the_record() -> str:
    """History is filed under a customer. Beyond that, whoever sees a place sees all that was done to its parts, and
    whoever sees a record of nobody's sees what was done to it while it was nobody's. Of a record with two customers
    both see what was done on the days on which they were."""
    shown = []
    for model, seen_by in declared().items():
        table = model._meta.db_table
        if seen_by.of_place and seen_by.parent:
            there = f"EXISTS (SELECT 1 FROM {seen_by.parent[0]} place WHERE place.id = subject_id)"
            shown.append(f"(kind = '{table}' AND {there})")
        if seen_by.nobodys:
            there = f"EXISTS (SELECT 1 FROM {table} record WHERE record.id = subject_id)"
            shown.append(f"(customer_id IS NULL AND subject_kind = '{table}' AND {there})")
        if seen_by.periods:
            day = "period.asset_id = subject_id AND period.during @> at::date"
            shown.append(f"(subject_kind = '{table}' AND EXISTS (SELECT 1 FROM {seen_by.periods} period WHERE {day}))")
    return " OR ".join(shown) or "false"


class Change(models.Model):
    """One changed record in one statement; ``changes`` is {field: [old, new]}."""

    seen_by = by_customer("customer_id", write="", tracked=False, also=_seen_with_the_record)

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
    """One link of the chain: the digest over what was not sealed yet and over the link before."""

    seen_by = replace(everybody(write=""), tracked=False)

    id = models.BigIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    up_to = models.DateTimeField()
    changes = models.BigIntegerField()
    erasures = models.BigIntegerField()
    total = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "history_seal"
        ordering = ["-id"]


class Erasure(models.Model):
    """Values of one change that were erased: which and by whom, never what they were. Sealed with the next changes."""

    seen_by = SeenBy(few="false", many="false", write="", tracked=False)

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    change_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    seal_id = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "history_erasure"
        ordering = ["-id"]
