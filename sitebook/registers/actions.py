"""What can be done to many records of a register at once, from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.basics.named import customers
from sitebook.bulk.actions import (
    Before,
    BulkAction,
    Done,
    FieldsAction,
    Order,
    TagAction,
    UntagAction,
    changed_since,
    locked,
)
from sitebook.bulk.custom_fields import custom_field_actions
from sitebook.bulk.lists import BulkList
from sitebook.records import archive
from sitebook.records.models import Record
from sitebook.ui.filters import Words
from sitebook.ui.formats import number

if TYPE_CHECKING:
    from sitebook.registers.register import Register

_ARCHIVE = lazy("Archive")
_RESTORE = lazy("Restore")


@dataclass(frozen=True, kw_only=True)
class FieldAction(FieldsAction):
    """Writes one field of many records. A record whose other fields do not agree with it is refused by name."""

    register: Register[Any]

    def meant(self, row: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**values, **self.register.following(values, self.register.plainly(row))}

    def why_not(self, row: Any, values: Mapping[str, Any]) -> str:
        fault = self.register.fault_of(self.register.plainly(row) | dict(values))
        refusal = row.why_not_change(values)
        return fault[1] if fault else str(refusal) if refusal else super().why_not(row, values)


@dataclass(frozen=True, kw_only=True)
class ArchiveAction(BulkAction):
    """Customers take along what goes along with them, as one by one."""

    key: str = "archive"
    label: Words = _ARCHIVE
    group: Words = _ARCHIVE
    icon: str = "archive"
    kind: archive.Kind

    def title(self, values: Mapping[str, Any], many: str) -> str:
        return _("Archive %(many)s") % {"many": many}

    def touched(self, rows: QuerySet[Any]) -> list[dict[str, Any]]:
        if self.kind is not customers():
            return []
        going = archive.going_along(rows.filter(archived_at__isnull=True).order_by().values("pk"))
        found = [(each.model, each.count()) for each in going]
        return [
            {"icon": kind.named.icon, "text": kind.goes_along % {"many": many, "count": number(many)}}
            for kind, many in found
            if many
        ]

    def do(self, ids: Sequence[int], order: Order) -> Done:
        rows = locked(self.kind, ids)
        done = set(archive.archive_many(self.kind, ids, act=order.name, by_id=order.by_id, at=order.at))
        left = [row for row in rows if row.pk not in done and not row.is_archived]
        return Done(
            changed={pk: {} for pk in done},
            refused={row.pk: str(row.why_not_archive() or changed_since()) for row in left},
        )

    def undo(self, before: Before, order: Order) -> Done:
        locked(self.kind, before)
        still = archive.taken_by(self.kind, before, act=order.name)
        back = set(archive.restore_many(self.kind, still))
        left = self.kind._default_manager.filter(pk__in=before.keys() - back)
        return Done(changed={pk: {} for pk in back}, refused={row.pk: _why_not_restore(row) for row in left})


@dataclass(frozen=True, kw_only=True)
class RestoreAction(BulkAction):
    """Back into the lists, customers with what went with them."""

    key: str = "restore"
    label: Words = _RESTORE
    group: Words = _ARCHIVE
    icon: str = "undo"
    kind: archive.Kind

    def title(self, values: Mapping[str, Any], many: str) -> str:
        return _("Restore %(many)s") % {"many": many}

    def do(self, ids: Sequence[int], order: Order) -> Done:
        asked = [row for row in locked(self.kind, ids) if row.is_archived]
        marks = archive.marks_of(self.kind, ids)
        back = set(archive.restore_many(self.kind, ids))
        archive.only_back(marks.values())
        done = Done(changed={pk: marks.get(pk, {}) for pk in back})
        done.refused = {row.pk: _why_not_restore(row) for row in asked if row.pk not in back}
        return done

    def undo(self, before: Before, order: Order) -> Done:
        done, every = Done(), archive.Marks()
        for row in locked(self.kind, before):
            if row.is_archived:
                done.refused[row.pk] = changed_since()
                continue
            for table, rows in before[row.pk].items():
                every.setdefault(table, {}).update({int(pk): (*mark,) for pk, mark in rows.items()})
            done.changed[row.pk] = {}
        archive.mark_again(every)
        return done


def _why_not_restore(row: Record) -> str:
    return str((row.why_not_restore() if row.is_archived else None) or changed_since())


def actions_of(register: Register[Any]) -> list[BulkAction]:
    """Tags, the fields that say ``bulk``, custom fields, the register's own, archive and restore."""
    kind, needs, blocked = register.model, register.change, register.blocked
    common: dict[str, Any] = {"kind": kind, "needs": needs, "blocked": blocked}
    form = register.form(new=False)
    return [
        TagAction(**common),
        UntagAction(**common),
        *(
            FieldAction(
                key=each.name,
                label=each.title,
                form_class=form,
                names=(each.name, *each.together),
                register=register,
                **common,
            )
            for each in register.bound
            if each.bulk
        ),
        *custom_field_actions(kind, needs, blocked),
        *(register.actions() if register.actions else ()),
        ArchiveAction(kind=kind, needs=register.archive),
        RestoreAction(kind=kind, needs=register.archive),
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
