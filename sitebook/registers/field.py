"""A field of a register, in one line: label, length, choices and whether it must be written come from the model."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import attrgetter
from typing import Any, Literal

from django import forms
from django.db import models
from django.utils.functional import Promise

from sitebook.access.permissions import Permission
from sitebook.lists.cells import PLAIN, Look, Name
from sitebook.lists.columns import Column, SaidColumn
from sitebook.registers.columns import in_words, reach_column
from sitebook.ui.filters import Choice, Filter
from sitebook.values.codes import Code
from sitebook.values.contact_lines import Emails, Phones
from sitebook.values.kinds import Kind, Line, Number, OneOf, Whole, Words, YesNo, kind_of
from sitebook.values.references import Reference

Check = Callable[[Mapping[str, Any]], "tuple[str, str] | None"]
"""A rule about several fields of a record: which of them is wrong, and the sentence; None when all is well."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field, in forms, lists, files, the API, imports and changes of many records.

    column: the classes of its cells in the list; "" where it can be chosen but is not shown, None where there is none.
    cell, value: how its cell looks and what it says, where that is not what the kind says.
    sort: by the column itself, or by the one named. filter: the list can be narrowed by it. bulk: many records can be
    given the same, ``together`` with further fields. imported: files may fill it. key: imports recognise records by it.
    writes: when it can be written. section: the heading of the form under which it stands. kind: where it is not the
    model's own.
    heading: of its column, where that is not the label. told: it stands among the particulars of the record's page.
    asked: the form of a record asks for it; what it does not ask for, programs and files still write.
    words: the list suggests and filters by what others have written. leaves: it goes with the customer when a place
    changes hands. copied: a record that is split off begins with it. personal: it may name a person, and is emptied
    when the person whose record it is, is erased. found_by: finds the record that a file names here by its code or
    name, from the text and what else the row says.
    needs: only who may this sees it on pages, in files and for programs.
    """

    name: str = dataclasses.field(kw_only=False)
    model: type[models.Model] | None = None
    label: str | Promise = ""
    heading: str | Promise = ""
    help: str | Promise = ""
    section: str | Promise = ""
    kind: Kind | None = None
    picker: str = ""
    column: str | None = ""
    cell: Look | None = None
    value: Callable[[Any], Any] | None = None
    sort: bool | str = False
    filter: bool = False
    bulk: bool = False
    together: Sequence[str] = ()
    imported: bool = True
    key: bool = False
    words: bool = False
    writes: Literal["always", "new", "never"] = "always"
    told: bool = True
    asked: bool = True
    leaves: bool = False
    copied: bool = True
    personal: bool = False
    found_by: Callable[[str, Mapping[str, Any]], models.Model] | None = None
    needs: Permission | None = None

    def of(self, model: type[models.Model]) -> Field:
        """The same, bound to its model."""
        return dataclasses.replace(self, model=model)

    @property
    def column_of_model(self) -> models.Field[Any, Any]:
        assert self.model is not None  # noqa: S101 - a register binds its fields
        found: models.Field[Any, Any] = self.model._meta.get_field(self.name)  # type: ignore[assignment]
        return found

    @cached_property
    def reads(self) -> Kind:
        """How its values are read."""
        if self.kind:
            return self.kind
        if self.name in ("phones", "emails"):
            return Phones() if self.name == "phones" else Emails()
        column = self.column_of_model
        if isinstance(column, models.ForeignKey):
            return Reference(to=column.related_model, picker=self.picker, required=not column.null)
        kind = kind_of(column)
        if self.words and isinstance(kind, Line):
            return dataclasses.replace(kind, suggests=self.suggestions)
        return kind

    def value_of(self, record: Any) -> Any:
        """What a record holds in it; of a record it names, the id."""
        return getattr(record, f"{self.name}_id" if isinstance(self.reads, Reference) else self.name)

    def kept_of(self, record: Mapping[str, Any]) -> Any:
        """Its value out of a record that is kept as JSON."""
        found = record.get(self.name)
        if found is None:
            return self.empty
        return self.column_of_model.to_python(str(found) if isinstance(found, float) else found)

    @property
    def must_be_sent(self) -> bool:
        """Whether a new record cannot do without: it must be written, and has no usual value."""
        return self.reads.required and not self.column_of_model.has_default()

    @property
    def empty(self) -> Any:
        """What is kept where nothing is written."""
        return self.reads.read(None) if not self.reads.required else self.column_of_model.get_default()

    @property
    def suggestions(self) -> str:
        """The id of the page's list of words in use."""
        return f"{self.name}-in-use"

    @property
    def title(self) -> Any:
        return self.label or self.column_of_model.verbose_name

    def input(self) -> forms.Field:
        """What a form asks with."""
        options: dict[str, Any] = {"label": self.title, "required": self.must_be_sent}
        if self.help:
            options["help_text"] = self.help
        if isinstance(self.reads, OneOf) and self.column_of_model.has_default():
            options["initial"] = self.column_of_model.default
        return self.reads.input(**options)

    def list_column(self, *, page: str = "") -> Column:
        """Its column in the list and in files; the first one names the record and leads to its ``page``."""
        get, kind = attrgetter(self.name), self.reads
        if isinstance(kind, Phones | Emails):
            return reach_column(self.name, look=self.column or "p3", shown=bool(self.column))
        choices = in_words(self.name, kind.choices) if isinstance(kind, OneOf) else None
        made = partial(SaidColumn, said=lambda row: kind.said(get(row))) if isinstance(kind, Number) else Column
        return made(
            key=self.name,
            label=self.heading or self.title,
            look="grow l1" if page else self.column or "p3",
            shown=bool(page or self.column),
            cell=self.cell or (Name(view=page) if page else PLAIN),
            sort=(self.name if self.sort is True else str(self.sort),) if self.sort else (),
            numeric=isinstance(kind, Whole | Number),
            value=self.value or choices or (lambda row: kind.text(get(row))),
            reads=(self.name,),
        )

    def list_filter(self, in_use: Callable[[str], Any]) -> Filter | None:
        """What the list can be narrowed with. ``in_use``: gives the words written in a column, for those people make
        up themselves."""
        kind = self.reads
        if isinstance(kind, Words) or self.words:
            narrowed: Filter = in_use(self.name)
            return narrowed
        if isinstance(kind, YesNo):
            return Choice(self.name, self.title, kind.options(), by=_by_yes_no(self.name))
        if isinstance(kind, OneOf | Code):
            return Choice(self.name, self.title, kind.options)
        return None


def _by_yes_no(name: str) -> Any:
    return lambda rows, chosen: rows.filter(**{f"{name}__in": [each == "yes" for each in chosen]})
