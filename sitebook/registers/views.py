"""The pages of a register: list, file, picker, one record with its tabs, new, edit, archive, restore.

Each takes the register first; ``urls`` gives them addresses and says who may open them. A register with more to show
gives a view of its own in place of one of these.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.access.decorators import EXPORTS, UPLOADS, page
from sitebook.access.permissions import Permission, may
from sitebook.basics.named import customer_column
from sitebook.basics.refused import Refused
from sitebook.custom_fields.records import facts
from sitebook.files.views import document_tab
from sitebook.history import timeline
from sitebook.lists.responses import as_file
from sitebook.lists.tables import Table, opening, view_bar
from sitebook.notes.models import Note
from sitebook.notes.views import note_tab
from sitebook.records.as_of import as_it_was, day_asked
from sitebook.records.edit import Editing
from sitebook.records.pages import archive as pages
from sitebook.registers.lists import best_first, words_in_use
from sitebook.registers.tabs import tabs_of
from sitebook.search.queries import holding
from sitebook.ui import current
from sitebook.ui.listing import CHOICES, COUNTED, PLACES
from sitebook.ui.render import go, show
from sitebook.values.pickers import Option, recently_used, used

if TYPE_CHECKING:
    from sitebook.registers.register import Register

View = Callable[..., Any]
PICKED, PINNED = 10, 5
# What an address says of a page, view or lane, and not of what is shown.
_OF_ONE_WAY = (*PLACES, CHOICES, COUNTED, "view", "by", "lane", "lanes", "part", "screen")
# The addresses whose work takes long, by name.
LANES = {"documents": UPLOADS, "export": EXPORTS, "shown": EXPORTS}


def urls(register: Register[Any], **instead: View) -> list[URLPattern]:
    """The addresses of a register. ``instead``: views in place of these, by the name of the address; each takes the
    request and what the address names, and carries its own mark."""
    see, change, archive = register.see, register.change, register.archive
    at, one = f"{register.path}/", f"{register.path}/<int:pk>/"
    place = pages.Place(model=register.model, path=register.path, help=register.help)

    def view(name: str, made: View, needs: Permission, of: Any = register) -> View:
        if name in instead:
            return instead[name]
        bound = update_wrapper(partial(made, of), made)
        return page(may=needs, lane=LANES.get(name, ""))(bound)

    return [
        path(at, view("list", listing, see), name="list"),
        path(f"{at}new/", view("new", new, change), name="new"),
        path(f"{at}pick/", view("pick", pick, see), name="pick"),
        words_path(register),
        path(f"{at}export.<str:ending>", view("export", export, see), {"as_shown": False}, name="export"),
        path(f"{at}shown.<str:ending>", view("shown", export, see), {"as_shown": True}, name="shown"),
        path(one, view("record", overview, see), name="record"),
        *(
            [path(f"{one}documents/", view("documents", documents, see), name="documents")]
            if register.model.named.documents
            else []
        ),
        *([path(f"{one}notes/", view("notes", notes, see), name="notes")] if register.model.named.notes else []),
        path(f"{one}history/", view("history", history, see), name="history"),
        path(f"{one}edit/", view("edit", edit, change), name="edit"),
        path(f"{one}archive/", view("archive", pages.archive, archive, place), name="archive"),
        path(f"{one}restore/", view("restore", pages.restore, archive, place), name="restore"),
    ]


def words_path(register: Register[Any]) -> URLPattern:
    """Where the register's forms fetch the words in use of a field."""
    view = page(may=register.see)(update_wrapper(partial(words, register), words))
    return path(f"{register.path}/words/<slug:field>/", view, name="words")


def words(register: Register[Any], request: HttpRequest, field: str) -> HttpResponse:
    """What others have written in a field, as options of its list."""
    found = register.by_name.get(field)
    if found is None or not found.words:
        raise Http404
    return show(request, "registers/words.html", {"words": words_in_use(register.model, field)})


