"""What a change says: labels from the models, values as people read them, names instead of ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.basics.named import customers, named
from sitebook.history.models import Change
from sitebook.ui import formats

LONGEST = 300
HIDDEN = "secret"
# Columns that only say again what a sentence says, or what nobody reads.
SILENT = frozenset(
    {
        "archived_at",
        "archived_by_id",
        "archive_reason",
        "archived_with",
        "priority",
        "reference",
        "granted_at",
        "granted_by_id",
        "by_id",
        "began_at",
        "until",
        "is_demo",
        "made_at",
        "made_by_id",
    }
)
PATHS: dict[str, tuple[Any, str]] = {
    "screen": (lazy("on the screen"), ""),
    "import": (lazy("by import"), "imports"),
    "api": (lazy("by API"), "key"),
    "command": (lazy("by command"), "settings"),
    "worker": (lazy("in the background"), "sync"),
    "sql": (lazy("in the database"), "alert"),
}


@cache
def kinds() -> dict[str, type[models.Model]]:
    """Every table whose changes are recorded, with its model."""
    tracked = [model for model in apps.get_models() if getattr(getattr(model, "seen_by", None), "tracked", False)]
    return {model._meta.db_table: model for model in tracked}


def kind_name(kind: str) -> str:
    """``site``; a table the code does not know any more keeps its own name."""
    model = kinds().get(kind)
    return str(named(kind).one or (model._meta.verbose_name if model else kind))


def silent(kind: str) -> frozenset[str]:
    """The columns of a kind that are not told."""
    return SILENT | named(kind).silent


def field_of(kind: str, column: str) -> models.Field[Any, Any] | None:
    model = kinds().get(kind)
    found = [field for field in model._meta.concrete_fields if field.column == column] if model else []
    return found[0] if found else None


def columns(kind: str) -> list[str]:
    """The columns of a table in the order its model names them."""
    model = kinds().get(kind)
    return [str(each.column) for each in model._meta.concrete_fields] if model else []


def inline(text: str) -> str:
    """A label inside a sentence: ``name``, but ``VAT number``; only English writes it small."""
    small = (get_language() or "en").startswith("en") and not text[:2].isupper()
    return text[:1].lower() + text[1:] if small else text


def parts(kind: str) -> Mapping[str, Any]:
    """Parts of a column that the history tells by themselves, such as custom fields; each has a ``label`` and
    says (``said``) a value. One query where a kind has any."""
    asked = getattr(kinds().get(kind), "history_parts", None)
    return asked() if asked else {}


def label(kind: str, column: str, names: Names | None = None) -> str:
    """The field as forms name it; ``Head office: Town`` for the parts of an address."""
    if "." in column:
        part = (names.parts(kind) if names else parts(kind)).get(column)
        return str(part.label) if part else column.partition(".")[2]
    if column == "customer_id":
        return _("Customer")
    if column in (said := named(kind)).labels:
        return str(said.labels[column])
    field = field_of(kind, column)
    if field is None:
        return capfirst(column.removesuffix("_id").replace("_", " "))
    text = str(capfirst(str(field.verbose_name)))
    group = next((group for start, group in said.groups.items() if column.startswith(start)), "")
    return f"{group}: {text}" if group else text


def target(kind: str, column: str) -> type[models.Model] | None:
    """The model an id in this column points at."""
    field = field_of(kind, column)
    if isinstance(field, models.ForeignKey):
        return field.related_model
    return customers() if column == "customer_id" else None


class Names:
    """Names of records by id: one query a kind, asked once for a whole page of changes."""

    def __init__(self, changes: Sequence[Change]) -> None:
        wanted: dict[type[models.Model], set[int]] = defaultdict(set)
        for change in changes:
            if model := kinds().get(change.subject_kind):
                wanted[model].add(change.subject_id)
            if change.kind != change.subject_kind and (part := kinds().get(change.kind)) and _is_called(part):
                wanted[part].add(change.record_id)
            for column, values in change.changes.items():
                if model := target(change.kind, column):
                    wanted[model].update(value for value in values if isinstance(value, int))
        user = kinds()["users_user"]
        wanted[user].update(change.actor_id for change in changes if change.actor_id)
        self._parts: dict[str, Mapping[str, Any]] = {}
        self._found = {model: model._default_manager.in_bulk(ids) for model, ids in wanted.items() if ids}

    def of(self, model: type[models.Model], pk: int) -> str:
        """The name, or "another customer" for what the reader may not see or what is gone."""
        found = self._found.get(model, {}).get(pk)
        if found is not None:
            return str(found)
        return _("another %(kind)s") % {"kind": kind_name(model._meta.db_table)}

    def part(self, change: Change) -> str:
        """What a part of a record is called, as far as its model says and the reader may see it."""
        model = kinds().get(change.kind) if change.kind != change.subject_kind else None
        found = self._found.get(model, {}).get(change.record_id) if model and _is_called(model) else None
        return str(found) if found is not None else ""

    def record(self, kind: str, pk: int) -> models.Model | None:
        model = kinds().get(kind)
        return self._found.get(model, {}).get(pk) if model else None

    def parts(self, kind: str) -> Mapping[str, Any]:
        """The parts of a kind's columns, asked for once."""
        if kind not in self._parts:
            self._parts[kind] = parts(kind)
        return self._parts[kind]

    def person(self, pk: int) -> str:
        return self.of(kinds()["users_user"], pk)


