"""What is searched. Rows are written by triggers only (``index.py``), read through ``search_find`` only."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.postgres.indexes import OpClass
from django.db import models

from sitebook.basics.row_access import SeenBy, everybody, in_a_list, one_by_one


class Entry(models.Model):
    """A record as the search knows it. ``name`` and ``body`` are normalised (``plain_text``).

    ``guest_id``: a second customer whose people find it too. ``everybodys``: a record of no customer that every
    signed-in user sees. The index on parts of ``body`` is one a kind (``index.py``).
    """

    seen_by = SeenBy(
        few=f"{in_a_list('customer_id')} OR {in_a_list('guest_id')} OR everybodys",
        many=f"{one_by_one('customer_id')} OR {one_by_one('guest_id')} OR everybodys",
        write="",
        tracked=False,
    )

    kind = models.TextField()
    record_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    guest_id = models.BigIntegerField(null=True)
    everybodys = models.BooleanField()
    title = models.TextField()
    name = models.TextField()
    body = models.TextField()

    class Meta:
        db_table = "search_entry"
        constraints = [models.UniqueConstraint(fields=["kind", "record_id"], name="a_record_has_one_entry")]
        indexes = [
            models.Index("kind", OpClass("name", name="text_pattern_ops"), name="search_by_beginning"),
            models.Index("customer_id", "kind", name="search_by_customer"),
            models.Index("guest_id", "kind", name="search_by_guest", condition=models.Q(guest_id__isnull=False)),
            models.Index(fields=["kind"], name="search_everybodys", condition=models.Q(everybodys=True)),
        ]


class Word(models.Model):
    """A word of some name: nobody reads it, the search compares with it."""

    seen_by = replace(everybody(write=""), few="false", many="false", tracked=False)

    word = models.TextField(unique=True)

    class Meta:
        db_table = "search_word"


class Slip(models.Model):
    """A text one keystroke short of a word, or the word itself."""

    seen_by = replace(everybody(write=""), few="false", many="false", tracked=False)

    slip = models.TextField()
    word = models.TextField()

    class Meta:
        db_table = "search_slip"
        constraints = [models.UniqueConstraint(fields=["slip", "word"], name="a_slip_of_a_word_once")]
        indexes = [models.Index("word", name="slips_of_a_word")]
