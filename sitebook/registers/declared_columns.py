"""Columns and filters that every register's list has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import attrgetter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sitebook.lists.columns import Column
from sitebook.registers.field import Field
from sitebook.registers.lists import InUse, tagged, tags_of
from sitebook.registers.models import Record as Record
from sitebook.ui.filters import Filter

# Out of so many records, those changed last, come the words a filter offers: reading all costs too much.
LAST_CHANGED = 5_000


def stamps(look: str = "p3", *, changed_shown: bool = True) -> list[Column]:
    """When a row was changed last, and made: days in the user's zone."""

    def stamp(key: str, label: Any, name: str, *, shown: bool) -> Column:
        get = attrgetter(name)

        def day(row: Any) -> date:
            return timezone.localdate(get(row))

        return Column(
            key=key,
            label=label,
            value=day,
            reads=(name,),
            sort=(name,),
            numeric=True,
            look=look,
            shown=shown,
            first_descending=True,
        )

    return [
        stamp("changed", _("Changed"), "updated_at", shown=changed_shown),
        stamp("created", _("Added"), "created_at", shown=False),
    ]


def in_use_of(model: type[Record]) -> Callable[[Field], Callable[[str], Filter]]:
    """What narrows a list by words people made up themselves, in a column of text or of tags."""

    def of(field: Field) -> Callable[[str], Filter]:
        def narrowed(name: str) -> Filter:
            if isinstance(field.column_of_model, ArrayField):
                return InUse("tag", field.title, tags_of(model), by=tagged)
            return InUse(name, field.title, lambda: [(word, word) for word in words_in_use(model, name)])

        return narrowed

    return of


def words_in_use(model: type[Record], name: str) -> list[str]:
    """What people have written in a column of text lately, to filter by and to offer in forms."""
    written: QuerySet[Any] = model._default_manager.exclude(**{name: ""}).order_by("-updated_at")
    return sorted(set(written.values_list(name, flat=True)[:LAST_CHANGED]), key=str.casefold)
