"""Tags on many records at once: all or nothing, one statement, history on each row. Archiving: ``archiving.py``."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, TextField, Value

from sitebook.customers.archiving import Kind


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
