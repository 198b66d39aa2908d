"""Small registers whose records are known by their name: product classes, meter types, makers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.refused import Refused
from sitebook.products.generated import generated
from sitebook.records.models import Record
from sitebook.values.readers import BadValue

NAME_LENGTH = 60


class ByName(Record):
    """``alone``: the constraint that keeps two records from having one name, case apart."""

    alone: ClassVar[str]

    name = models.CharField(_("Name"), max_length=NAME_LENGTH)
    name_key = generated("sort_key(name)")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def aside(self) -> str:
        """What tells it from its namesakes: it has none."""
        return ""

    @classmethod
    def found(cls, name: str) -> Self | None:
        """The one of this name, case and blanks apart, archived or not."""
        return cls._default_manager.filter(name__in_any_case=" ".join(name.split())).first()

    @classmethod
    def called(cls, name: str) -> Self:
        """The one of this name. Raises BadValue where there is none, or it is archived."""
        record = cls.found(name)
        if record is None:
            text = say("There is no %(kind)s “%(name)s”. Add it first, or choose another one.")
            raise BadValue(text % {"kind": cls.named.one, "name": name[:60]})
        return record._in_use()

    @classmethod
    def called_or_new(cls, name: str) -> Self:
        """The one of this name, made where there is none. Raises BadValue where it is archived or no name."""
        typed = " ".join(name.split())
        if len(typed) > NAME_LENGTH:
            said = {"length": len(typed), "most": NAME_LENGTH}
            raise BadValue(say("The text has %(length)s characters; there is room for %(most)s.") % said)
        record = cls.found(typed)
        return record._in_use() if record else cls.add(name=typed)

    @classmethod
    def add(cls, *, name: str, **values: Any) -> Self:
        """Make one. Raises Refused (name_taken)."""
        made = cls(name=name, **values)
        with cls._free(name):
            made.save(force_insert=True)
        made.refresh_from_db()
        return made

    def change(self, *, version: int, **values: Any) -> None:
        """As for every record. Raises Refused (name_taken)."""
        with self._free(values.get("name", self.name)):
            super().change(version=version, **values)

    def _in_use(self) -> Self:
        if self.is_archived:
            text = say("The %(kind)s “%(name)s” is archived. Restore it, or choose another one.")
            raise BadValue(text % {"kind": self.named.one, "name": self})
        return self

    @classmethod
    @contextmanager
    def _free(cls, name: str) -> Iterator[None]:
        """Says in words what the database says of a name that is taken. Raises Refused."""
        try:
            with transaction.atomic():
                yield
        except IntegrityError as fault:
            if cls.alone not in str(fault):
                raise
            taken = cls.found(name)
            text = say("There is a %(kind)s “%(name)s” already. Choose another name.")
            if taken and taken.is_archived:
                text = say("There is an archived %(kind)s “%(name)s”. Restore it, or choose another name.")
            raise Refused(text % {"kind": cls.named.one, "name": name}, code="name_taken") from fault
