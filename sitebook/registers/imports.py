"""Takes the rows of a file into a register: new records, changed records, through the same door as pages and API.

A record is found again by the fields that say ``key``, so the same file taken twice changes nothing. Blank cells erase
nothing, and tags are only added. All rows that can be taken are; the others are refused by line, column and reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Lower

from sitebook.access.identity import acting
from sitebook.basics.letter_case import lowered
from sitebook.basics.refused import Refused
from sitebook.custom_fields.models import CustomField
from sitebook.custom_fields.records import BadField
from sitebook.imports.csv_reader import Refusal, Row, read
from sitebook.imports.mapping import FileMapping, load
from sitebook.imports.report import Change, Report
from sitebook.values.contact_lines import Emails, Phones
from sitebook.values.kinds import Words
from sitebook.values.readers import BadValue

if TYPE_CHECKING:
    from sitebook.registers.register import Register
    from sitebook.users.models import User

# Records already there are looked up so many at once.
_AT_ONCE = 1000
Key = tuple[str, ...]


def take(
    register: Register[Any],
    path: Path,
    *,
    mapping: str,
    user: User | None = None,
    everything: bool = False,
    dry_run: bool = False,
) -> Report:
    """Read a file by a mapping (a shipped name or a path) and take its rows, all in one transaction.

    The records are made by ``user``, or with ``everything`` by the operator at the machine. A dry run tells what would
    happen and writes nothing. Raises Refused where file or mapping cannot be read; refused rows are no error.
    """
    with acting(user=user, via="import", reason=path.name, everything=everything):
        chosen = _mapping(register, mapping)
    table = read(path, needs=chosen.columns)
    chosen = chosen.with_headings(table.columns)
    report = Report(path.name, chosen.title, table.encoding, dry_run, notes=list(table.notes))
    with acting(user=user, via="import", reason=path.name, everything=everything), _kept(not dry_run):
        taking = _Taking(register, chosen, report)
        for found in batched(table, _AT_ONCE, strict=False):
            taking.take(found)
    report.blank = table.blank
    report.made = {register.path: report.created}
    return report


@contextmanager
def _kept(keep: bool) -> Iterator[None]:
    with transaction.atomic():
        yield
        if not keep:
            transaction.set_rollback(True)


def _mapping(register: Register[Any], name: str) -> FileMapping:
    fields = [each.name for each in register.writable(new=True) if each.imported]
    custom: dict[str, Collection[str]] = {
        each.column: {each.column, each.label} for each in CustomField.objects.of(register.table)
    }
    custom |= register.parts() if register.parts else {}
    found = load(name, register=register.path, fields={register.one: fields}, rules=("country",),
                 also={register.one: custom})  # fmt: skip
    keys = [each.name for each in register.bound if each.key]
    missing = [key for key in keys if not found.fields[register.one].get(key)]
    if missing and (not register.any_key or len(missing) == len(keys)):
        wanted = " or the ".join(missing) if register.any_key else missing[0]
        raise Refused(
            f"The mapping {found.name} does not say where the {wanted} of a {register.one} stands.",
            code="bad_mapping",
        )
    return found.with_country("country")


class _Taking:
    """One file on its way into a register. ``seen``: the keys of earlier rows, with their lines."""

    def __init__(self, register: Register[Any], mapping: FileMapping, report: Report) -> None:
        self.register, self.mapping, self.report = register, mapping, report
        self.keys = [each.name for each in register.bound if each.key]
        self.seen: dict[Key, int] = {}

    def take(self, rows: Iterable[Row | Refusal]) -> None:
        """Take these rows, one after the other, each by itself: one that is refused leaves nothing."""
        given: list[tuple[Row, dict[str, Any]]] = []
        for row in rows:
            if isinstance(row, Refusal):
                self.report.refused_rows.append(row)
            else:
                given.append((row, self._given(row)))
        keys = self._keys([values for _row, values in given])
        known = self._known(keys)
        for (row, values), key in zip(given, keys, strict=True):
            if any(key) and (line := self.seen.setdefault(key, row.line)) != row.line:
                name = next(name for name, text in zip(self.keys, key, strict=True) if text)
                self._refuse(row, name, f"Line {line} has the same {name}; one of them is meant.")
                continue
            try:
                with transaction.atomic():
                    self._one(row, values, known.get(key))
            except BadField as fault:
                self._refuse(row, fault.key, str(fault))
            except Refused as refusal:
                named = [name for name, text in zip(self.keys, key, strict=True) if text]
                self._refuse(row, named[0] if named else self.keys[0], str(refusal))

    def _given(self, row: Row) -> dict[str, Any]:
        """What the row says, by field; blank cells say nothing."""
        cells, section = self.mapping.cleaned(row.values), self.register.one
        found: dict[str, Any] = {}
        for name in self.mapping.fields[section]:
            texts = self.mapping.texts(section, name, cells)
            if texts:
                several = isinstance(self._kind(name), Words | Phones | Emails)
                found[name] = ", ".join(texts) if several else texts[0]
        parts: dict[str, dict[str, str]] = {}
        for name in [name for name in found if "." in name]:
            whole, _dot, part = name.partition(".")
            parts.setdefault(whole, {})[part] = found.pop(name)
        return found | parts

    def _kind(self, name: str) -> Any:
        return self.register.by_name[name].reads if name in self.register.by_name else None

    def _keys(self, rows: Sequence[Mapping[str, Any]]) -> list[Key]:
        """What rows or records are recognised by, in small letters: all keys, or the first given of any."""
        written = [[" ".join(str(values.get(name) or "").split()) for name in self.keys] for values in rows]
        small = lowered(text for texts in written for text in texts)
        return [self._recognised([small[text] for text in texts]) for texts in written]

    def _recognised(self, texts: list[str]) -> Key:
        if not self.register.any_key:
            return tuple(texts)
        first = next((place for place, text in enumerate(texts) if text), 0)
        return tuple(text if place == first else "" for place, text in enumerate(texts))

    def _known(self, wanted: list[Key]) -> dict[Key, Any]:
        """The records of these keys that are there, whether their keys are written in capital or small letters."""
        known: dict[Key, Any] = {}
        for place, name in enumerate(self.keys if self.register.any_key else self.keys[:1]):
            texts = {key[place] for key in wanted} - {""}
            rows = self.register.model._default_manager.annotate(small_key=Lower(name)).filter(small_key__in=texts)
            found = list(rows.select_for_update(no_key=True, of=("self",))) if texts else []
            names = [name] if self.register.any_key else self.keys
            values = [{each: getattr(record, each) for each in names} for record in found]
            known |= dict(zip(self._keys(values), found, strict=True))
        return known

    def _one(self, row: Row, given: Mapping[str, Any], record: Any) -> None:
        country = str(self.mapping.rules.get("country", ""))
        values = self.register.read(self._found(given), now=record, country=country)
        if record is None:
            self._has_what_it_needs(values)
            self.register.made(values)
            self.report.created += 1
            return
        if record.is_archived:
            raise Refused(f"{record.reference} is archived; restore it before it can be changed.", code="is_archived")
        if moved := [name for name in values if self._is_another(record, name, values[name])]:
            text = f"A file does not change the {moved[0]} of a {self.register.one} that is there; use its own page."
            raise BadField(moved[0], text)
        fixed = {each.name for each in self.register.bound if each.writes != "always"}
        values = {name: self._added(record, name, value) for name, value in values.items() if name not in fixed}
        changes = [
            Change(row.line, f"{record.reference} {record}", name, str(getattr(record, name)), str(value))
            for name, value in values.items()
            if self._held(record, name) != (value.pk if isinstance(value, Model) else value)
        ]
        if changes:
            self.register.saved(record, version=record.version, values=values)
        self.report.changes += changes
        self.report.updated += bool(changes)
        self.report.unchanged += not changes

    def _has_what_it_needs(self, values: Mapping[str, Any]) -> None:
        """Raises BadField where a new record lacks what it cannot do without."""
        for each in self.register.writable(new=True):
            if each.must_be_sent and values.get(each.name) in (None, ""):
                text = f"A new {self.register.one} needs a {str(each.title).lower()}; this row has none."
                raise BadField(each.name, text)

    def _held(self, record: Any, name: str) -> Any:
        """What a record holds in a field; of a record it names, the id."""
        field = self.register.by_name.get(name)
        return field.value_of(record) if field else getattr(record, name)

    def _found(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The same with the records that the row names. Raises BadField."""
        found = dict(given)
        for each in self.register.bound:
            if each.found_by and isinstance(text := found.get(each.name), str):
                try:
                    found[each.name] = each.found_by(text, found)
                except BadValue as fault:
                    raise BadField(each.name, str(fault)) from fault
        return found

    def _is_another(self, record: Any, name: str, value: Any) -> bool:
        """Whether a row names another record where a verb of its own is needed to say so."""
        field = self.register.by_name.get(name)
        return bool(field and field.found_by and field.writes == "new" and value and field.value_of(record) != value.pk)

    def _added(self, record: Any, name: str, value: Any) -> Any:
        """Tags are added to those that are there; a telephone or address fills only an empty place."""
        now, kind = getattr(record, name), self._kind(name)
        if isinstance(kind, Words):
            have = {tag.casefold() for tag in now}
            return [*now, *(tag for tag in value if tag.casefold() not in have)]
        return now if isinstance(kind, Phones | Emails) and now else value

    def _refuse(self, row: Row, name: str, why: str) -> None:
        column = self.mapping.column_of(self.register.one, name) or name
        self.report.refuse(line=row.line, column=column, value=row.values.get(column, ""), reason=why)
