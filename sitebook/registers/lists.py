"""What the lists of all registers share: search, tags, choices in use, as of a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db.models import Case, F, Func, QuerySet, TextField, Value, When
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.records.models import Record
from sitebook.ui.filters import Chip, Choice, Day, Filter, Options
from sitebook.ui.formats import day_text


def plain(text: str) -> Func:
    """Text as the search compares it: no accents, no case, single blanks."""
    return Func(Value(text, TextField()), function="plain_text", output_field=TextField())


def best_first(rows: QuerySet[Any], text: str, *known: Collection[int]) -> QuerySet[Any]:
    """Found rows for a picker: those in use before archived ones; of them ``known`` ids first, group after group, such
    as those worked with last; then names that begin with the text.
    """
    before = Case(*(When(pk__in=ids, then=place) for place, ids in enumerate(known)), default=len(known))
    rows = rows.annotate(plain_name=Func(F("name"), function="plain_text", output_field=TextField()))
    begins = Case(When(plain_name__startswith=plain(text), then=0), default=1)
    return rows.order_by(F("archived_at").asc(nulls_first=True), before, begins, "name_key", "pk")


def tagged(rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    return rows.filter(tags__overlap=values)


# Out of so many records, those changed last, come the tags and types a filter offers: reading all costs too much.
LAST_CHANGED = 5_000


@dataclass(frozen=True)
class InUse(Choice):
    """A choice among words people made up: the latest are offered, any other counts too. ``fixed``: those that are not
    people's, with their labels."""

    fixed: Options = ()

    def knows(self, value: str) -> bool:
        return "\0" not in value and len(value) <= 60

    def chip(self, values: list[str]) -> Chip:
        words = {value: str(label) for value, label in self.fixed}
        relation = say("is") if len(values) == 1 else say("is one of")
        return Chip(str(self.label), relation, ", ".join(words.get(value, value) for value in values))


def tags_of(kind: type[Record]) -> Any:
    """The tags in use, to choose from."""

    def choices() -> list[tuple[str, str]]:
        tagged = kind._default_manager.exclude(tags=[]).order_by("-updated_at")
        each = tagged.values_list("tags", flat=True)[:LAST_CHANGED]
        return [(name, name) for name in sorted({name for names in each for name in names}, key=str.casefold)]

    return choices


def words_in_use(model: type[Record], name: str) -> list[str]:
    """What people have written in a column of text lately, to filter by and to offer in forms."""
    written: QuerySet[Any] = model._default_manager.exclude(**{name: ""}).order_by("-updated_at")
    return sorted(set(written.values_list(name, flat=True)[:LAST_CHANGED]), key=str.casefold)


@dataclass(frozen=True)
class AsOf(Filter):
    """The day of which a list tells. It narrows nothing by itself: the view asks other rows."""

    control: ClassVar[str] = "date"

    def knows(self, value: str) -> bool:
        return Day(self.key, self.label, "").knows(value)

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return queryset

    def chip(self, values: list[str]) -> Chip:
        return Chip(str(self.label), "", day_text(date.fromisoformat(values[0])))


AS_OF = AsOf("on", _("As of"))
