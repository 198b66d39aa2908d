"""What every register of the catalogue carries beside what every record does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import SeenBy, everybody
from sitebook.records.models import Record, reference_number


def called(one: Any, many: Any, *, path: str, icon: str, event: str) -> Named:
    """What a kind of entry is called, with what all of them have."""
    return Named(one=one, many=many, icon=icon, page=f"{path}:record", event=event, custom_fields=True, bulk=True)


def numbered(prefix: str, table: str) -> Any:
    """The column of the reference. Its sequence is made by the migration."""
    sequence = f"{table}_reference"
    return models.CharField(
        _("Reference"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=reference_number(prefix, sequence),
    )


def sorted_by(column: str) -> Any:
    """The column by which lists sort another one."""
    return models.GeneratedField(
        expression=models.Func(template=f"sort_key({column})", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )


def usual_indexes(name: str, *sorts: str) -> list[models.Index]:
    """What the list of a register is sorted and narrowed by. ``name``: of the register, at most 20 letters."""
    found = [models.Index(sort, "id", name=f"{name}_by_{sort.removesuffix('_key')}"[:30]) for sort in sorts]
    return [
        *found,
        models.Index("updated_at", "id", name=f"{name}_by_change"),
        models.Index("created_at", "id", name=f"{name}_by_addition"),
        GinIndex(fields=["tags"], name=f"{name}_by_tag"),
        GinIndex(fields=["custom"], name=f"{name}_by_own"),
    ]


def not_blank(column: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=~models.Q(**{f"{column}__regex": r"^\s*$"}), name=name)


def not_negative(*columns: str, name: str) -> models.CheckConstraint:
    condition = models.Q()
    for column in columns:
        condition &= models.Q(**{f"{column}__isnull": True}) | models.Q(**{f"{column}__gte": 0})
    return models.CheckConstraint(condition=condition, name=name)


class Entry(Record):
    """A record of the catalogue: everybody who signs in sees it, since nothing in it tells of a customer.

    ``unique``: the constraint that keeps a name or code to one entry, and the field it is about.
    """

    unique: ClassVar[tuple[str, str]] = ("", "")
    seen_by: ClassVar[SeenBy] = everybody(nobodys=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.name)  # type: ignore[attr-defined]

    @property
    def aside(self) -> str:
        """What tells it from its namesakes."""
        return self.reference

    @classmethod
    def add(cls, **values: Any) -> Self:
        """Make an entry. Raises Refused (name_taken, code_taken) when another one is called so, in any spelling."""
        entry = cls(**values)
        with entry._free(values):
            entry.save(force_insert=True)
        entry.refresh_from_db()
        return entry

    def change(self, *, version: int, **values: Any) -> None:
        """As for every record. Raises Refused (name_taken, code_taken) as ``add`` does."""
        with self._free(values):
            super().change(version=version, **values)

    @contextmanager
    def _free(self, values: dict[str, Any]) -> Iterator[None]:
        """Says in words what the database says of a name or code that is taken."""
        constraint, column = self.unique
        try:
            with transaction.atomic():
                yield
        except IntegrityError as fault:
            if not constraint or constraint not in str(fault):
                raise
            raise self._taken(column, str(values.get(column, getattr(self, column)))) from fault

    def _taken(self, column: str, value: str) -> Refused:
        taken = type(self)._default_manager.filter(**{f"{column}__in_any_case": value}).first()
        text = say("“%(value)s” is already in use. Choose another name or code.")
        if taken and taken.is_archived:
            text = say("The archived %(kind)s %(reference)s is called “%(value)s”. Restore it, or choose another one.")
        said = {"value": value, "kind": self.named.one, "reference": taken.reference if taken else ""}
        if column == "code":
            return Refused(text % said, code="code_taken")
        return Refused(text % said, code="name_taken")
