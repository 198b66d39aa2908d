"""Changes as a timeline: what one request did to one record is one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from markupsafe import Markup, escape

from sitebook.basics.named import named
from sitebook.history import labels, sentences
from sitebook.history.labels import Names
from sitebook.history.models import Change
from sitebook.history.sentences import Pair
from sitebook.ui.filters import Choice, Day
from sitebook.ui.listing import Column, Listing, Page
from sitebook.users.models import User

PEOPLE_FROM = 2_000
"""How many of the newest changes of a record are looked through for the people to filter by."""


@dataclass(frozen=True)
class Line:
    """One field of one record: its label, old and new value as text. ``fresh``: there was no old one to speak of."""

    label: str
    old: str
    new: str
    fresh: bool = False


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One sentence of the timeline: who did what, by which path.

    ``machine``: the icon of what is not a person's hand.
    """

    who: str
    did: Markup
    via: str
    machine: str
    at: datetime
    reason: str
    lines: list[Line] = field(default_factory=list)


Days = list[tuple[date, list[Entry]]]


def record_page(params: QueryDict, path: str, *, kind: str, pk: int) -> tuple[Page, Days]:
    """The History tab of one record: a page of its changes and the same as sentences by day.

    Rows the reader may not see are left out by the database. Filters: field, person, text.
    """
    changes = Change.objects.filter(subject_kind=kind, subject_id=pk)
    listing = Listing(
        columns=TIME,
        order="-time",
        search=_with_text,
        filters=(
            Choice(key="field", label=lazy("Field"), choices=lambda: _fields(kind), by=_with_fields),
            Choice(key="by", label=lazy("Person"), choices=lambda: _people(changes), lookup="actor_id__in"),
        ),
    )
    page = listing.page(params, path, changes)
    return page, days(page.rows, own=True)


def register_page(params: QueryDict, path: str) -> tuple[Page, Days]:
    """All changes the reader may see, newest first; filters: days, kind, record, path, person."""
    page = REGISTER.page(params, path, Change.objects.all())
    return page, days(page.rows, own=False)


def days(changes: Sequence[Change], *, own: bool) -> Days:
    """Sentences by day in the reader's zone. ``own``: on the record's own page, which need not be named."""
    names = Names(changes)
    entries = [_entry(list(group), names, own=own) for _key, group in groupby(changes, key=_act)]
    return [(day, list(group)) for day, group in groupby(entries, key=lambda entry: timezone.localdate(entry.at))]


def _act(change: Change) -> tuple[Any, ...]:
    """What belongs into one sentence: one record, one person, one request. Without a request each stands alone."""
    request = change.request_id or f"change {change.pk}"
    archiving = change.action == "changed" and "archived_at" in change.changes
    apart = change.pk if named(change.kind).apart and _turn(change) else None
    return change.subject_kind, change.subject_id, request, change.actor_id, change.via, change.reason, archiving, apart


def _entry(changes: list[Change], names: Names, *, own: bool) -> Entry:
    main = min(changes, key=_weight)
    others = [each for each in changes if each is not main]
    via, machine = labels.PATHS.get(main.via, (main.via, "settings"))
    return Entry(
        who=_who(main, names),
        did=_did(main, changes, None if own else _link(main, names), names),
        via=str(via) if main.actor_id or main.via in ("screen", "sql", "api") else "",
        machine="" if main.actor_id and main.via == "screen" else machine or "lock",
        at=main.at,
        reason=main.reason or _archive_reason(main),
        lines=[line for each in (main, *others) for line in _lines(each, names)],
    )


def _weight(change: Change) -> tuple[bool, bool, bool, bool]:
    """What a sentence is about: a turn of the whole record, then the record before its parts, its beginning or end
    before what changed on it."""
    is_part = change.kind != change.subject_kind
    return _turn(change) is None, is_part, change.action == "changed", not named(change.kind).leads


def _turn(change: Change) -> Pair | None:
    """What became of the whole record, where a part's model says so (``history_turn``)."""
    asked = getattr(labels.kinds().get(change.kind), "history_turn", None)
    return asked(change.action, change.changes) if asked else None


def _link(change: Change, names: Names) -> Markup:
    """The record by its name, linked where it has a page; what is gone by the name it had when recorded."""
    record, page = names.record(change.subject_kind, change.subject_id), named(change.subject_kind).page
    if record is not None and page:
        return Markup('<a href="{}">{}</a>').format(reverse(page, args=[change.subject_id]), record)
    recorded = change.changes.get("name", []) if change.kind == change.subject_kind else []
    said = next((value for value in reversed(recorded) if value), change.subject_id)
    return Markup("<b>{}</b>").format(record or said)


def _who(change: Change, names: Names) -> str:
    if change.actor_id:
        return names.person(change.actor_id)
    if change.via == "sql":
        return _("Database user %(name)s") % {"name": change.db_user}
    return {
        "screen": _("Somebody signing in"),
        "command": _("A command"),
        "import": _("An import"),
        "worker": _("Sitebook"),
    }.get(change.via, _("Somebody"))


