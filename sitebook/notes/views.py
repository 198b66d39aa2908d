"""Notes on a record's tab: written, changed, pinned, removed. Views may look up to the records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.basics.named import named
from sitebook.basics.refused import NotAllowed, Refused, StaleEdit
from sitebook.notes.forms import NoteForm
from sitebook.notes.models import Note
from sitebook.ui.render import go, show

WRITE, REMARKS = Permission.WRITE_NOTES, Permission.SEE_REMARKS
MOST = 200


def note_tab(request: HttpRequest, kind: str, pk: int, frame: Callable[[], dict[str, Any]]) -> HttpResponse:
    """The tab of a record's notes with the form on top, or what became of what was written in it."""
    remarks, writes = may(request.user, REMARKS), may(request.user, WRITE)
    form = NoteForm(request.POST if request.method == "POST" else None, remarks=remarks)
    if request.method == "POST":
        if not writes:
            raise PermissionDenied
        if form.is_valid():
            Note.add(about_kind=kind, about_id=pk, **form.values())
            messages.success(request, _("The note is added."))
            return go(request, request.path)
    rows = Note.objects.about(kind, pk, remarks=remarks).select_related("created_by", "updated_by")
    lines = [{"note": note, "may_alter": _may_alter(request, note)} for note in rows[:MOST]]
    context = {"form": form if writes else None, "notes": lines, "path": request.path} | frame() | {"help": "notes"}
    return show(request, "notes/tab.html", context, block="list", status=422 if form.is_bound else 200)


@page(may=WRITE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A note's words, kind and pin, in a dialog."""
    note = _to_alter(request, pk)
    start = {"text": note.text, "kind": note.kind, "pinned": note.pinned, "version": note.version}
    form = NoteForm(request.POST or None, initial=start, remarks=may(request.user, REMARKS))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                note.change(version=form.cleaned_data["version"] or 0, **form.values())
            except (StaleEdit, Refused) as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, _("The note is saved."))
                return go(request, _home(note))
    context = {"form": form, "back": _home(note), "help": "notes"}
    return show(request, "notes/edit.html", context, block="form", status=status)


@page(may=WRITE)
@require_POST
def pin(request: HttpRequest, pk: int, *, yes: bool) -> HttpResponse:
    note = _to_alter(request, pk)
    note.pin(yes=yes)
    messages.success(request, _("The note is pinned.") if yes else _("The note is no longer pinned."))
    return go(request, _home(note))


@page(may=WRITE)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    note = _to_alter(request, pk)
    note.remove(at=timezone.now())
    messages.success(request, _("The note is removed."), extra_tags=reverse("notes:bring-back", args=[pk]))
    return go(request, _home(note))


@page(may=WRITE)
@require_POST
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    note = _to_alter(request, pk)
    note.bring_back()
    messages.success(request, _("The note is back."))
    return go(request, _home(note))


def seen_by(user: Any, pk: int) -> Note:
    """The note, where the user may read it. Raises Http404."""
    rows = Note.objects.all() if may(user, REMARKS) else Note.objects.instructions()
    return get_object_or_404(rows, pk=pk)


def must_alter(user: Any, note: Note) -> None:
    """Raises NotAllowed for who may neither read remarks nor wrote the note."""
    if not (may(user, REMARKS) or note.created_by_id == user.pk):
        raise NotAllowed(_("Only who wrote this note, or somebody of the office, may change or remove it."))


def _to_alter(request: HttpRequest, pk: int) -> Note:
    note = seen_by(request.user, pk)
    must_alter(request.user, note)
    return note


def _may_alter(request: HttpRequest, note: Note) -> bool:
    return may(request.user, WRITE) and (may(request.user, REMARKS) or note.created_by_id == request.user.pk)


def _home(note: Note) -> str:
    area = named(note.about_kind).page.partition(":")[0]
    return reverse(f"{area}:notes", args=[note.about_id])
