"""What can be done to many records of a register at once, from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from sitebook.bulk.actions import BulkAction, FieldsAction, TagAction, UntagAction
from sitebook.bulk.custom_fields import custom_field_actions
from sitebook.bulk.lists import BulkList
from sitebook.contacts.bulk import ArchiveAction, RestoreAction
from sitebook.ui.formats import number

if TYPE_CHECKING:
    from sitebook.registers.register import Register


@dataclass(frozen=True, kw_only=True)
class FieldAction(FieldsAction):
    """Writes one field of many records. A record whose other fields do not agree with it is refused by name."""

    register: Register[Any]

    def why_not(self, row: Any, values: Mapping[str, Any]) -> str:
        for check in self.register.checks:
            names = {each.name for each in self.register.bound}
            if fault := check({name: getattr(row, name) for name in names} | dict(values)):
                return fault[1]
        return super().why_not(row, values)


def actions_of(register: Register[Any]) -> list[BulkAction]:
    """Tags, the fields that say ``bulk``, custom fields, archive and restore; then the register's own."""
    kind, needs, blocked = register.model, register.change, register.blocked
    common: dict[str, Any] = {"kind": kind, "needs": needs, "blocked": blocked}
    form = register.form(new=False)
    return [
        TagAction(**common),
        UntagAction(**common),
        *(
            FieldAction(
                key=each.name, label=each.title, form_class=form, names=(each.name,), register=register, **common
            )
            for each in register.bound
            if each.bulk
        ),
        *custom_field_actions(kind, needs, blocked),
        ArchiveAction(kind=kind, needs=register.archive),
        RestoreAction(kind=kind, needs=register.archive),
        *(register.actions() if register.actions else ()),
    ]


def bulk_list_of(register: Register[Any]) -> BulkList:
    """The register's own list, whose rows can be chosen."""
    named = register.model.named

    def count(many: int) -> str:
        noun = named.one if many == 1 else str(named.many).lower()
        return _("%(count)s %(noun)s") % {"count": number(many), "noun": noun}

    def listed(of: int | None, on: date) -> tuple[Any, Any]:
        return register.listing, register.queryset()

    actions: list[Callable[[], list[BulkAction]]] = [lambda: actions_of(register)]
    return BulkList(
        key=register.path,
        label=named.many,
        icon=named.icon,
        kind=register.model,
        count=count,
        view=f"{register.path}:list",
        listed=listed,
        actions=actions,
    )
