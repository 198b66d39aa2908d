"""What a list can be narrowed by. Each filter reads its own parameter of the address and says in words what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sitebook.ui import formats

Words = str | Promise
Options = Sequence[tuple[str, Words]]
Narrow = Callable[[QuerySet[Any], Any], QuerySet[Any]]


@dataclass(frozen=True)
class Chip:
    label: str
    relation: str
    value: str


class Filter:
    """``key`` is the parameter in the address. ``control`` says how the filter menu asks for it (not at all when
    empty); ``always`` narrows even when the address says nothing."""

    control: ClassVar[str] = ""
    always: ClassVar[bool] = False
    key: str
    label: Words

    def options(self) -> Options:
        return ()

    def read(self, written: Iterable[str]) -> tuple[list[str], list[str]]:
        """The values that make sense, and those that do not."""
        raise NotImplementedError

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        raise NotImplementedError

    def chip(self, values: list[str]) -> Chip:
        raise NotImplementedError


@dataclass(frozen=True)
class Choice(Filter):
    """One or several of a closed list. ``lookup`` takes the list of values; ``by`` narrows in its own way."""

    key: str
    label: Words
    choices: Options | Callable[[], Options]
    lookup: str = ""
    by: Narrow | None = None
    control: ClassVar[str] = "checks"

    def options(self) -> Options:
        return self.choices() if callable(self.choices) else self.choices

    def read(self, written: Iterable[str]) -> tuple[list[str], list[str]]:
        known = {str(value) for value, _label in self.options()}
        values = list(dict.fromkeys(written))
        return [value for value in values if value in known], [value for value in values if value not in known]

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        if self.by:
            return self.by(queryset, values)
        return queryset.filter(**{self.lookup or f"{self.key}__in": values})

    def chip(self, values: list[str]) -> Chip:
        words = {str(value): str(label) for value, label in self.options()}
        relation = _("is") if len(values) == 1 else _("is one of")
        return Chip(str(self.label), relation, ", ".join(words[value] for value in values))


@dataclass(frozen=True)
class Archived(Filter):
    """Lists show what is in use; ``archived=yes`` shows what is archived, ``archived=all`` both."""

    key: str = "archived"
    label: Words = ""
    field: str = "archived_at"
    control: ClassVar[str] = "select"
    always: ClassVar[bool] = True

    def options(self) -> Options:
        return (("yes", _("only archived")), ("all", _("archived too")))

    def read(self, written: Iterable[str]) -> tuple[list[str], list[str]]:
        values = list(written)
        good = [value for value in values if value in ("yes", "all")]
        return good[-1:], [value for value in values if value not in ("yes", "all", "")]

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        if values == ["all"]:
            return queryset
        return queryset.filter(**{f"{self.field}__isnull": values != ["yes"]})

    def chip(self, values: list[str]) -> Chip:
        return Chip(_("Shows"), "", dict(self.options())[values[0]])  # type: ignore[arg-type]


@dataclass(frozen=True)
class Linked(Filter):
    """One record of another kind, by its id. ``name`` says what it is called, or None when there is no such record."""

    key: str
    label: Words
    name: Callable[[int], str | None]
    lookup: str = ""
    control: ClassVar[str] = ""

    def read(self, written: Iterable[str]) -> tuple[list[str], list[str]]:
        values = list(written)[-1:]
        good = [value for value in values if value.isascii() and value.isdigit() and len(value) < 19]
        good = [value for value in good if self.name(int(value)) is not None]
        return good, [value for value in values if value not in good]

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return queryset.filter(**{self.lookup or f"{self.key}_id": int(values[0])})

    def chip(self, values: list[str]) -> Chip:
        return Chip(str(self.label), _("is"), self.name(int(values[0])) or values[0])


@dataclass(frozen=True)
class Day(Filter):
    """From a day on (``until=False``) or up to and with it, in the user's zone; ``lookup`` is a date or time field."""

    key: str
    label: Words
    lookup: str
    until: bool = False
    timed: bool = True
    control: ClassVar[str] = "date"

    def read(self, written: Iterable[str]) -> tuple[list[str], list[str]]:
        values = [value for value in written if value][-1:]
        good = [value for value in values if _day(value)]
        return good, [value for value in values if value not in good]

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        day = date.fromisoformat(values[0]) + timedelta(days=int(self.until))
        edge = timezone.make_aware(datetime.combine(day, time())) if self.timed else day
        return queryset.filter(**{f"{self.lookup}__{'lt' if self.until else 'gte'}": edge})

    def chip(self, values: list[str]) -> Chip:
        relation = _("up to") if self.until else _("from")
        return Chip(str(self.label), relation, formats.day_text(date.fromisoformat(values[0])))


@dataclass(frozen=True)
class AtLeast(Filter):
    """A number at least this big."""

    key: str
    label: Words
    lookup: str
    control: ClassVar[str] = "number"

    def read(self, written: Iterable[str]) -> tuple[list[str], list[str]]:
        values = [value for value in written if value][-1:]
        good = [value for value in values if value.isascii() and value.isdigit() and len(value) < 10]
        return good, [value for value in values if value not in good]

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.lookup}__gte": int(values[0])})

    def chip(self, values: list[str]) -> Chip:
        return Chip(str(self.label), _("at least"), formats.number(int(values[0])))


def _day(value: str) -> date | None:
    """An ISO day well inside what calendars and the database know."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if 1000 <= day.year <= 9000 else None
