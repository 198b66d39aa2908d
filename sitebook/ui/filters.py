"""What a list can be narrowed by. Each filter reads its own parameter of the address and says in words what it does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.ui import formats

Words = str | Promise
Options = Sequence[tuple[str, Words]]
ARCHIVED = lazy("Archived")


class Chip(NamedTuple):
    label: str
    relation: str
    value: str


@dataclass(frozen=True)
class Filter:
    """``key`` is the parameter in the address. ``control`` says how the filter menu asks for it (not at all when
    empty), ``several`` whether many values count, ``always`` narrows even when the address says nothing."""

    key: str
    label: Words
    control: ClassVar[str] = ""
    several: ClassVar[bool] = False
    always: ClassVar[bool] = False

    def options(self) -> Options:
        return ()

    def knows(self, value: str) -> bool:
        return value in {str(known) for known, _label in self.options()}

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        raise NotImplementedError

    def chip(self, values: list[str]) -> Chip:
        words = {str(value): str(label) for value, label in self.options()}
        relation = _("is") if len(values) == 1 else _("is one of")
        return Chip(str(self.label), relation, ", ".join(words[value] for value in values))


@dataclass(frozen=True)
class Choice(Filter):
    """One or several of a closed list. ``lookup`` takes the list of values; ``by`` narrows in its own way."""

    choices: Options | Callable[[], Options]
    lookup: str = ""
    by: Callable[[QuerySet[Any], list[str]], QuerySet[Any]] | None = None
    control: ClassVar[str] = "checks"
    several: ClassVar[bool] = True

    def options(self) -> Options:
        return self.choices() if callable(self.choices) else self.choices

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        if self.by:
            return self.by(queryset, values)
        return queryset.filter(**{self.lookup or f"{self.key}__in": values})


@dataclass(frozen=True)
class Archived(Filter):
    """Lists show what is in use; ``archived=yes`` shows what is archived, ``archived=all`` both."""

    key: str = "archived"
    label: Words = ARCHIVED
    field: str = "archived_at"
    control: ClassVar[str] = "select"
    always: ClassVar[bool] = True

    def options(self) -> Options:
        return (("yes", _("shown alone")), ("all", _("shown too")))

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        if values == ["all"]:
            return queryset
        return queryset.filter(**{f"{self.field}__isnull": values != ["yes"]})


@dataclass(frozen=True)
class Linked(Filter):
    """One record of another kind, by its id. ``name`` says what it is called, or None when there is no such record."""

    name: Callable[[int], str | None]
    lookup: str = ""

    def knows(self, value: str) -> bool:
        return value.isascii() and value.isdigit() and len(value) < 19 and self.name(int(value)) is not None

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return queryset.filter(**{self.lookup or f"{self.key}_id": int(values[0])})

    def chip(self, values: list[str]) -> Chip:
        return Chip(str(self.label), _("is"), self.name(int(values[0])) or values[0])


@dataclass(frozen=True)
class Day(Filter):
    """From a day on, or ``until`` and with it, in the user's zone; ``lookup``: a field of times (``timed``) or days."""

    lookup: str
    until: bool = False
    timed: bool = True
    control: ClassVar[str] = "date"

    def knows(self, value: str) -> bool:
        """An ISO day well inside what calendars and the database know."""
        try:
            return 1000 <= date.fromisoformat(value).year <= 9000
        except ValueError:
            return False

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        day = date.fromisoformat(values[0]) + timedelta(days=int(self.until))
        edge = timezone.make_aware(datetime.combine(day, time())) if self.timed else day
        return queryset.filter(**{f"{self.lookup}__{'lt' if self.until else 'gte'}": edge})

    def chip(self, values: list[str]) -> Chip:
        relation = _("up to") if self.until else _("from")
        return Chip(str(self.label), relation, formats.day_text(date.fromisoformat(values[0])))
