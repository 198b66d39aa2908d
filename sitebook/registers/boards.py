"""The board of a register: its page, a lane alone, and moving a card to another lane."""

from __future__ import annotations

from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.access.decorators import page
from sitebook.access.permissions import may
from sitebook.basics.refused import NotAllowed, Refused
from sitebook.lists.boards import BY, LANE, Board, BoardPage, Moved
from sitebook.records.as_of import as_it_was
from sitebook.registers.views import asked, present, ways
from sitebook.ui.listing import AFTER
from sitebook.ui.render import asked_by_htmx, go, show

if TYPE_CHECKING:
    from sitebook.registers.register import Register

# A card that is moved on the board itself wants a note, not a page.
PART = "part"


def urls(register: Register[Any]) -> list[URLPattern]:
    """The addresses of a register's board; none where it has no board."""
    if not register.boards:
        return []

    def bound(view: Any, needs: Any) -> Any:
        return page(may=needs)(update_wrapper(partial(view, register), view))

    at = f"{register.path}/"
    return [
        path(f"{at}board/", bound(board, register.see), name="board"),
        path(f"{at}<int:pk>/to-lane/", bound(to_lane, register.change), name="to-lane"),
    ]


def board(register: Register[Any], request: HttpRequest) -> HttpResponse:
    """All lanes, each of which asks for its cards by itself; or the cards of one lane."""
    chosen = _chosen(register, request)
    shown = _page(register, request, chosen)
    lane = shown.lane(shown.alone) if shown.alone else None
    if shown.alone and lane is None:
        raise Http404
    if lane and asked_by_htmx(request):
        template = "registers/cards.html" if AFTER in request.GET else "registers/lane.html"
        return show(request, template, {"lane": lane})
    lanes = [lane if lane and each.key == lane.key else each for each in shown.lanes]
    if lane and lane not in lanes:
        lanes.insert(0, lane)
    if shown.on:
        shown.notices.append(as_it_was(shown.on, future=shown.on > timezone.localdate()))
    groupings = [{"key": each.key, "label": each.label, "url": shown.url(**{BY: each.key})} for each in register.boards]
    context = {"page": shown, "lanes": lanes, "board": chosen, "groupings": groupings}
    context["ways"] = ways(register, request)
    return present(register, request, "registers/board.html", context, block="list")


def _chosen(register: Register[Any], request: HttpRequest) -> Board:
    by = request.GET.get(BY, "")
    return next((each for each in register.boards if each.key == by), register.boards[0])


def _page(register: Register[Any], request: HttpRequest, chosen: Board) -> BoardPage:
    on, table, rows = asked(register, request)
    before, _zero, after = register.url("to-lane", 0).rpartition("0")
    moves = on is None and may(request.user, chosen.needs)
    kept = request.GET.copy()
    for name in (LANE, AFTER, PART):
        kept.pop(name, None)
    query = kept.urlencode()
    return BoardPage(
        chosen,
        table,
        request.GET,
        register.url("board"),
        list_path=register.url("list"),
        rows=rows,
        view=register.model.named.page,
        to=(before, f"{after}?{query}" if query else after) if moves else None,
        on=on,
        user=request.user,
    )


class LaneForm(forms.Form):
    """Where a card goes."""

    to = forms.ChoiceField(label=lazy("Move to"))

    def __init__(self, data: Any, choices: list[tuple[str, str]]) -> None:
        super().__init__(data)
        field: Any = self.fields["to"]
        field.choices = choices


def to_lane(register: Register[Any], request: HttpRequest, pk: int) -> HttpResponse:
    """Moves a card by the act its board means; asks for the lane first, where none is sent."""
    chosen = _chosen(register, request)
    if not may(request.user, chosen.needs):
        raise NotAllowed(_("You may not move these cards."))
    record = get_object_or_404(register.model._default_manager, pk=pk)
    sent = request.POST.get("to", "") if request.method == "POST" else ""
    if chosen.form:
        return go(request, chosen.form(record, sent, timezone.localdate()))
    back = _back(register, request)
    if request.GET.get(PART) == "card":
        done = _moved(register, chosen, request, record, sent)
        return show(request, "registers/moved.html", {"said": done.said, "undo": _undo(done, back)})
    options = {str(key): str(label) for key, label in _filter_of(register, chosen).options()}
    reach = chosen.reach(record) if chosen.reach else options
    choices = [(key, label) for key, label in options.items() if key in reach]
    form = LaneForm(request.POST if request.method == "POST" else None, choices)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            done = _moved(register, chosen, request, record, sent)
            messages.success(request, done.said, extra_tags=_undo(done, back))
            return go(request, back)
        except Refused as refusal:
            form.add_error(None, refusal.linked)
            status = refusal.status
    context = {"record": record, "form": form, "back": back, "choices": choices}
    return present(register, request, "registers/to_lane.html", context, block="form", status=status)


def _moved(register: Register[Any], chosen: Board, request: HttpRequest, record: Any, to: str) -> Moved:
    """Raises Refused: no_such_lane, and what the act raises."""
    if chosen.move is None or not _filter_of(register, chosen).knows(to):
        raise Refused(_("There is no such column. Reload the page."), code="no_such_lane")
    return chosen.move(record, to, request.user, timezone.localdate())


def _back(register: Register[Any], request: HttpRequest) -> str:
    """The board that a card is moved on."""
    kept = request.GET.copy()
    kept.pop(PART, None)
    return f"{register.url('board')}?{kept.urlencode()}" if kept else register.url("board")


def _undo(done: Moved, back: str) -> str:
    """Where the move is taken back, and back to the board from there."""
    return f"{done.undo}?{urlencode({'next': back})}" if done.undo else ""


def _filter_of(register: Register[Any], chosen: Board) -> Any:
    return next(each for each in register.listing.filters if each.key == chosen.filter)
