"""What the operations of all registers share: references, telephones, archiving, bulks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.api.problems import Problem, faulty
from sitebook.api.requests import MOST_ID
from sitebook.api.responses import Json, brief, matched, moved_on, reply
from sitebook.basics.refused import StaleEdit
from sitebook.custom_fields.models import CustomField
from sitebook.records import archive as archiving
from sitebook.records import external_ids
from sitebook.records.consequences import consequences_of
from sitebook.records.models import Record
from sitebook.registers.schemas import Archiving

STAMPS = (
    "id", "reference", "name", "tags", "notes", "archived_at", "archive_reason", "created_at", "updated_at", "version",
)  # fmt: skip


def stamps(record: Any) -> Json:
    return {name: getattr(record, name) for name in STAMPS}


def briefs(model: type[Model], ids: Iterable[int | None]) -> Any:
    return brief(model, ids, _("another customer"))


def seen[M: Model](model: type[M], pk: int | None, pointer: str) -> M | None:
    """The record a body names. One that is hidden is as little there as one that never was. Raises Problem."""
    if pk is None:
        return None
    found = model._default_manager.filter(pk=pk).first()
    if found is None:
        text = _("There is nothing of the id %(id)s, or it is not among what you may see.")
        raise faulty(pointer, text % {"id": pk})
    return found


def own_of(model: type[Record]) -> list[CustomField]:
    """The firm's custom fields of a register, asked for once for many rows."""
    return list(CustomField.objects.of(model._meta.db_table))


def merge_ids(record: external_ids.Known, given: Mapping[str, str | None], *, new: bool = False) -> None:
    """Ids that are not named stay: somebody may have written them since the record was read, which leaves its version
    as it was. Raises Refused (external_id_taken)."""
    if given:
        merged = {**({} if new else external_ids.ids_of(record)), **given}
        external_ids.set_ids(record, {system: value for system, value in merged.items() if value is not None})


def versioned(request: HttpRequest, record: Record) -> int:
    return matched(request, record.version)


def of_version(record: Record, version: Any) -> int:
    """The version a row of a bulk starts from. Raises Problem."""
    if not isinstance(version, int) or isinstance(version, bool):
        raise Problem(428, _("Give the version the record had when you read it."))
    if version != record.version:
        raise moved_on()
    return version


class Stale:
    """Turns a stale edit into the answer programs read."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, fault: Any, trace: Any) -> None:
        if isinstance(fault, StaleEdit):
            raise moved_on() from fault


def consequences(record: Record) -> HttpResponse:
    lines = consequences_of(record, on=timezone.localdate())
    return reply(
        {
            "items": [
                {"key": line.key, "text": line.text, "count": line.count, "can_go_along": bool(line.takes)}
                for line in lines
            ]
        }
    )


def archive(request: HttpRequest, record: Record, body: Archiving) -> HttpResponse:
    """Archive with what goes along. Raises Refused, Problem for a name that is none of the consequences."""
    lines = [line for line in consequences_of(record, on=timezone.localdate()) if line.takes]
    if body.along is not None:
        if unknown := set(body.along) - {line.key for line in lines}:
            raise faulty("/along", _("“%(name)s” does not hang on this record.") % {"name": min(unknown)})
        lines = [line for line in lines if line.key in body.along]
    act = str(request.request_id)  # type: ignore[attr-defined]
    done = archiving.archive(record, along=lines, act=act, by_id=request.user.pk, at=timezone.now(), reason=body.reason)
    return reply({"done": done})


def restore(record: Record, *, rest: bool) -> HttpResponse:
    return reply({"done": archiving.restore(record, rest=rest)})


def one_of_bulk[M: Record](model: type[M], item: Json) -> M:
    """The record a row of a bulk names, locked. Raises Problem."""
    pk = item["id"]
    if not isinstance(pk, int) or isinstance(pk, bool) or not 1 <= pk <= MOST_ID:
        raise faulty("/id", _("“%(id)s” is no id.") % {"id": str(pk)[:40]})
    rows = model._default_manager.select_for_update(of=("self",), no_key=True)
    found: M = get_object_or_404(rows, pk=pk)
    return found


def fields_of(item: Json) -> Json:
    return {name: value for name, value in item.items() if name not in ("id", "version")}
