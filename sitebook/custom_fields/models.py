"""The fields a firm has added: one row a field, whose values stand in the registers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sitebook.access.permissions import Permission
from sitebook.basics.named import Named, tables
from sitebook.basics.refused import NotAllowed, Refused, StaleEdit
from sitebook.basics.row_access import everybody
from sitebook.custom_fields.typed import Choice, TypedField, key_of, sees_all, with_values

MOST = 100
CUSTOM_TEXTS = ("custom", "custom_fields_texts")
"""What a record with custom fields is found by: their column, and the function that gives what is written in them."""


def registers() -> list[tuple[str, Any]]:
    """The tables whose records have fields of the firm's own, with their titles."""
    return [(table, said.many) for table, said in tables(custom_fields=True).items()]


class CustomFieldRows(models.QuerySet["CustomField"]):
    def of(self, register: str) -> CustomFieldRows:
        """Those of one register that are in use, in their order."""
        return self.filter(register=register, archived_at__isnull=True)


class CustomField(TypedField):
    """A field of a register. Its key and kind stay; its values are read and written by the key.

    ``of_place``: of sites only: the values stay with the place when it changes hands. Otherwise they leave with the
    customer whose people wrote them.
    """

    named = Named(one=_("custom field"), page="custom_fields:edit", open_to=Permission.CHANGE_FIRM)
    seen_by = everybody(write="insert, update")
    holder = "custom"
    name_alone = "a_custom_field_has_its_name_alone"

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        YES_NO = "yesno", _("Yes or no")

    register = models.CharField(_("Register"), max_length=40, choices=registers, editable=False)
    key = models.SlugField(_("Key"), max_length=40, editable=False, db_index=False)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    help_text = models.CharField(_("Help or unit"), max_length=200, blank=True, default="")
    of_place = models.BooleanField(_("Belongs to the place"), default=False)

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

    @property
    def help(self) -> str:
        return self.help_text

    def siblings(self) -> CustomFieldRows:
        return CustomField.objects.filter(register=self.register)

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
                key=key_of(label, (each.key for each in every), "field"),
                label=label,
                kind=kind,
                choices=with_values(choices, []),
                position=max((each.position for each in every), default=0) + 1,
                **more,
            )
            field.saved(lambda: field.save(force_insert=True))
        field.refresh_from_db()
        return field

    def change(self, *, version: int, label: str, choices: Iterable[Choice] | None = None, **more: Any) -> None:
        """Raises StaleEdit, Refused (name_taken, choice_in_use), NotAllowed (sees_not_all) where a choice would go and
        the asker does not see all records that may have it."""
        fresh = {"label": label, **more}
        if choices is not None:
            fresh["choices"] = with_values(choices, self.choices)
            self._must_be_free(fresh["choices"])
        changed = {name: value for name, value in fresh.items() if getattr(self, name) != value}
        mine = CustomField.objects.filter(pk=self.pk, version=version)
        if (changed and not self.saved(lambda: mine.update(**changed), label=label)) or not (
            changed or self.version == version
        ):
            raise StaleEdit(say("Somebody else changed this field meanwhile. Reload the page to see it."))
        self.refresh_from_db()

    def in_use(self, value: str | None = None) -> int:
        """In how many records that the asker sees something is written, or this choice. Only for administrators."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT custom_fields_in_use(%s, %s)", [self.pk, value])
            return int(cursor.fetchone()[0])

    def _must_be_free(self, choices: list[Choice]) -> None:
        staying = {each["value"] for each in choices}
        if {each["value"] for each in self.choices} - staying and not sees_all():
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
