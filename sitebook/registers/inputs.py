"""The form of a record, made from the register's fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from sitebook.custom_fields.records import BadField
from sitebook.records.forms import RecordForm
from sitebook.registers.field import Field
from sitebook.values.contact_lines import Emails, Phones
from sitebook.values.readers import BadValue

if TYPE_CHECKING:
    from sitebook.registers.register import Register


@dataclass(frozen=True)
class Section:
    """Fields under one heading; or ``lines``: telephones or addresses, each in a line of its own."""

    heading: Any
    fields: list[forms.BoundField]
    lines: str = ""


class DeclaredForm(RecordForm):
    """What was typed passes through the same door as everything else that is written."""

    declared: ClassVar[Register[Any]]
    fields_of: ClassVar[Sequence[Field]]
    order: ClassVar[Sequence[Field]]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for each in self.fields_of:
            if each.name in data and each.name not in self.errors:
                self._read(each, data)
        if not self.errors:
            followed = self.declared.following(data, self.initial)
            data |= {name: value for name, value in followed.items() if name in self.fields}
        if not self.errors and all(each.name in data for each in self.fields_of):  # a change of many asks for a few
            try:
                self.declared.must_agree({each.name: data[each.name] for each in self.fields_of}, now=None)
            except BadField as fault:
                self.add_error(fault.key, str(fault))
        return data

    def _read(self, field: Field, data: dict[str, Any]) -> None:
        given = data[field.name]
        try:
            data[field.name] = field.empty if given == "" and not field.must_be_sent else field.reads.read(given)
        except BadValue as fault:
            self.add_error(field.name, str(fault))

    def sections(self) -> list[Section]:
        """The fields in their order, with their headings."""
        found: list[Section] = []
        for each in self.order:
            if isinstance(each.reads, Phones | Emails):
                found.append(Section("", [], lines=each.name))
            elif found and not found[-1].lines and found[-1].heading == each.section:
                found[-1].fields.append(self[each.name])
            else:
                found.append(Section(each.section, [self[each.name]]))
        return found

    def others(self) -> list[forms.BoundField]:
        """What a page asks beside the record's fields, such as who is named for it."""
        declared = {each.name for each in self.fields_of} | {*self.own_names(), "version", "base"}
        return [self[name] for name in self.fields if name not in declared]

    def offered(self) -> list[tuple[str, str]]:
        """Fields that suggest words in use: the id of each list, and the address it is fetched from."""
        return [(each.suggestions, self.declared.url("words", each.name)) for each in self.fields_of if each.words]


def form_of(register: Register[Any], fields: Sequence[Field]) -> type[DeclaredForm]:
    """The form that asks for these fields. Telephones and addresses are asked for in lines of their own."""
    asked = [each for each in fields if not isinstance(each.reads, Phones | Emails)]
    names = {each.name for each in register.bound}
    body: dict[str, Any] = {each.name: each.input() for each in asked}
    body |= {
        "declared": register,
        "fields_of": asked,
        "order": fields,
        "register": register.table,
        "country_field": register.country,
        "keeps_ids": register.keeps_ids,
        "keeps_contact_details": "phones" in names,
        "__module__": __name__,
    }
    return type(f"{register.model.__name__}Form", (DeclaredForm,), body)
