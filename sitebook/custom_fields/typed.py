"""A field that people add to records: what it is called, what may be written in it, its place among its siblings.

The values stand in one JSON column of the record. Text is kept as text, a number as its digits, a day as
``"2026-03-01"``, a choice as its value, yes and no as true and false; nothing is kept where nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import IntegrityError, connection, models, transaction
from django.db.models.functions import Now
from django.utils.text import slugify
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.refused import Refused
from sitebook.ui import formats
from sitebook.values import readers
from sitebook.values.readers import BadValue

Choice = dict[str, str]
NUMBERS = ("number", "whole")


class TypedField(models.Model):
    """``holder``: the column of the record that keeps the values. Key and kind stay as they are."""

    holder: ClassVar[str]
    holder_label: ClassVar[Any] = ""
    name_alone: ClassVar[str]
    """The constraint that keeps two siblings from having one name."""

    label = models.CharField(_("Name"), max_length=60)
    kind: models.CharField[str, str]
    key: models.SlugField[str, str]
    choices = models.JSONField(_("Choices"), default=list, blank=True)
    position = models.IntegerField(_("Order"), default=0, editable=False)
    archived_at = models.DateTimeField(_("Archived"), null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def kept_as(self) -> str:
        """Its key in the column that keeps the values."""
        return self.key

    @property
    def column(self) -> str:
        """What lists, files, mappings and the history call it."""
        return f"{self.holder}.{self.key}"

    @property
    def name(self) -> str:
        """What forms call it."""
        return f"{self.holder}_{self.key}"

    @property
    def title(self) -> str:
        """What stands above its input."""
        return self.label

    @property
    def help(self) -> str:
        """What stands below its input."""
        return ""

    def siblings(self) -> models.QuerySet[Any]:
        """All fields of the same records, archived ones too."""
        raise NotImplementedError

    def archive(self, *, at: datetime) -> None:
        """No page shows it any more; what is written in it stays. Raises Refused (already_archived)."""
        if not type(self)._default_manager.filter(pk=self.pk, archived_at__isnull=True).update(archived_at=at):
            raise Refused(say("%(name)s is already archived.") % {"name": self}, code="already_archived")
        self.refresh_from_db()

    def restore(self) -> None:
        """Raises Refused: not_archived, or name_taken when another field bears its name by now."""
        rows = type(self)._default_manager.filter(pk=self.pk, archived_at__isnull=False)
        if not self.saved(lambda: rows.update(archived_at=None)):
            raise Refused(say("%(name)s is not archived.") % {"name": self}, code="not_archived")
        self.refresh_from_db()

    def move(self, *, up: bool) -> None:
        """One place up or down among the fields in use; at the end of the list nothing happens."""
        with transaction.atomic():
            order = list(self.siblings().filter(archived_at__isnull=True).select_for_update())
            place = next((place for place, each in enumerate(order) if each.pk == self.pk), None)
            other = None if place is None else place - 1 if up else place + 1
            if place is None or other is None or not 0 <= other < len(order):
                return
            order[place], order[other] = order[other], order[place]
            for position, each in enumerate(order, 1):
                if each.position != position:
                    type(self)._default_manager.filter(pk=each.pk).update(position=position)
        self.refresh_from_db()

    def read(self, given: Any) -> str | bool | None:
        """What is kept of something typed or sent; None of nothing. Raises BadValue."""
        if given is None or (isinstance(given, str) and not given.strip()):
            return None
        if self.kind == "choice":
            return readers.choice(given, self.choices)
        read: str | bool = _READ[self.kind](given)
        return read

    def value(self, kept: Any) -> Any:
        """What is kept, as Python counts with it and files write it; a choice as it is called."""
        if kept is None:
            return None
        if self.kind in NUMBERS:
            return Decimal(kept)
        if self.kind == "date":
            return date.fromisoformat(kept)
        return self.said(kept)

    def said(self, kept: Any) -> str:
        """What is kept, as people of the reader's language write it."""
        if kept is None:
            return ""
        if self.kind in NUMBERS:
            places = len(kept.partition(".")[2])
            return formats.number(Decimal(kept), places)
        if self.kind == "date":
            return formats.day_text(date.fromisoformat(kept))
        if self.kind == "yesno":
            return say("yes") if kept else say("no")
        if self.kind == "choice":
            return next((each["label"] for each in self.choices if each["value"] == kept), str(kept))
        return str(kept)

    def saved(self, save: Any, *, label: str = "") -> Any:
        """What ``save`` returns. Raises Refused (name_taken) where a sibling has the name."""
        try:
            with transaction.atomic():
                return save()
        except IntegrityError as fault:
            if self.name_alone not in str(fault):
                raise
            text = say("There is a field “%(name)s” already. Choose another name.")
            raise Refused(text % {"name": label or self.label}, code="name_taken") from fault


def sees_all() -> bool:
    """Whether whoever acts sees all customers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT acting_user() IS NULL OR access_reach(acting_user()) = 'all'")
        return bool(cursor.fetchone()[0])


def key_of(label: str, taken: Iterable[str], otherwise: str) -> str:
    """A key out of a name, not among those that are taken."""
    wanted = slugify(label).replace("-", "_")[:34]
    wanted = wanted if wanted[:1].isalpha() and wanted.isascii() else f"{otherwise}_{wanted}".strip("_")
    found, number, known = wanted, 2, set(taken)
    while found in known:
        found, number = f"{wanted}_{number}", number + 1
    return found


def with_values(choices: Iterable[Choice], before: list[Choice]) -> list[Choice]:
    """Each choice with a value that stays when it is renamed."""
    known, made = {each["value"] for each in before}, list[Choice]()
    for each in choices:
        value = each.get("value", "")
        used = {one["value"] for one in made}
        if value not in known or value in used:
            value = key_of(each["label"], known | used, "choice")
        made.append({"value": value, "label": each["label"]})
    return made


def whole(given: Any) -> str:
    """The digits of a whole number. Raises BadValue."""
    digits = readers.number(given)
    if "." in digits:
        raise BadValue(say("“%(value)s” is not a whole number.") % {"value": str(given)[:60]})
    return digits


_READ: dict[str, Any] = {
    "text": readers.text,
    "number": readers.number,
    "whole": whole,
    "date": readers.day,
    "yesno": readers.yes_or_no,
}