def _did(main: Change, changes: list[Change], link: Markup | None, names: Names) -> Markup:
    """The sentence without its subject. ``link`` is left out on the record's own page."""
    part = names.part(main)
    fields = [each for each in _ordered(main) if each not in labels.silent(main.kind)]
    said: dict[str, Any] = {
        "kind": f"{labels.kind_name(main.kind)} {part}".strip(),
        "record": link,
        "part": part,
        "count": len(fields),
    }
    if main.kind == "access_grant":
        said["count"] = len(changes)
        text = sentences.grants(main.action, len(changes), own=link is None)
    elif turn := _turn(main):
        text = turn[link is None]
    elif main.kind != main.subject_kind:
        text = sentences.child(main.kind, main.action, main.changes)[link is None]
    elif main.action != "changed":
        text = sentences.WHOLE[main.action][link is None]
    elif "erased_at" in main.changes:
        text = sentences.WHOLE["erased"][link is None]
    elif "archived_at" in main.changes:
        text = sentences.WHOLE["archived" if main.changes["archived_at"][1] else "restored"][link is None]
    else:
        first = (fields or _ordered(main))[0]
        said |= {"field": labels.inline(labels.label(main.kind, first, names)), "count": max(0, len(fields) - 1)}
        text = sentences.fields(said["count"], own=link is None)
    return escape(str(text)) % said


def _ordered(change: Change) -> list[str]:
    order = {column: place for place, column in enumerate(labels.columns(change.kind))}
    return sorted(change.changes, key=lambda column: (column != "name", order.get(column, len(order))))


def _archive_reason(change: Change) -> str:
    values = change.changes.get("archive_reason", [None, ""])
    return str(values[1] or "")


def _lines(change: Change, names: Names) -> list[Line]:
    """Each field once. A part's pointer to the record it belongs to stays out, and so does a "no" to begin with."""
    return [
        Line(
            labels.label(change.kind, column, names),
            labels.readable(change.kind, column, change.changes[column][0], names),
            labels.readable(change.kind, column, change.changes[column][1], names),
            fresh=change.action == "made",
        )
        for column in _ordered(change)
        if column not in labels.silent(change.kind)
        and column != _parent_column(change.kind)
        and not (change.action == "made" and change.changes[column][1] is False)
    ]


def _parent_column(kind: str) -> str:
    model = labels.kinds().get(kind)
    parent = model.seen_by.parent if model else None  # type: ignore[attr-defined]
    return parent[1] if parent else ""


def _fields(kind: str) -> list[tuple[str, str]]:
    columns = labels.columns(kind)
    hidden = {
        "id",
        "version",
        "created_at",
        "created_by_id",
        "updated_at",
        "updated_by_id",
        "name_key",
        "custom",
        "specifications",
    }
    shown = [(column, labels.label(kind, column)) for column in columns if column not in hidden | labels.silent(kind)]
    shown += [(column, str(part.label)) for column, part in labels.parts(kind).items()]
    return [*shown, ("archived_at", _("Archived"))] if "archived_at" in columns else shown


def _people(changes: QuerySet[Change]) -> list[tuple[str, str]]:
    newest = changes.filter(actor_id__isnull=False).order_by("-id").values("actor_id")[:PEOPLE_FROM]
    return [(str(user.pk), str(user)) for user in User.objects.filter(pk__in=newest)]


def _with_fields(changes: QuerySet[Change], columns: list[str]) -> QuerySet[Change]:
    return changes.filter(changes__has_any_keys=columns)


def _with_text(changes: QuerySet[Change], text: str) -> QuerySet[Change]:
    """By a value, old or new; the record's other filters keep this small."""
    return changes.extra(where=["history_change.changes::text ILIKE %s"], params=[f"%{_escaped(text)}%"])


def _of_record(changes: QuerySet[Change], text: str) -> QuerySet[Change]:
    """By the record's reference or a part of its name, among records the reader sees."""
    found = Q(pk__in=[])
    for kind, model in labels.kinds().items():
        names = {each.name for each in model._meta.concrete_fields}
        match = Q(pk__in=[])
        if "reference" in names:
            match |= Q(reference__in_any_case=text)
        if "name" in names:
            match |= Q(name__icontains=text)
        ids = list(model._default_manager.filter(match).order_by("pk").values_list("pk", flat=True)[:200])
        found |= Q(subject_kind=kind, subject_id__in=ids)
    return changes.filter(found)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _everybody() -> list[tuple[str, str]]:
    return [(str(user.pk), str(user)) for user in User.objects.all()]


TIME = (Column(key="time", label=lazy("Time"), sort=("id",), first_descending=True),)
REGISTER = Listing(
    columns=TIME,
    order="-time",
    search=_of_record,
    filters=(
        Day(key="from", label=lazy("From"), lookup="at"),
        Day(key="until", label=lazy("Until"), lookup="at", until=True),
        Choice(
            key="kind",
            label=lazy("Kind"),
            choices=lambda: [(kind, labels.kind_name(kind)) for kind in labels.kinds()],
        ),
        Choice(
            key="via", label=lazy("Path"), choices=lambda: [(via, said) for via, (said, _i) in labels.PATHS.items()]
        ),
        Choice(key="by", label=lazy("Person"), choices=_everybody, lookup="actor_id__in"),
    ),
)
