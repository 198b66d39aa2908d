"""Notes for programs: those of each register whose records have them."""

# No ``from __future__ import annotations`` here: django-ninja reads the shapes from the functions' annotations.

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from sitebook.access.permissions import Permission, may
from sitebook.api.authentication import Token
from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.requests import Id, Text, Written, answers
from sitebook.api.responses import Json, matched, one, reply
from sitebook.basics.refused import NotAllowed
from sitebook.config.registers import REGISTERS
from sitebook.notes.models import Note, NoteKind
from sitebook.notes.views import must_alter, seen_by
from sitebook.registers import api as records
from sitebook.registers.register import Register
from sitebook.registers.schemas import not_published
from sitebook.users.models import Scope

Kind = Annotated[
    Literal["instruction", "remark"],
    Field(description="An instruction is shown to technicians; a remark stays in the office."),
]


class NewNote(Written):
    """``pinned``: it stands on top, and on the first page of the record."""

    text: Text
    kind: Kind = "instruction"
    pinned: bool = False


class NoteFields(Written):
    text: Text = not_published(Text)[1]
    kind: Kind = not_published(Kind)[1]
    pinned: bool = not_published(bool)[1]


class NoteRead(Schema):
    """``written_by``: the id of the user who wrote it."""

    id: int
    kind: Kind
    text: str
    pinned: bool
    written_at: datetime
    written_by: int | None
    changed_at: datetime
    removed: bool
    version: int


class NoteList(Schema):
    items: list[NoteRead]


router = Router(tags=["Notes"])
SEE = Token(Scope.READ, Permission.SEE_CUSTOMERS)
WRITE = Token(Scope.WRITE, Permission.WRITE_NOTES)
MOST = 200


def _offer(register: Register[Any]) -> None:
    """Listing and adding, of one register."""
    said, table = str(register.model.named.one), register.table

    @router.get(
        f"/{register.path}/{{int:pk}}/notes",
        auth=Token(Scope.READ, register.see),
        response=answers(200, NoteList),
        operation_id=f"list_notes_of_{register.one.replace(' ', '_')}",
        summary=f"The notes of one {said}",
        description="Pinned ones first, then newest first; removed ones are left out.",
    )
    def list_notes(request: HttpRequest, pk: Id) -> HttpResponse:
        get_object_or_404(register.model, pk=pk)
        rows = Note.objects.about(table, pk, remarks=may(request.user, Permission.SEE_REMARKS))
        return reply({"items": [_told(note) for note in rows[:MOST]]})

    @router.post(
        f"/{register.path}/{{int:pk}}/notes",
        auth=WRITE,
        response=answers(201, NoteRead, writes=True),
        openapi_extra={"parameters": [PARAMETER]},
        operation_id=f"add_note_to_{register.one.replace(' ', '_')}",
        summary=f"Write a note about one {said}",
        description="An instruction, unless it is said to be a remark, which only some roles write and read.",
    )
    @once(register.model)
    def add_note(request: HttpRequest, pk: Id, body: NewNote) -> HttpResponse:
        get_object_or_404(register.model, pk=pk)
        _must_be_allowed(request, body.kind)
        note = Note.add(about_kind=table, about_id=pk, kind=body.kind, text=body.text, pinned=body.pinned)
        return one(request, _told(note), version=note.version, status=201)


for each in REGISTERS:
    if each.model.named.notes:
        _offer(each)


@router.get(
    "/notes/{int:pk}",
    auth=SEE,
    response=answers(200, NoteRead),
    operation_id="read_note",
    summary="Read a note",
)
def read_note(request: HttpRequest, pk: Id) -> HttpResponse:
    """With the ETag a change needs."""
    note = seen_by(request.user, pk)
    return one(request, _told(note), version=note.version)


@router.patch(
    "/notes/{int:pk}",
    auth=WRITE,
    response=answers(200, NoteRead, writes=True),
    operation_id="change_note",
    summary="Change a note",
)
def change_note(request: HttpRequest, pk: Id, body: NoteFields) -> HttpResponse:
    """Change the fields that are sent. Needs If-Match. Others' notes only with a role that reads remarks."""
    note = seen_by(request.user, pk)
    must_alter(request.user, note)
    version = matched(request, note.version)
    values: dict[str, Any] = {"kind": note.kind, "text": note.text, "pinned": note.pinned} | body.given()
    _must_be_allowed(request, values["kind"])
    with records.Stale():
        note.change(version=version, **values)
    return one(request, _told(note), version=note.version)


def _to_alter(request: HttpRequest, pk: int) -> Note:
    note = seen_by(request.user, pk)
    must_alter(request.user, note)
    return note


@router.post(
    "/notes/{int:pk}/remove",
    auth=WRITE,
    response=answers(200, NoteRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="remove_note",
    summary="Remove a note",
)
@once(Note)
def remove_note(request: HttpRequest, pk: Id) -> HttpResponse:
    """It can be brought back."""
    note = _to_alter(request, pk)
    note.remove(at=timezone.now())
    return reply(_told(note))


@router.post(
    "/notes/{int:pk}/bring-back",
    auth=WRITE,
    response=answers(200, NoteRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="bring_back_note",
    summary="Bring a removed note back",
)
@once(Note)
def bring_back_note(request: HttpRequest, pk: Id) -> HttpResponse:
    """It stands among the others again."""
    note = _to_alter(request, pk)
    note.bring_back()
    return reply(_told(note))


def _must_be_allowed(request: HttpRequest, kind: str) -> None:
    """Raises NotAllowed."""
    if kind == NoteKind.REMARK and not may(request.user, Permission.SEE_REMARKS):
        raise NotAllowed(_("You may not write internal remarks."))


def _told(note: Note) -> Json:
    return {
        "id": note.pk,
        "kind": note.kind,
        "text": note.text,
        "pinned": note.pinned,
        "written_at": note.created_at,
        "written_by": note.created_by_id,
        "changed_at": note.updated_at,
        "removed": note.removed_at is not None,
        "version": note.version,
    }
