"""The search: a page of its own, and the same in a dialog over any page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sitebook.access.decorators import page
from sitebook.access.permissions import may
from sitebook.config.search_groups import SEARCH_GROUPS, SearchGroup
from sitebook.search.queries import LONGEST, find
from sitebook.ui.render import show
from sitebook.values.pickers import recently_used

IN_DIALOG, ON_PAGE = 6, 20


@dataclass(frozen=True)
class Line:
    """One record found: where it leads, its name, and what tells it from its namesakes."""

    url: str
    title: str
    aside: str
    archived: bool


@dataclass(frozen=True)
class Group:
    """The records of one kind. ``slipped``: found by words one slip away from what was typed."""

    found: SearchGroup
    lines: list[Line]
    slipped: bool = False


@page(signed_in=True)
def search(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    kinds = [each for each in SEARCH_GROUPS if may(request.user, each.needs)]
    part = request.GET.get("part") == "found"
    groups = _found(kinds, typed, want=IN_DIALOG if part else ON_PAGE) if len(typed) > 1 else _recent(request, kinds)
    context = {"typed": typed, "groups": groups, "recent": len(typed) < 2, "help": "search"}
    return show(request, "search/search.html", context, block="found" if part else None)


def _found(kinds: Sequence[SearchGroup], typed: str, *, want: int) -> list[Group]:
    hits = find(typed, kinds=[each.kind for each in kinds], want=want)
    groups = []
    for each in kinds:
        mine = [hit for hit in hits if hit.kind == each.kind]
        records = _records(each, [hit.record_id for hit in mine])
        lines = [_line(each, records[hit.record_id]) for hit in mine if hit.record_id in records]
        if lines:
            groups.append((min(hit.rank for hit in mine), Group(each, lines, all(hit.slipped for hit in mine))))
    groups.sort(key=lambda group: group[0])  # the kind with the best hit first; else as they are listed
    return [group for _rank, group in groups]


def _recent(request: HttpRequest, kinds: Sequence[SearchGroup]) -> list[Group]:
    """What the user worked with last."""
    groups = []
    for each in kinds:
        ids = recently_used(request, each.recent)
        records = _records(each, ids)
        if lines := [_line(each, records[pk]) for pk in ids[:IN_DIALOG] if pk in records]:
            groups.append(Group(each, lines))
    return groups


def _records(found: SearchGroup, ids: list[int]) -> dict[int, Any]:
    area, _underscore, name = found.kind.partition("_")
    model = apps.get_model(area, name)
    rows = model._default_manager.all()
    if any(field.name == "customer" for field in model._meta.fields):
        rows = rows.select_related("customer")
    return dict(rows.in_bulk(ids))


def _line(found: SearchGroup, record: Any) -> Line:
    return Line(reverse(found.view, args=[record.pk]), str(record), record.aside, record.is_archived)
