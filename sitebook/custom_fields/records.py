"""Custom fields of a record: what is shown, what programs read and send, what stays with a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sitebook.custom_fields.models import CustomField
from sitebook.values.readers import BadValue


@dataclass(frozen=True)
class Fact:
    label: str
    text: str
    url: str = ""


class BadField(BadValue):
    """One of several values does not suit its field; ``key`` says which."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(why)
        self.key = key


def facts(register: str, custom: Mapping[str, Any]) -> list[Fact]:
    """What is written in a record's custom fields, in their order; addresses of the web can be followed."""
    if not custom:
        return []
    shown = [(each, custom[each.key]) for each in CustomField.objects.of(register) if each.key in custom]
    return [Fact(each.label, each.said(kept), _link(each, kept)) for each, kept in shown]


def _link(field: CustomField, kept: Any) -> str:
    if field.kind != CustomField.Kind.TEXT or " " in kept:
        return ""
    return str(kept) if kept.startswith(("https://", "http://")) else ""


def for_programs(fields: Sequence[CustomField], custom: Mapping[str, Any]) -> dict[str, Any]:
    """The values in JSON by key, null where nothing is written; numbers are numbers, choices their values."""
    kinds = (CustomField.Kind.NUMBER,)
    return {
        each.key: each.value(custom.get(each.key)) if each.kind in kinds else custom.get(each.key) for each in fields
    }


def changed(register: str, custom: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept after these values were sent: others stay, null takes away. Raises BadField."""
    fields = {each.key: each for each in CustomField.objects.of(register)}
    kept = dict(custom)
    for key, given in sent.items():
        if key not in fields:
            known = ", ".join(fields) or _("none")
            raise BadField(
                key, _("There is no custom field “%(key)s”. There is: %(known)s.") % {"key": key, "known": known}
            )
        try:
            kept[key] = fields[key].read(given)
        except BadValue as fault:
            raise BadField(key, str(fault)) from fault
    return {key: value for key, value in kept.items() if value is not None}


def of_the_place(register: str, custom: Mapping[str, Any]) -> dict[str, Any]:
    """Of a record's values those that stay with the place when it changes hands."""
    if not custom:
        return {}
    staying = set(CustomField.objects.filter(register=register, of_place=True).values_list("key", flat=True))
    return {key: value for key, value in custom.items() if key in staying}


def still_fitting(register: str, custom: Mapping[str, Any]) -> dict[str, Any]:
    """Of values kept aside those that may be written again: a choice may have gone since."""
    if not custom:
        return {}
    fields = {each.key: each for each in CustomField.objects.filter(register=register)}
    found = {}
    for key, value in custom.items():
        try:
            found[key] = fields[key].read(value) if key in fields else None
        except BadValue:
            found[key] = None
    return {key: value for key, value in found.items() if value is not None}


def texts(register: str, custom: Mapping[str, Any]) -> dict[str, Any]:
    """Of the values those that people write freely."""
    if not custom:
        return {}
    free = CustomField.objects.filter(register=register, kind=CustomField.Kind.TEXT).values_list("key", flat=True)
    return {key: value for key, value in custom.items() if key in set(free)}
