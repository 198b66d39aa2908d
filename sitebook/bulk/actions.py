"""What can be done to many records: an action knows its question, does a batch, and puts a batch back."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.ui.filters import Words

Values = Mapping[str, Any]
Before = Mapping[int, Any]
Blocked = Callable[[Sequence[int], int], dict[int, str]]
_FIELD = lazy("Change a field")
_CHANGE = lazy("Change")
_TAG = lazy("Tag")
_TAGS = lazy("Tags")
_UNTAG = lazy("Untag")


@dataclass(frozen=True, kw_only=True)
class Order:
    """How a batch is to be done. ``name``: the run's; ``values``: what was asked for, as JSON."""

    values: Values
    name: str
    by_id: int
    at: datetime
    on: date


@dataclass(kw_only=True)
class Done:
    """What a batch did, by the records' ids: ``changed`` with what was before, as JSON; ``refused`` with why."""

    changed: dict[int, Any] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BulkAction(ABC):
    """``kind``: the model of the records it is done to. ``reach``: from the rows chosen in a list to these records,
    where the list shows others. ``group``: the heading under which it is offered. ``button``: what orders it, where the
    label is no word for doing."""

    key: str
    label: Words
    kind: type[Model]
    needs: Permission
    group: Words = ""
    icon: str = "edit"
    button: Words = ""
    reach: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None

    def form(self, data: Any = None) -> forms.Form | None:
        """What must be said beforehand; nothing by default."""
        return None

    def values(self, form: forms.Form | None) -> dict[str, Any]:
        """What a valid form says, as JSON."""
        return {}

    def title(self, values: Values, many: str) -> str:
        """``Tag “VIP” on 312 sites``; ``many``: the number with its noun."""
        return f"{self.label}: {many}"

    def touched(self, rows: QuerySet[Any]) -> list[dict[str, Any]]:
        """What goes along with these records, for the question beforehand."""
        return []

    @abstractmethod
    def do(self, ids: Sequence[int], order: Order) -> Done:
        """Do it to these, all of which exist or are not seen. What is in neither answer was so already."""

    @abstractmethod
    def undo(self, before: Before, order: Order) -> Done:
        """Put these back where what the run did still stands; refuse where somebody changed it since."""


def locked(kind: type[Model], ids: Iterable[int]) -> list[Any]:
    """These rows in the order of their ids, so that two who take several wait for each other and never in a circle."""
    rows = kind._default_manager.filter(pk__in=list(ids)).order_by("pk")
    return list(rows.select_for_update(no_key=True, of=("self",)))


def changed_since() -> str:
    return _("Changed since; left as it is now.")


@dataclass(frozen=True, kw_only=True)
class RowsAction(BulkAction):
    """Writes columns of the records themselves, a batch in one statement.

    ``blocked``: which of some records take no change by this user, with why. ``refuses``: why one record does not take
    these values, or "".
    """

    blocked: Blocked | None = None
    refuses: Callable[[Any, Values], str] | None = None

    @abstractmethod
    def fresh(self, row: Any, order: Order) -> Values | None:
        """What to write; None when it is so already."""

    @abstractmethod
    def back(self, row: Any, before: Values, order: Order) -> Values | None:
        """What to put back; None when what was done does not stand any more."""

    def was(self, row: Any, values: Values) -> Values:
        """What to keep of a row that is about to take these values, for ``back``."""
        return {name: getattr(row, name) for name in values}

    def why_not(self, row: Any, values: Values) -> str:
        """Why this row does not take these values, or ""."""
        return self.refuses(row, values) if self.refuses else ""

    def do(self, ids: Sequence[int], order: Order) -> Done:
        refused = self.blocked(ids, order.by_id) if self.blocked else {}
        done, wanted = Done(), []
        for row in locked(self.kind, ids):
            values = self.fresh(row, order)
            if values is None:
                continue
            if why := refused.get(row.pk) or self.why_not(row, values):
                done.refused[row.pk] = why
            else:
                done.changed[row.pk] = _as_json(self.was(row, values))
                wanted.append((row, values))
        return self._written(done, wanted, order)

    def undo(self, before: Before, order: Order) -> Done:
        refused = self.blocked(list(before), order.by_id) if self.blocked else {}
        done, wanted = Done(), []
        for row in locked(self.kind, before):
            values = self.back(row, before[row.pk], order)
            if values is None or row.pk in refused:
                done.refused[row.pk] = changed_since() if values is None else refused[row.pk]
            else:
                done.changed[row.pk] = {}
                wanted.append((row, values))
        return self._written(done, wanted, order)

    def _written(self, done: Done, wanted: list[tuple[Any, Values]], order: Order) -> Done:
        """Write these rows, locked by now."""
        for row, values in wanted:
            for name, value in values.items():
                setattr(row, name, value)
        if wanted:
            names = [self._field(name).name for name in wanted[0][1]]
            self.kind._default_manager.bulk_update([row for row, _values in wanted], names)
        return done

    def _field(self, name: str) -> Any:
        return next(each for each in self.kind._meta.concrete_fields if name in (each.name, each.attname))


