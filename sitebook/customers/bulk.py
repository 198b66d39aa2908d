"""What is done to many customers or sites at once: all or nothing, one statement, history on each row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, TextField, Value

from sitebook.customers.models import Customer, Site

Kind = type[Customer] | type[Site]


def archive(kind: Kind, ids: Iterable[int], *, by_id: int | None, at: datetime) -> list[int]:
    """Archive those that are not yet. Returns the ids that were."""
    return _update(kind, ids, archived=False, archived_at=at, archived_by_id=by_id)


def restore(kind: Kind, ids: Iterable[int]) -> list[int]:
    """Bring back those that are archived. Returns the ids that were."""
    return _update(kind, ids, archived=True, archived_at=None, archived_by_id=None, archive_reason="")


def add_tag(kind: Kind, ids: Iterable[int], *, tag: str) -> list[int]:
    """Put a tag on those that lack it. Returns the ids that did."""
    rows = kind._default_manager.select_for_update().filter(pk__in=list(ids)).exclude(tags__contains=[tag])
    changed = list(rows.values_list("pk", flat=True))
    appended = Func(F("tags"), Value(tag, TextField()), function="array_append", output_field=ArrayField(TextField()))
    kind._default_manager.filter(pk__in=changed).update(tags=appended)
    return changed


def remove_tag(kind: Kind, ids: Iterable[int], *, tag: str) -> list[int]:
    """Take a tag off those that have it. Returns the ids that did."""
    rows = kind._default_manager.select_for_update().filter(pk__in=list(ids), tags__contains=[tag])
    changed = list(rows.values_list("pk", flat=True))
    removed = Func(F("tags"), Value(tag, TextField()), function="array_remove", output_field=ArrayField(TextField()))
    kind._default_manager.filter(pk__in=changed).update(tags=removed)
    return changed


def _update(kind: Kind, ids: Iterable[int], *, archived: bool, **values: object) -> list[int]:
    rows = kind._default_manager.select_for_update().filter(pk__in=list(ids), archived_at__isnull=not archived)
    changed = list(rows.values_list("pk", flat=True))
    kind._default_manager.filter(pk__in=changed).update(**values)
    return changed
