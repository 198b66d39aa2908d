"""A note about a record: an instruction for technicians, or a remark that stays in the office."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named, customer_column, tables
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.basics.row_access import SeenBy, in_a_list, one_by_one
from sitebook.basics.texts import says_something

LONGEST = 5000


def _seen_with_the_record() -> str:
    """Instructions are seen by whoever sees the record; remarks as long as it is the same customer's. Of what passes
    from customer to customer both are."""
    shown = []
    for table, said in tables(notes=True).items():
        column = customer_column(table)
        same = f"record.{column} IS NOT DISTINCT FROM notes_note.customer_id" if column else "true"
        wanted = same if said.changes_hands else f"(notes_note.remark = '' OR {same})"
        there = f"EXISTS (SELECT 1 FROM {table} record WHERE record.id = notes_note.about_id AND {wanted})"
        shown.append(f"(about_kind = '{table}' AND {there})")
    return " OR ".join(shown) or "false"


class NoteKind(models.TextChoices):
    INSTRUCTION = "instruction", _("Instruction for technicians")
    REMARK = "remark", _("Internal remark")


class Notes(models.QuerySet["Note"]):
    def about(self, kind: str, pk: int, *, remarks: bool) -> Notes:
        """Those of one record, pinned ones first, then newest first; ``kind`` is its table. Removed ones are left out.

        ``remarks``: internal ones too.
        """
        found = self.filter(about_kind=kind, about_id=pk, removed_at__isnull=True)
        return (found if remarks else found.instructions()).order_by("-pinned", "-created_at", "-pk")

    def instructions(self) -> Notes:
        """What technicians are told."""
        return self.filter(remark="")

    def pinned(self) -> Notes:
        return self.filter(pinned=True)


class Note(models.Model):
    """It is a remark where ``remark`` is written, else an instruction; the verbs write one of the two.

    The history keeps the words of instructions; of a remark it says that it was written and changed, since who reads
    the history need not read remarks.

    Whose it is, ``customer_id``, is set by the database from the record and stays.
    """

    named = Named(one=_("note"), silent=frozenset({"customer_id", "about_kind"}))
    seen_by = SeenBy(
        few=in_a_list("customer_id"),
        many=one_by_one("customer_id"),
        also=_seen_with_the_record,
        customer="customer_id",
        parent=(":about_kind", "about_id"),
        quiet=("about_kind", "customer_id"),
        unsaid=("remark",),
    )

    about_kind = models.TextField(_("Belongs to"), editable=False)
    about_id = models.BigIntegerField(editable=False)
    customer_id = models.BigIntegerField(null=True, editable=False, db_index=True)
    instruction = models.TextField(_("Instruction"), max_length=LONGEST, blank=True, default="")
    remark = models.TextField(_("Internal remark"), max_length=LONGEST, blank=True, default="")
    pinned = models.BooleanField(_("Pinned"), default=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    updated_at = models.DateTimeField(editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    removed_at = models.DateTimeField(_("Removed"), null=True, editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = Notes.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(remark__regex=r"\S") | models.Q(instruction__regex=r"\S"),
                name="a_note_says_something",
            )
        ]
        indexes = [models.Index(fields=["about_kind", "about_id", "-created_at", "-id"], name="notes_by_record")]

    def __str__(self) -> str:
        """Its kind, never its words: pages name it to people who do not read remarks."""
        return str(self.kind.label)

    @property
    def kind(self) -> NoteKind:
        return NoteKind.REMARK if self.remark else NoteKind.INSTRUCTION

    @property
    def text(self) -> str:
        return self.remark or self.instruction

    @property
    def was_changed(self) -> bool:
        """Whether somebody wrote it anew since it was added."""
        return self.version > 1

    @classmethod
    def add(cls, *, about_kind: str, about_id: int, kind: str, text: str, pinned: bool = False) -> Note:
        """Write a note about a record that whoever acts sees.

        Raises Refused (note_empty), and IntegrityError when there is no such record for them.
        """
        note = cls(about_kind=about_kind, about_id=about_id, pinned=pinned, **_worded(kind, text))
        note.save(force_insert=True)
        note.refresh_from_db()
        return note

    def change(self, *, version: int, kind: str, text: str, pinned: bool) -> None:
        """Raises Refused (note_empty, already_removed) and StaleEdit."""
        if self.removed_at:
            raise Refused(say("This note is removed. Bring it back first."), code="already_removed")
        values = {"pinned": pinned, **_worded(kind, text)}
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if not changed and version == self.version:
            return
        if not changed or not Note.objects.filter(pk=self.pk, version=version).update(**changed):
            raise StaleEdit(say("Somebody else changed this note while you were editing it."))
        self.refresh_from_db()

    def pin(self, *, yes: bool) -> None:
        """Let it stand on top, and on the record's first page; or no longer."""
        Note.objects.filter(pk=self.pk).exclude(pinned=yes).update(pinned=yes)
        self.refresh_from_db()

    def remove(self, *, at: datetime) -> None:
        """Take it away; it can be brought back. Raises Refused (already_removed)."""
        self._set_removed(expected=False, removed_at=at)

    def bring_back(self) -> None:
        """Raises Refused (not_removed)."""
        self._set_removed(expected=True, removed_at=None)

    def _set_removed(self, *, expected: bool, **values: Any) -> None:
        if not Note.objects.filter(pk=self.pk, removed_at__isnull=not expected).update(**values):
            text = say("This note is not removed.") if expected else say("This note is already removed.")
            raise Refused(text, code="not_removed" if expected else "already_removed")
        self.refresh_from_db()


def _worded(kind: str, text: str) -> dict[str, str]:
    if not says_something(text):
        raise Refused(say("Write what the next person should know."), code="note_empty")
    words = text.strip()[:LONGEST]
    instruction = NoteKind(kind) is NoteKind.INSTRUCTION
    return {"instruction": words if instruction else "", "remark": "" if instruction else words}
