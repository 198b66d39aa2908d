"""What every register carries: reference, phones, tags, notes, archive state, stamps, version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.custom_fields.models import CustomField
from sitebook.custom_fields.records import Fact
from sitebook.custom_fields.typed import TypedField
from sitebook.values.contact_details import Email, Phone
from sitebook.values.readers import BadValue


class NotByItself(Refused):
    """Coming back needs something else first."""


def reference_number(prefix: str, sequence: str) -> models.Func:
    return models.Func(
        models.Value(prefix), models.Value(sequence), function="reference_number", output_field=models.TextField()
    )


@contextmanager
def _own_values_fit() -> Iterator[None]:
    """A choice may go while somebody chooses it: the database refuses what came later, this says it in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        if "custom_fields_fit" not in str(fault):
            raise
        text = _("A value does not suit one of your custom fields any more. Reload the page and choose again.")
        raise BadValue(text) from fault


class RecordRows[M: "Record"](models.QuerySet[M]):
    def current(self) -> RecordRows[M]:
        return self.filter(archived_at__isnull=True)

    def archived(self) -> RecordRows[M]:
        return self.filter(archived_at__isnull=False)

    def returning(self) -> RecordRows[M]:
        """Of archived ones, those that may ever come back."""
        return self.all()

    def inseparable(self) -> RecordRows[M]:
        """Those that are archived and restored only with their customer."""
        return self.none()


class Reachable(models.Model):
    """What can be called and written to."""

    phones: models.JSONField[list[Phone], list[Phone]] = models.JSONField(_("Phones"), default=list, blank=True)
    emails: models.JSONField[list[Email], list[Email]] = models.JSONField(_("Emails"), default=list, blank=True)

    class Meta:
        abstract = True


class Record(models.Model):
    """What every register carries: reference, tags, notes, archive state, stamps, version."""

    named: ClassVar[Named]
    # What is said of its records when many customers are archived and these go along: of ``many``, told by ``count``.
    goes_along: ClassVar[str | Promise] = ""

    reference: models.CharField[str, str]
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("Tags"), default=list, blank=True)
    notes = models.TextField(_("Notes"), blank=True, default="")
    # What is written in the firm's custom fields, by their keys: docs/decisions/custom-fields.md.
    custom: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        _("Custom fields"), default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    archived_at = models.DateTimeField(null=True, editable=False)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    archive_reason = models.CharField(max_length=200, blank=True, default="", editable=False)
    archived_with = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @classmethod
    def history_parts(cls) -> dict[str, TypedField]:
        """Fields within a column that the history tells by themselves, archived ones too."""
        return {each.column: each for each in CustomField.objects.filter(register=cls._meta.db_table)}

    def further_fields(self) -> list[TypedField]:
        """The fields this record has besides those of its register, such as what its class asks for."""
        return []

    def further_facts(self) -> list[tuple[Any, list[Fact]]]:
        """What is written in them: heading and facts of each section of the record's page."""
        return []

    def why_not_change(self, values: Mapping[str, Any]) -> Refused | None:
        """Why it does not take these values, all of which differ from those it has."""
        return None

    def change(self, *, version: int, **values: Any) -> None:
        """Save these fields if nobody saved since ``version`` was read.

        Only fields whose value differs are written. Raises StaleEdit when the row has moved on, and what
        ``why_not_change`` says.
        """
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if refusal := self.why_not_change(changed):
            raise refusal
        if not changed and self.version == version:
            return
        with _own_values_fit():
            count = type(self)._default_manager.filter(pk=self.pk, version=version).update(**changed) if changed else 0
        if not count:
            raise StaleEdit(_("Somebody else changed this record while you were editing it."))
        self.refresh_from_db()

    def archive(self, *, by_id: int | None, at: Any, reason: str = "", act: str = "") -> None:
        """Hide the record from lists and pickers; nothing is lost. Raises Refused (already_archived).

        ``act``: the name of the archiving, which what it takes along bears too (``archive.py``).
        """
        if refusal := self.why_not_archive():
            raise refusal
        self._set_archived(
            expected=False, archived_at=at, archived_by_id=by_id, archive_reason=reason[:200], archived_with=act
        )

    def restore(self) -> None:
        """Bring an archived record back. Raises Refused (not_archived)."""
        self._set_archived(expected=True, archived_at=None, archived_by_id=None, archive_reason="", archived_with="")

    def why_not_archive(self) -> Refused | None:
        """Why it cannot be archived by itself."""
        return None

    def why_not_restore(self) -> NotByItself | None:
        """Why it cannot come back by itself, once it is archived."""
        return None

    def _set_archived(self, *, expected: bool, **values: Any) -> None:
        rows = type(self)._default_manager.filter(pk=self.pk, archived_at__isnull=not expected)
        if not rows.update(**values):
            text = _("%(name)s is not archived.") if expected else _("%(name)s is already archived.")
            raise Refused(text % {"name": self}, code="not_archived" if expected else "already_archived")
        self.refresh_from_db()
