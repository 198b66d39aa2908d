"""The form of a record, made from the register's fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from sitebook.custom_fields.records import BadField
from sitebook.registers.field import Field
from sitebook.registers.forms import RecordForm
from sitebook.values.contact_lines import Emails, Phones
from sitebook.values.readers import BadValue

if TYPE_CHECKING:
    from sitebook.registers.register import Register


class DeclaredForm(RecordForm):
    """What was typed passes through the same door as everything else that is written."""

    declared: ClassVar[Register[Any]]
    fields_of: ClassVar[Sequence[Field]]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for each in self.fields_of:
            if each.name in data and each.name not in self.errors:
                self._read(each, data)
        if not self.errors and all(each.name in data for each in self.fields_of):  # a change of many asks for a few
            try:
                self.declared.must_agree({each.name: data[each.name] for each in self.fields_of}, now=None)
            except BadField as fault:
                self.add_error(fault.key, str(fault))
        return data

    def _read(self, field: Field, data: dict[str, Any]) -> None:
        try:
            data[field.name] = field.reads.read(data[field.name])
        except BadValue as fault:
            self.add_error(field.name, str(fault))

    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings, in order; custom ones last."""
        found: dict[str, list[forms.BoundField]] = {}
        for each in self.fields_of:
            found.setdefault(str(each.section), []).append(self[each.name])
        found.setdefault("", []).extend(self[name] for name in self.own_names())
        return list(found.items())

    def words(self) -> dict[str, list[str]]:
        """The words in use that fields suggest, by the id of their list."""
        from sitebook.registers.declared_columns import words_in_use

        model = self.declared.model
        return {each.suggestions: words_in_use(model, each.name) for each in self.fields_of if each.words}


def form_of(register: Register[Any], fields: Sequence[Field]) -> type[DeclaredForm]:
    """The form that asks for these fields. Telephones and addresses are asked for in lines of their own."""
    asked = [each for each in fields if not isinstance(each.reads, Phones | Emails)]
    names = {each.name for each in register.bound}
    has_ids = any(each.name == "external_ids" for each in register.model._meta.related_objects)
    body: dict[str, Any] = {each.name: each.input() for each in asked}
    body |= {
        "declared": register,
        "fields_of": asked,
        "register": register.table,
        "keeps_ids": has_ids,
        "keeps_contact_details": "phones" in names,
        "__module__": __name__,
    }
    return type(f"{register.model.__name__}Form", (DeclaredForm,), body)