def present(
    register: Register[Any],
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    block: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page of a register, which knows what the user may do with its records."""
    return show(request, template, _rights(register, request) | context, block=block, status=status)


def _rights(register: Register[Any], request: HttpRequest) -> dict[str, Any]:
    return {
        "register": register,
        "may_change": may(request.user, register.change),
        "may_archive": may(request.user, register.archive),
        "help": register.help,
    }


def listing(register: Register[Any], request: HttpRequest) -> HttpResponse:
    if to := opening(request, register.path):
        return to
    on, table, rows = asked(register, request)
    listed = table.page(request.GET, request.path, rows)
    if on:
        listed.notices.append(as_it_was(on, future=on > timezone.localdate()))
    anybody = bool(listed.rows) or listed.narrowed or register.model._default_manager.exists()
    bar = view_bar(request, register.path, listed, may_share=may(request.user, Permission.SHARE_VIEWS))
    context = {"page": listed, "anybody": anybody, "ways": ways(register, request), **bar}
    return present(register, request, "registers/list.html", context, block="list")


def ways(register: Register[Any], request: HttpRequest) -> list[dict[str, Any]]:
    """The ways to look at a register, with the filters that are in force: table, board; nothing where there is one."""
    if not register.boards and not register.map:
        return []
    kept = request.GET.copy()
    for name in _OF_ONE_WAY:
        kept.pop(name, None)
    query = f"?{kept.urlencode()}" if kept else ""
    whole = register.url("list") + (query or "?view=all")
    found = [{"key": "list", "label": _("Table"), "icon": "table", "url": whole}]
    if register.boards:
        found.append({"key": "board", "label": _("Board"), "icon": "board", "url": register.url("board") + query})
    if register.map:
        found.append({"key": "map", "label": _("Map"), "icon": "map", "url": register.url("map") + query})
    return found


def export(register: Register[Any], request: HttpRequest, ending: str, *, as_shown: bool) -> StreamingHttpResponse:
    on, table, rows = asked(register, request)
    sheet = table.sheet(request.GET, rows, as_shown=as_shown)
    name = f"sitebook-{register.path}-{(on or timezone.localdate()).isoformat()}"
    return as_file(request, sheet, name=name, ending=ending)


def _day(register: Register[Any], request: HttpRequest) -> date | None:
    """The day the address asks for, or None for today."""
    on = day_asked(request.GET.get("on", ""))[0] if register.days else None
    return None if on == timezone.localdate() else on


def asked(register: Register[Any], request: HttpRequest) -> tuple[date | None, Table, QuerySet[Any]]:
    """The list that the address asks for: of which day, its table and its rows."""
    on = _day(register, request)
    table = register.listing_for(request.user)
    if on is None or register.days is None:
        return None, table, register.queryset()
    return on, register.days.table(table, on), register.days.rows(register.queryset(), on)


def pick(register: Register[Any], request: HttpRequest) -> HttpResponse:
    """The picker's lines: recent ones first, archived ones only when typed, marked."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    recent, among = recently_used(request, register.one), register.model._default_manager.all()
    if len(query) < 2:
        found = among.filter(pk__in=recent, archived_at__isnull=True)
        rows = sorted(found, key=lambda row: recent.index(row.pk))
    else:
        rows = list(best_first(holding(among, query), query, recent)[:PICKED])
    icon = register.model.named.icon
    options = [
        Option(row.pk, str(row), *((_("archived"), "archive") if row.is_archived else (row.aside, icon)))
        for row in rows
    ]
    return show(request, "ui/options.html", {"options": options, "query": query, "recent": len(query) < 2})


def frame(register: Register[Any], request: HttpRequest, record: Any, tab: str) -> dict[str, Any]:
    """Summary and tabs of a record's page."""
    offers = register.offered(request.user, record)
    tabs = tabs_of(register, record.pk, user=request.user)
    badges = register.badges(record, timezone.localdate()) if register.badges else ()
    return {"record": record, "tab": tab, "tabs": tabs, "offers": offers, "badges": badges}


def _one(register: Register[Any], pk: int) -> Any:
    return get_object_or_404(register.queryset(), pk=pk)


def overview(register: Register[Any], request: HttpRequest, pk: int) -> HttpResponse:
    record, on = _one(register, pk), _day(register, request)
    if on and register.days:
        record = get_object_or_404(register.days.rows(register.queryset(), on), pk=pk)
        register.days.fill([record], on)
    used(request, register.one, pk)
    said = as_it_was(on, future=on > timezone.localdate()) if on else ""
    context = frame(register, request, record, "overview") | {
        "on": on or timezone.localdate(),
        "then_said": said,
        "then": None,
        "on_fault": day_asked(request.GET.get("on", ""))[1] if register.days else "",
        "own_facts": facts(register.table, record.custom),
        "facts": register.facts_of(record, request.user),
        "further": record.further_facts(),
        "pinned_notes": [] if on else pinned_notes(register, request, pk),
    }
    return present(register, request, "registers/overview.html", context)


def history(register: Register[Any], request: HttpRequest, pk: int) -> HttpResponse:
    record = _one(register, pk)
    listed, days = timeline.record_page(request.GET, request.path, kind=register.table, pk=pk)
    context = frame(register, request, record, "history") | {"page": listed, "days": days}
    return present(register, request, "registers/history.html", context, block="list")


def documents(register: Register[Any], request: HttpRequest, pk: int) -> HttpResponse:
    record = _one(register, pk)
    rights = _rights(register, request)
    shown = rights | frame(register, request, record, "documents") | {"frame": "registers/record.html"}
    return document_tab(request, register.table, pk, _customer_of(register, record), lambda: shown)


def notes(register: Register[Any], request: HttpRequest, pk: int) -> HttpResponse:
    record = _one(register, pk)
    shown = _rights(register, request) | {"frame": "registers/record.html"}
    return note_tab(request, register.table, pk, lambda: shown | frame(register, request, record, "notes"))


def pinned_notes(register: Register[Any], request: HttpRequest, pk: int) -> list[Note]:
    """What stands on the first page of a record."""
    if not register.model.named.notes:
        return []
    rows = Note.objects.about(register.table, pk, remarks=may(request.user, Permission.SEE_REMARKS)).pinned()
    return list(rows[:PINNED])


def _customer_of(register: Register[Any], record: Any) -> int | None:
    """Whose the record is, by the column its row policy names."""
    column = customer_column(register.table)
    return getattr(record, column) if column else None


def new(register: Register[Any], request: HttpRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    editing = Editing(register.form(new=True), None, data=data, country=current.country())
    status = 200
    if data is not None:
        status = 422
        if editing.is_valid():
            try:
                record = register.made(editing.values())
                used(request, register.one, record.pk)
                messages.success(request, _("%(name)s is added.") % {"name": record})
                return go(request, register.url("record", record.pk))
            except Refused as refusal:
                editing.form.add_error(None, refusal.linked)
                status = 409
    context = {"editing": editing, "form": editing.form}
    return present(register, request, "registers/new.html", context, block="form", status=status)


def edit(register: Register[Any], request: HttpRequest, pk: int) -> HttpResponse:
    record = _one(register, pk)
    register.must_be_allowed(request.user, record)
    data = request.POST if request.method == "POST" else None

    def change(*, version: int, **values: Any) -> None:
        register.saved(record, version=version, values=values)

    editing = Editing(register.form(new=False), record, data=data, country=register.country_of(record), change=change)
    status = editing.attempt() if data is not None else 0
    if status == editing.SAVED:
        messages.success(request, _("%(name)s is saved.") % {"name": record})
        return go(request, register.url("record", pk))
    context = {"record": record, "editing": editing, "form": editing.form}
    return present(register, request, "registers/edit.html", context, block="form", status=status or 200)