@dataclass(frozen=True, kw_only=True)
class FieldsAction(RowsAction):
    """Write the same into one or a few fields that belong together, as the record's own form asks for them.

    ``names``: of the fields of ``form_class``.
    """

    group: Words = _FIELD
    button: Words = _CHANGE
    form_class: type[forms.Form]
    names: Sequence[str]

    def form(self, data: Any = None) -> forms.Form:
        form = self.form_class(data)
        form.fields = {name: form.fields[name] for name in self.names}
        return form

    def values(self, form: forms.Form | None) -> dict[str, Any]:
        assert form is not None  # noqa: S101 - there is always one
        said = [_read(form.fields[name], form.cleaned_data[name]) for name in self.names]
        values = {str(self._field(name).attname): _key(form.cleaned_data[name]) for name in self.names}
        return _as_json({"fields": values}) | {"said": ", ".join(filter(None, said)) or _("nothing")}

    def title(self, values: Values, many: str) -> str:
        said = {"field": self.label, "value": values["said"], "many": many}
        return _("%(field)s “%(value)s” on %(many)s") % said

    def meant(self, row: Any, values: Values) -> Values:
        """What these values come to for one row."""
        return values

    def fresh(self, row: Any, order: Order) -> Values | None:
        values = self.meant(row, self._typed(order.values["fields"]))
        return None if _holds(row, values) else values

    def back(self, row: Any, before: Values, order: Order) -> Values | None:
        stands = _holds(row, self.meant(row, self._typed(order.values["fields"])))
        return self._typed(before) if stands else None

    def _typed(self, values: Values) -> Values:
        return {name: self._field(name).to_python(value) for name, value in values.items()}


@dataclass(frozen=True, kw_only=True)
class VerbAction(FieldsAction):
    """As FieldsAct, but each record by its own verb ``(record, values, on)``, whose refusals are told one by one."""

    verb: Callable[[Any, Values, date], None]

    def _written(self, done: Done, wanted: list[tuple[Any, Values]], order: Order) -> Done:
        for row, values in wanted:
            try:
                with transaction.atomic():
                    self.verb(row, values, order.on)
            except Refused as refusal:
                del done.changed[row.pk]
                done.refused[row.pk] = str(refusal)
        return done


@dataclass(frozen=True, kw_only=True)
class TagAction(RowsAction):
    """Put a tag on those that lack it, however it is written there."""

    key: str = "tag"
    label: Words = _TAG
    group: Words = _TAGS
    icon: str = "products"
    off = False

    def form(self, data: Any = None) -> forms.Form:
        return TagForm(data)

    def values(self, form: forms.Form | None) -> dict[str, Any]:
        return {"tag": form.cleaned_data["tag"]} if form else {}

    def title(self, values: Values, many: str) -> str:
        return _("Tag “%(tag)s” on %(many)s") % {"tag": values["tag"], "many": many}

    def fresh(self, row: Any, order: Order) -> Values | None:
        tags = self._turned(row.tags, order.values["tag"])
        return None if tags == row.tags else {"tags": tags}

    def back(self, row: Any, before: Values, order: Order) -> Values | None:
        """The tags as they were, or with others put on or taken off since; the tag of this action as it was."""
        tag, was = order.values["tag"], list(before["tags"])
        if row.tags == self._turned(was, tag):
            return {"tags": was}
        if _has(row.tags, tag) == self.off:
            return None
        return {"tags": _with(row.tags, tag) if self.off else _without(row.tags, tag)}

    def _turned(self, tags: list[str], tag: str) -> list[str]:
        return _without(tags, tag) if self.off else _with(tags, tag)


@dataclass(frozen=True, kw_only=True)
class UntagAction(TagAction):
    """Take a tag off those that have it, however it is written there."""

    key: str = "untag"
    label: Words = _UNTAG
    icon: str = "close"
    off = True

    def title(self, values: Values, many: str) -> str:
        return _("Take the tag “%(tag)s” off %(many)s") % {"tag": values["tag"], "many": many}


class TagForm(forms.Form):
    tag = forms.CharField(
        label=lazy("Tag"),
        max_length=40,
        error_messages={"required": lazy("Write the tag.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_tag(self) -> str:
        tag = " ".join(str(self.cleaned_data["tag"]).replace(",", " ").split())
        if not tag:
            raise forms.ValidationError(_("Write the tag."))
        return tag


def _holds(row: Any, values: Values) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())


def _has(tags: list[str], tag: str) -> bool:
    return tag.casefold() in {each.casefold() for each in tags}


def _with(tags: list[str], tag: str) -> list[str]:
    return tags if _has(tags, tag) else [*tags, tag]


def _without(tags: list[str], tag: str) -> list[str]:
    return [each for each in tags if each.casefold() != tag.casefold()]


def _as_json(values: Values) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return found


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _read(asked: forms.Field, value: Any) -> str:
    """The value as the form's own words."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(getattr(asked, "choices", ()))
    return str(choices.get(value, value))