def _is_called(model: type[models.Model]) -> bool:
    return "__str__" in vars(model)


def readable(kind: str, column: str, value: Any, names: Names) -> str:
    """A recorded value as text; "" for nothing."""
    if value is None or value in ("", [], {}):
        return ""
    if "." in column:
        return _said(names.parts(kind).get(column), value)[:LONGEST]
    field = field_of(kind, column)
    if value == HIDDEN and column in _secrets(kind):
        return _("not shown")
    model = target(kind, column)
    if model is not None and isinstance(value, int):
        return names.of(model, value)
    known: dict[str, Any] = getattr(kinds().get(kind), "history_words", {}).get(column, {})
    if isinstance(value, str) and value in known:
        return str(known[value])
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _plain(column, value)[:LONGEST]


def _said(part: Any, value: Any) -> str:
    """A value as its part says it; one that was erased, or is of no use to it any more, as it stands."""
    try:
        return str(part.said(value)) if part else _plain("", value)
    except (ArithmeticError, ValueError, TypeError, AttributeError):
        return str(value)


def _plain(column: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_item(item) for item in value)
    if isinstance(value, dict):
        return _item(value)
    if isinstance(value, str):
        return _period(value) or _moment(value) or (formats.country(value) if column.endswith("country") else value)
    return str(value)


def _item(item: Any) -> str:
    """One telephone number, address or tag of a list."""
    if not isinstance(item, dict):
        return str(item)
    main = formats.phone(item["number"]) if "number" in item else item.get("address", "")
    kind = item.get("kind", "")
    return f"{main} ({kind})" if main and kind else str(main or ", ".join(str(part) for part in item.values()))


def _moment(value: str) -> str:
    if len(value) < 10 or not value[:4].isdigit():
        return ""
    try:
        moment: datetime | date | None = parse_date(value) if len(value) == 10 else parse_datetime(value)
    except ValueError:
        return ""
    return formats.day_text(moment) if moment else ""


def _period(value: str) -> str:
    """PostgreSQL's ``[2020-01-01,2021-01-01)`` as people say it; the last day is the one before the end."""
    if value[:1] not in "[(" or value[-1:] not in "])" or value.count(",") != 1:
        return ""
    begin, end = (part.strip('"') for part in value[1:-1].split(","))
    if not all(part == "" or _moment(part) for part in (begin, end)):
        return ""
    if begin and end:
        return _("%(begin)s until %(end)s") % {"begin": _moment(begin), "end": _moment(end)}
    if begin:
        return _("since %(begin)s") % {"begin": _moment(begin)}
    return _("until %(end)s") % {"end": _moment(end)} if end else _("always")


def _secrets(kind: str) -> Iterable[str]:
    model = kinds().get(kind)
    if model is None:
        return ()
    return (*model.seen_by.secret, *model.seen_by.unsaid)  # type: ignore[attr-defined]
