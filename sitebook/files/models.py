"""A document: a file about a record, with who added it and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named, models_named, named, tables
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import SeenBy, in_a_list, one_by_one
from sitebook.files import file_types
from sitebook.files.file_names import cleaned


def _seen_with_the_record() -> str:
    """What is of the place is seen by whoever sees the place, what is about a record of nobody's by everybody."""
    shown = []
    for table, said in tables(documents=True).items():
        if said.changes_hands:
            there = f"EXISTS (SELECT 1 FROM {table} place WHERE place.id = files_document.about_id)"
            shown.append(f"(of_place AND about_kind = '{table}' AND {there})")
        if models_named()[table].seen_by.nobodys:  # type: ignore[attr-defined]
            shown.append(f"(customer_id IS NULL AND about_kind = '{table}')")
        if models_named()[table].seen_by.guest:  # type: ignore[attr-defined]
            there = f"EXISTS (SELECT 1 FROM {table} record WHERE record.id = files_document.about_id)"
            shown.append(f"(customer_id IS NULL AND about_kind = '{table}' AND {there})")
    return " OR ".join(shown) or "false"


class Documents(models.QuerySet["Document"]):
    def in_use(self) -> Documents:
        return self.filter(removed_at__isnull=True)

    def removed(self) -> Documents:
        return self.filter(removed_at__isnull=False)

    def about(self, kind: str, pk: int) -> Documents:
        """Those of one record; ``kind`` is its table."""
        return self.filter(about_kind=kind, about_id=pk)


class Document(models.Model):
    """Whose it is, ``customer_id``, is set by the database from the record and stays at a hand-over of the site."""

    named = Named(one=_("document"), event="document")
    seen_by = SeenBy(
        few=in_a_list("customer_id"),
        many=one_by_one("customer_id"),
        also=_seen_with_the_record,
        customer="customer_id",
        parent=(":about_kind", "about_id"),
        quiet=(
            *("uploaded_at", "uploaded_by_id", "about_kind", "customer_id"),
            *("sha256", "size", "media_type", "width", "height", "pages"),
        ),
    )

    about_kind = models.TextField(_("Belongs to"), editable=False)
    about_id = models.BigIntegerField(editable=False)
    customer_id = models.BigIntegerField(null=True, editable=False, db_index=True)
    of_place = models.BooleanField(_("Belongs to the place"), default=False)
    name = models.CharField(_("Name"), max_length=200)
    note = models.CharField(_("Note"), max_length=200, blank=True, default="")
    media_type = models.CharField(_("Kind"), max_length=120, editable=False)
    size = models.BigIntegerField(_("Size"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False, db_index=True)
    width = models.IntegerField(null=True, editable=False)
    height = models.IntegerField(null=True, editable=False)
    pages = models.IntegerField(_("Pages"), null=True, editable=False)
    uploaded_at = models.DateTimeField(_("Added"), editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    removed_at = models.DateTimeField(_("Removed"), null=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Removed by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
    )

    objects = Documents.as_manager()

    class Meta:
        db_table = "files_document"
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_document_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="a_document_names_its_bytes"
            ),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="a_document_is_not_empty"),
        ]
        indexes = [models.Index(fields=["about_kind", "about_id", "-uploaded_at", "-id"], name="documents_by_record")]

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> str:
        return file_types.plain(self.media_type)

    @property
    def is_picture(self) -> bool:
        return self.kind in file_types.PICTURES

    @property
    def has_preview(self) -> bool:
        """A PDF behind a password has no pages to show."""
        return self.is_picture or (self.kind == file_types.PDF and self.pages is not None)

    def describe(self, *, name: str, note: str) -> None:
        """Another name or note. The ending of the name says what the file is, and stays."""
        ending = file_types.extension_of(self.name)
        name = cleaned(name)
        if ending and file_types.extension_of(name) != ending:
            name = cleaned(f"{name}.{ending}")
        self._save(name=name, note=note.strip()[:200])

    def belong_to_place(self, *, yes: bool, now_has: int | None) -> None:
        """Let it pass to the site's next customer, or no longer. ``now_has``: the customer who has the site.

        Raises Refused (document_of_former_customer) when that is not the one it was added for.
        """
        if not named(self.about_kind).changes_hands or now_has != self.customer_id:
            text = _("%(name)s was added for another customer of the place and stays as it is.")
            raise Refused(text % {"name": self}, code="document_of_former_customer")
        self._save(of_place=yes)

    def remove(self, *, by_id: int | None, at: datetime) -> None:
        """Hide it; its bytes stay until it is erased. Raises Refused (already_removed)."""
        self._set_removed(expected=False, removed_at=at, removed_by_id=by_id)

    def bring_back(self) -> None:
        """Undo a removal. Raises Refused (not_removed)."""
        self._set_removed(expected=True, removed_at=None, removed_by_id=None)

    def _set_removed(self, *, expected: bool, **values: Any) -> None:
        rows = Document.objects.filter(pk=self.pk, removed_at__isnull=not expected)
        if not rows.update(**values):
            text = _("%(name)s is not removed.") if expected else _("%(name)s is already removed.")
            raise Refused(text % {"name": self}, code="not_removed" if expected else "already_removed")
        self.refresh_from_db()

    def _save(self, **values: Any) -> None:
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if changed:
            Document.objects.filter(pk=self.pk).update(**changed)
            self.refresh_from_db()


def documents_of(kind: str, pk: int) -> Documents:
    """The documents of one record, newest first; ``kind`` is its table. Removed ones are left out."""
    return Document.objects.in_use().about(kind, pk).order_by("-uploaded_at", "-id")
