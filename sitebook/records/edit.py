"""One edit of one record: its form, its lines, and what to do when somebody else saved first."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused, StaleEdit
from sitebook.records import external_ids
from sitebook.records.forms import EMAILS, OUTSIDE_IDS, PHONES, RecordForm
from sitebook.records.models import Record
from sitebook.ui import formats
from sitebook.values import contact_details

OUTSIDE = "outside_ids"


@dataclass(frozen=True)
class Conflict:
    """A field that differs between what was typed and what is saved now."""

    name: str
    label: str
    mine: str
    theirs: str
    keep: str


@dataclass(frozen=True)
class Link:
    """A field of the form that is no column of the record, such as the main contact: whom it points at now,
    as far as the user sees it, and the verb that points it at another one or at none."""

    label: Any
    now: Callable[[], Model | None]
    choose: Callable[[Any], None]


class Editing:
    """``data`` is None before anything was typed; ``country`` decides how phone numbers are read.

    ``links``: by the names of their fields. ``change``: the verb that saves, where it is not the record's own.
    """

    def __init__(
        self,
        form: type[RecordForm],
        record: Record | None,
        *,
        data: MultiValueDict[str, str] | None,
        country: str,
        links: Mapping[str, Link] | None = None,
        change: Callable[..., None] | None = None,
    ) -> None:
        self.record, self.data, self.country = record, data, country
        self.links, self.change = links or {}, change or (record.change if record else None)
        self.pointers = _pointers(form, record)
        self.form = form(data, of=record)
        self.own = {each.name: each for each in self.form.own}
        self.named: dict[str, Model] = {}
        now, ids = self._now(), self._ids_now()
        base = json.dumps({**now, OUTSIDE: ids}, cls=DjangoJSONEncoder)
        self.form.initial = {**now, **self.named, "version": record.version, "base": base} if record else {}
        self.phones = PHONES(data, initial=_phones_typed(now.get("phones", [])), prefix="phones")
        self.emails = EMAILS(data, initial=now.get("emails", []), prefix="emails")
        self.ids = OUTSIDE_IDS(data, initial=[{"system": s, "value": v} for s, v in ids.items()], prefix="ids")
        self.conflicts: list[Conflict] = []

    def _now(self) -> dict[str, Any]:
        if self.record is None:
            return {}
        fields = [f for f in self.record._meta.concrete_fields if f.editable and not f.is_relation]
        names = {f.name for f in fields} - {"id", "name_key", "custom", *(each.holder for each in self.own.values())}
        custom = {name: getattr(self.record, each.holder).get(each.kept_as) for name, each in self.own.items()}
        own = custom | {name: getattr(self.record, name) for name in sorted(names)}
        pointing = {name: self._pointed(name, getattr(self.record, f"{name}_id")) for name in self.pointers}
        found = pointing | {name: link.now() for name, link in self.links.items()}
        self.named = {name: each for name, each in found.items() if each is not None}
        return own | {name: _key(each) for name, each in found.items()}

    def _pointed(self, name: str, pk: int | None) -> Model | None:
        """The record a reference points at; none where the user may not see it, so that saving leaves it alone."""
        return self.pointers[name]._default_manager.filter(pk=pk).first() if pk else None

    @property
    def _known(self) -> Any:
        """The record, where it has ids in other systems."""
        return self.record if self.form.keeps_ids else None

    def _ids_now(self) -> dict[str, str]:
        return external_ids.ids_of(self._known) if self._known else {}

    def is_valid(self) -> bool:
        reach = [self.phones, self.emails] if self.form.keeps_contact_details else []
        lines = [*reach, *([self.ids] if self.form.keeps_ids else [])]
        valid = [part.is_valid() for part in (self.form, *lines)]
        return all(valid)

    def values(self) -> dict[str, Any]:
        """What to save, without the fields where the newer value was chosen."""
        values = self.form.values()
        if self.form.keeps_contact_details:
            values |= self._contact_details(values.get(self.form.country_field) or self.country)
        if self.data is not None:
            values = {name: value for name, value in values.items() if self.data.get(f"take_{name}") != "theirs"}
        return values if self.record else self.form.gathered(values)

    def _contact_details(self, country: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        values["phones"] = [
            self._phone(line["number"], country=country, kind=line.get("kind") or "office")
            for line in _lines(self.phones, "number")
        ]
        values["emails"] = [
            contact_details.Email(kind=line.get("kind") or "office", address=line["address"])
            for line in _lines(self.emails, "address")
        ]
        return values

    def _phone(self, typed: str, *, country: str, kind: str) -> contact_details.Phone:
        """A number left as it was shown stays what it is: read as the record's country it could become another."""
        for known in getattr(self.record, "phones", []):
            if not known["odd"] and typed == formats.phone(known["number"]):
                return contact_details.Phone(kind=kind, number=known["number"], odd=False)
        return contact_details.phone(typed, country=country, kind=kind)

    def outside_ids(self) -> dict[str, str]:
        """The ids to save: what was changed here, on top of what others saved meanwhile."""
        mine = {line["system"]: line["value"] for line in _lines(self.ids, "value")}
        if self.record is None:
            return mine
        now = self._ids_now()
        shown = self._base().get(OUTSIDE)
        base = shown if isinstance(shown, dict) else now
        changed = {system: value for system, value in mine.items() if base.get(system) != value}
        return {system: value for system, value in now.items() if system in mine or system not in base} | changed

    def _base(self) -> dict[str, Any]:
        """The values the form was first shown with."""
        try:
            base = json.loads(self.form.cleaned_data["base"] or "{}")
        except ValueError:
            return {}
        return base if isinstance(base, dict) else {}

    SAVED = 303

    def attempt(self) -> int:
        """Save if it can be: SAVED, 422 with the fields' errors, 409 when refused or somebody else saved first."""
        if not self.is_valid():
            return 422
        try:
            self.save()
        except StaleEdit:
            return 409
        except Refused as refusal:
            self.form.add_error(None, refusal.linked)
            return 409
        return self.SAVED

    def save(self) -> None:
        """Save onto the record, all or nothing. Raises StaleEdit with ``conflicts`` filled in, and what its verbs
        raise."""
        assert self.record is not None and self.change is not None  # noqa: S101, PT018 - new ones have own verbs
        values, base = self.values(), self._base()
        touched = {
            name: value for name, value in values.items() if self._points(name) and _key(value) != base.get(name)
        }
        own = {name: value for name, value in values.items() if not self._points(name)}
        own = self.form.gathered(own, self.record)
        own |= {f"{name}_id": _key(value) for name, value in touched.items() if name in self.pointers}
        try:
            with transaction.atomic():
                self._write(own, {name: value for name, value in touched.items() if name in self.links}, base)
        except Refused as refusal:
            self.record.refresh_from_db()  # it took the values that are rolled back
            if isinstance(refusal, StaleEdit):
                self._compare(values)
            raise

    def _write(self, own: dict[str, Any], chosen: dict[str, Any], base: dict[str, Any]) -> None:
        """The record, what its links point at, its ids: all or nothing, held by the caller."""
        assert self.record is not None and self.change is not None  # noqa: S101, PT018 - as above
        if any(_key(self.links[name].now()) != base.get(name) for name in chosen):
            raise StaleEdit(_("Somebody else changed this record while you were editing it."))
        self.change(version=self.form.cleaned_data["version"] or 0, **own)
        for name, value in chosen.items():
            self.links[name].choose(value)
        if self._known:
            external_ids.set_ids(self._known, self.outside_ids())

    def _points(self, name: str) -> bool:
        return name in self.pointers or name in self.links

    def _compare(self, mine: dict[str, Any]) -> None:
        base, now = self._base(), self._now()
        self.conflicts = [
            Conflict(
                name=name,
                label=self._label(name),
                mine=self._said(name, value),
                theirs=self._said(name, now[name]),
                keep="theirs"
                if base.get(name) == json.loads(json.dumps(_key(value), cls=DjangoJSONEncoder))
                else "mine",
            )
            for name, value in mine.items()
            if name in now and now[name] != _key(value)
        ]
        typed = self.data.copy() if self.data is not None else MultiValueDict()
        typed["version"] = str(self.record.version) if self.record else ""
        typed["base"] = json.dumps({**now, OUTSIDE: base.get(OUTSIDE, {})}, cls=DjangoJSONEncoder)
        self.form.data = typed

    def _label(self, name: str) -> str:
        if name in self.own:
            return self.own[name].label
        if name in self.links:
            return str(self.links[name].label)
        return str(self.record._meta.get_field(name).verbose_name)  # type: ignore[union-attr]

    def _said(self, name: str, value: Any) -> str:
        if name in self.own:
            return self.own[name].said(value)
        if isinstance(value, Model) or not self._points(name):
            return _shown(value)
        return _shown(self.links[name].now() if name in self.links else self._pointed(name, value))


def _pointers(form: type[RecordForm], record: Record | None) -> dict[str, Any]:
    """The form's fields that are references of the record, each with what it points at."""
    fields = record._meta.concrete_fields if record else []
    return {f.name: f.related_model for f in fields if f.is_relation and f.name in form.base_fields}


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _lines(formset: Any, needed: str) -> list[dict[str, Any]]:
    return [line for line in formset.cleaned_data if line.get(needed) and not line.get("DELETE")]


def _phones_typed(phones: list[contact_details.Phone]) -> list[dict[str, str]]:
    return [{"kind": p["kind"], "number": p["number"] if p["odd"] else formats.phone(p["number"])} for p in phones]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(v.get("number") or v.get("address")) if isinstance(v, dict) else str(v) for v in value)
    return "" if value is None else str(value)
