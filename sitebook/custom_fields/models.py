"""The fields a firm has added: one row a field, whose values stand in the registers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models.functions import Lower, Now
from django.utils.text import slugify
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sitebook.access.permissions import Permission
from sitebook.basics.named import Named, tables
from sitebook.basics.refused import NotAllowed, Refused, StaleEdit
from sitebook.basics.row_access import everybody
from sitebook.ui import formats
from sitebook.values import readers

MOST = 100
Choice = dict[str, str]
CUSTOM_TEXTS = ("custom", "custom_fields_texts")
"""What a record with custom fields is found by: their column, and the function that gives what is written in them."""


def registers() -> list[tuple[str, Any]]:
    """The tables whose records have fields of the firm's own, with their titles."""
    return [(table, said.many) for table, said in tables(custom_fields=True).items()]


class CustomFieldRows(models.QuerySet["CustomField"]):
    def of(self, register: str) -> CustomFieldRows:
        """Those of one register that are in use, in their order."""
        return self.filter(register=register, archived_at__isnull=True)


class CustomField(models.Model):
    """A field of a register. Its key and kind stay; its values are read and written by the key.

    ``of_place``: of sites only: the values stay with the place when it changes hands. Otherwise they leave with the
    customer whose people wrote them.
    """

    named = Named(one=_("custom field"), page="custom_fields:edit", open_to=Permission.CHANGE_FIRM)
    seen_by = everybody(write="insert, update")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        YES_NO = "yesno", _("Yes or no")

    register = models.CharField(_("Register"), max_length=40, choices=registers, editable=False)
    key = models.SlugField(_("Key"), max_length=40, editable=False, db_index=False)
    label = models.CharField(_("Name"), max_length=60)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    choices = models.JSONField(_("Choices"), default=list, blank=True)
    help_text = models.CharField(_("Help or unit"), max_length=200, blank=True, default="")
    of_place = models.BooleanField(_("Belongs to the place"), default=False)
    position = models.IntegerField(_("Order"), default=0, editable=False)
    archived_at = models.DateTimeField(_("Archived"), null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = CustomFieldRows.as_manager()

    class Meta:
        verbose_name = _("custom field")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["register", "key"], name="a_custom_field_has_its_key_alone"),
            models.UniqueConstraint(
                "register",
                Lower("label"),
                condition=models.Q(archived_at__isnull=True),
                name="a_custom_field_has_its_name_alone",
            ),
            models.CheckConstraint(condition=~models.Q(label__regex=r"^\s*$"), name="a_custom_field_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="a_key_is_of_small_letters_and_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def add(cls, *, register: str, label: str, kind: str, choices: Iterable[Choice] = (), **more: Any) -> CustomField:
        """Add a field at the end. Raises Refused (name_taken, too_many_fields)."""
        with transaction.atomic():
            every = list(cls.objects.select_for_update().filter(register=register))
            if sum(each.archived_at is None for each in every) >= MOST:
                text = say("There is room for %(most)s fields. Archive one that nobody needs.")
                raise Refused(text % {"most": MOST}, code="too_many_fields")
            field = cls(
                register=register,
                key=_fresh(slugify(label).replace("-", "_")[:34], {each.key for each in every}, "field"),
                label=label,
                kind=kind,
                choices=_with_values(choices, []),
                position=max((each.position for each in every), default=0) + 1,
                **more,
            )
            field._saved(lambda: field.save(force_insert=True))
        field.refresh_from_db()
        return field

    def change(self, *, version: int, label: str, choices: Iterable[Choice] | None = None, **more: Any) -> None:
        """Raises StaleEdit, Refused (name_taken, choice_in_use), NotAllowed (sees_not_all) where a choice would go and
        the asker does not see all records that may have it."""
        fresh = {"label": label, **more}
        if choices is not None:
            fresh["choices"] = _with_values(choices, self.choices)
            self._must_be_free(fresh["choices"])
        changed = {name: value for name, value in fresh.items() if getattr(self, name) != value}
        mine = CustomField.objects.filter(pk=self.pk, version=version)
        if (changed and not self._saved(lambda: mine.update(**changed), label=label)) or not (
            changed or self.version == version
        ):
            raise StaleEdit(say("Somebody else changed this field meanwhile. Reload the page to see it."))
        self.refresh_from_db()

    def archive(self, *, at: datetime) -> None:
        """No page shows it any more; what is written in it stays. Raises Refused (already_archived)."""
        if not CustomField.objects.filter(pk=self.pk, archived_at__isnull=True).update(archived_at=at):
            raise Refused(say("%(name)s is already archived.") % {"name": self}, code="already_archived")
        self.refresh_from_db()

    def restore(self) -> None:
        """Raises Refused: not_archived, or name_taken when another field bears its name by now."""
        rows = CustomField.objects.filter(pk=self.pk, archived_at__isnull=False)
        if not self._saved(lambda: rows.update(archived_at=None)):
            raise Refused(say("%(name)s is not archived.") % {"name": self}, code="not_archived")
        self.refresh_from_db()

    def move(self, *, up: bool) -> None:
        """One place up or down among the fields in use; at the end of the list nothing happens."""
        with transaction.atomic():
            order = list(CustomField.objects.select_for_update().of(self.register))
            place = next((place for place, each in enumerate(order) if each.pk == self.pk), None)
            other = None if place is None else place - 1 if up else place + 1
            if place is None or other is None or not 0 <= other < len(order):
                return
            order[place], order[other] = order[other], order[place]
            for position, each in enumerate(order, 1):
                if each.position != position:
                    CustomField.objects.filter(pk=each.pk).update(position=position)
        self.refresh_from_db()

    def in_use(self, value: str | None = None) -> int:
        """In how many records that the asker sees something is written, or this choice. Only for administrators."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT custom_fields_in_use(%s, %s)", [self.pk, value])
            return int(cursor.fetchone()[0])

    @property
    def column(self) -> str:
        """What lists, files, mappings and the history call it."""
        return f"custom.{self.key}"

    @property
    def name(self) -> str:
        """What forms call it."""
        return f"custom_{self.key}"

    def read(self, given: Any) -> str | bool | None:
        """What is kept of something typed or sent; None of nothing. Raises BadValue."""
        if given is None or (isinstance(given, str) and not given.strip()):
            return None
        if self.kind == self.Kind.CHOICE:
            return readers.choice(given, self.choices)
        read: str | bool = _READ[self.kind](given)
        return read

    def value(self, kept: Any) -> Any:
        """What is kept, as Python counts with it and files write it; a choice as it is called."""
        if kept is None:
            return None
        if self.kind == self.Kind.NUMBER:
            return Decimal(kept)
        if self.kind == self.Kind.DATE:
            return date.fromisoformat(kept)
        return self.said(kept)

    def said(self, kept: Any) -> str:
        """What is kept, as people of the reader's language write it."""
        if kept is None:
            return ""
        if self.kind == self.Kind.NUMBER:
            places = len(kept.partition(".")[2])
            return formats.number(Decimal(kept), places)
        if self.kind == self.Kind.DATE:
            return formats.day_text(date.fromisoformat(kept))
        if self.kind == self.Kind.YES_NO:
            return say("yes") if kept else say("no")
        if self.kind == self.Kind.CHOICE:
            return next((each["label"] for each in self.choices if each["value"] == kept), str(kept))
        return str(kept)

    def _must_be_free(self, choices: list[Choice]) -> None:
        staying = {each["value"] for each in choices}
        if {each["value"] for each in self.choices} - staying and not _sees_all():
            text = say(
                "A choice is taken away by who sees all customers: somebody may have chosen it. Rename it instead."
            )
            raise NotAllowed(text, code="sees_not_all")
        for each in self.choices:
            if each["value"] not in staying and (count := self.in_use(each["value"])):
                text = ngettext(
                    "“%(choice)s” is chosen in %(count)s record. Change it there first, or rename the choice.",
                    "“%(choice)s” is chosen in %(count)s records. Change them first, or rename the choice.",
                    count,
                )
                raise Refused(text % {"choice": each["label"], "count": count}, code="choice_in_use")

    def _saved(self, save: Any, *, label: str = "") -> Any:
        try:
            with transaction.atomic():
                return save()
        except IntegrityError as fault:
            if "a_custom_field_has_its_name_alone" not in str(fault):
                raise
            text = say("There is a field “%(name)s” already. Choose another name.")
            raise Refused(text % {"name": label or self.label}, code="name_taken") from fault


def _sees_all() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT acting_user() IS NULL OR access_reach(acting_user()) = 'all'")
        return bool(cursor.fetchone()[0])


_READ: dict[str, Any] = {
    CustomField.Kind.TEXT: readers.text,
    CustomField.Kind.NUMBER: readers.number,
    CustomField.Kind.DATE: readers.day,
    CustomField.Kind.YES_NO: readers.yes_or_no,
}


def _fresh(wanted: str, taken: Iterable[str], otherwise: str) -> str:
    """A key of these letters that is not taken yet."""
    wanted = wanted if wanted[:1].isalpha() and wanted.isascii() else f"{otherwise}_{wanted}".strip("_")
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}_{number}", number + 1
    return found


def _with_values(choices: Iterable[Choice], before: list[Choice]) -> list[Choice]:
    """Each choice with a value that stays when it is renamed."""
    known, made = {each["value"] for each in before}, list[Choice]()
    for each in choices:
        value = each.get("value", "")
        if value not in known or value in {one["value"] for one in made}:
            taken = known | {one["value"] for one in made}
            value = _fresh(slugify(each["label"]).replace("-", "_")[:34], taken, "choice")
        made.append({"value": value, "label": each["label"]})
    return made
