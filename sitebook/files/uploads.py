"""Files that are sent: each is examined and kept, or refused by name; a bad one does not hold up the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.db import transaction

from sitebook.files import file_types, refusals
from sitebook.files.file_names import cleaned
from sitebook.files.inspector import NotTaken, check
from sitebook.files.models import Document
from sitebook.files.storage import draft, keep

MOST_AT_ONCE = 20


class Sent(Protocol):
    """A file as a form or a command hands it over; ``size`` in bytes."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Outcome:
    """What became of one file: its document, or the sentence why there is none."""

    name: str
    document: Document | None = None
    sentence: str = ""


def add_all(*, kind: str, pk: int, sent: Sequence[Sent]) -> list[Outcome]:
    """Add each file to the record ``pk`` of the table ``kind``. Raises NotTaken when there are too many."""
    if len(sent) > MOST_AT_ONCE:
        raise NotTaken(refusals.too_many(len(sent), MOST_AT_ONCE), code="file_not_taken")
    return [_outcome(kind, pk, each) for each in sent]


def add(*, kind: str, pk: int, sent: Sent) -> Document:
    """Add one file. Raises NotTaken, and IntegrityError when there is no such record for whoever acts."""
    name = cleaned(sent.name or "")
    size, limit = sent.size or 0, settings.MAX_UPLOAD_BYTES
    if size > limit:
        raise NotTaken(refusals.too_large(name, refusals.amount(size), refusals.amount(limit)), code="file_not_taken")
    with draft(sent.chunks()) as made, transaction.atomic():
        verdict = check(made, name)
        document = Document(
            about_kind=kind,
            about_id=pk,
            name=_with_ending(name, verdict.media_type),
            media_type=verdict.media_type,
            size=made.size,
            sha256=made.sha256,
            width=verdict.width,
            height=verdict.height,
            pages=verdict.pages,
        )
        document.save(force_insert=True)
        keep(made)
    document.refresh_from_db()
    return document


def _outcome(kind: str, pk: int, sent: Sent) -> Outcome:
    name = cleaned(sent.name or "")
    try:
        return Outcome(name, add(kind=kind, pk=pk, sent=sent))
    except NotTaken as refusal:
        return Outcome(name, sentence=str(refusal))


def _with_ending(name: str, media_type: str) -> str:
    """Telephones send names without an ending; the content says which one belongs there."""
    if file_types.extension_of(name):
        return name
    return cleaned(f"{name}.{file_types.KINDS[file_types.plain(media_type)].extensions[0]}")
