"""One edit of one record: its form, its lines, and what to do when somebody else saved first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.datastructures import MultiValueDict

from sitebook.basics.refused import Refused, StaleEdit
from sitebook.customers import outside, reaching
from sitebook.customers.forms import EMAILS, OUTSIDE_IDS, PHONES, RecordForm
from sitebook.customers.models import Customer, Site
from sitebook.ui import formats

OUTSIDE = "outside_ids"


@dataclass(frozen=True)
class Conflict:
    """A field that differs between what was typed and what is saved now."""

    name: str
    label: str
    mine: str
    theirs: str
    keep: str


class Editing:
    """``data`` is None before anything was typed; ``country`` decides how phone numbers are read."""

    def __init__(
        self,
        form: type[RecordForm],
        record: Customer | Site | None,
        *,
        data: MultiValueDict[str, str] | None,
        country: str,
    ) -> None:
        self.record, self.data, self.country = record, data, country
        now = self._now()
        ids = outside.ids_of(record) if record else {}
        base = json.dumps({**now, OUTSIDE: ids}, cls=DjangoJSONEncoder)
        start = {**now, "version": record.version, "base": base} if record else {}
        self.form = form(data, initial=start)
        self.phones = PHONES(data, initial=_phones_typed(now.get("phones", [])), prefix="phones")
        self.emails = EMAILS(data, initial=now.get("emails", []), prefix="emails")
        self.ids = OUTSIDE_IDS(data, initial=[{"system": s, "value": v} for s, v in ids.items()], prefix="ids")
        self.conflicts: list[Conflict] = []

    def _now(self) -> dict[str, Any]:
        if self.record is None:
            return {}
        fields = [f for f in self.record._meta.concrete_fields if f.editable and not f.is_relation]
        names = {f.name for f in fields} - {"id", "name_key"}
        return {name: getattr(self.record, name) for name in sorted(names)}

    def is_valid(self) -> bool:
        valid = [part.is_valid() for part in (self.form, self.phones, self.emails, self.ids)]
        return all(valid)

    def values(self) -> dict[str, Any]:
        """What to save, without the fields where the newer value was chosen."""
        values = self.form.values()
        country = values.get("country") or values.get("head_country") or self.country
        values["phones"] = [
            self._phone(line["number"], country=country, kind=line.get("kind") or "office")
            for line in _lines(self.phones, "number")
        ]
        values["emails"] = [
            reaching.Email(kind=line.get("kind") or "office", address=line["address"])
            for line in _lines(self.emails, "address")
        ]
        if self.data is None:
            return values
        return {name: value for name, value in values.items() if self.data.get(f"take_{name}") != "theirs"}

    def _phone(self, typed: str, *, country: str, kind: str) -> reaching.Phone:
        """A number left as it was shown stays what it is: read as the record's country it could become another."""
        for known in self.record.phones if self.record else []:
            if not known["odd"] and typed == formats.phone(known["number"]):
                return reaching.Phone(kind=kind, number=known["number"], odd=False)
        return reaching.phone(typed, country=country, kind=kind)

    def outside_ids(self) -> dict[str, str]:
        """The ids to save: what was changed here, on top of what others saved meanwhile."""
        mine = {line["system"]: line["value"] for line in _lines(self.ids, "value")}
        if self.record is None:
            return mine
        now = outside.ids_of(self.record)
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
            self.form.add_error(None, str(refusal))
            return 409
        return self.SAVED

    def save(self) -> None:
        """Save onto the record. Raises StaleEdit with ``conflicts`` filled in, CodeTaken, IdTaken."""
        assert self.record is not None  # noqa: S101 - a new record is made by its own verb
        values = self.values()
        try:
            self.record.change(version=self.form.cleaned_data["version"] or 0, **values)
        except StaleEdit:
            self.record.refresh_from_db()
            self._compare(values)
            raise
        outside.set_ids(self.record, self.outside_ids())

    def _compare(self, mine: dict[str, Any]) -> None:
        base, now = self._base(), self._now()
        self.conflicts = [
            Conflict(
                name=name,
                label=str(self.record._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
                mine=_shown(value),
                theirs=_shown(now[name]),
                keep="theirs" if base.get(name) == json.loads(json.dumps(value, cls=DjangoJSONEncoder)) else "mine",
            )
            for name, value in mine.items()
            if name in now and now[name] != value
        ]
        typed = self.data.copy() if self.data is not None else MultiValueDict()
        typed["version"] = str(self.record.version) if self.record else ""
        typed["base"] = json.dumps({**now, OUTSIDE: base.get(OUTSIDE, {})}, cls=DjangoJSONEncoder)
        self.form.data = typed


def _lines(formset: Any, needed: str) -> list[dict[str, Any]]:
    return [line for line in formset.cleaned_data if line.get(needed) and not line.get("DELETE")]


def _phones_typed(phones: list[reaching.Phone]) -> list[dict[str, str]]:
    return [{"kind": p["kind"], "number": p["number"] if p["odd"] else formats.phone(p["number"])} for p in phones]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(v.get("number") or v.get("address")) if isinstance(v, dict) else str(v) for v in value)
    return "" if value is None else str(value)
