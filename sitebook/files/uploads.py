"""Files that are sent: each is examined and kept, or refused by name; a bad one does not hold up the others.

Examining takes long and asks nothing of the database, so it comes first and by itself (``files.middleware``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings
from django.db import transaction

from sitebook.files import file_types, photo_position, refusals
from sitebook.files.file_names import cleaned
from sitebook.files.inspection import Verdict
from sitebook.files.inspector import NotTaken, check
from sitebook.files.models import Document
from sitebook.files.refusals import MB
from sitebook.files.storage import Draft, draft, keep

MOST_AT_ONCE = 20
LARGEST_REQUEST = settings.MAX_UPLOAD_BYTES * MOST_AT_ONCE + MB


class Sent(Protocol):
    """A file as a form or a command hands it over; ``size`` in bytes."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Examined:
    """A file that was looked at: what it is, or the sentence why it is not taken."""

    name: str
    draft: Draft | None = None
    verdict: Verdict = field(default_factory=Verdict)
    sentence: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one file: its document, or the sentence why there is none."""

    name: str
    document: Document | None = None
    sentence: str = ""


@contextmanager
def examined(sent: Sequence[Sent], *, without_position: bool = False) -> Iterator[list[Examined]]:
    """Look at each file, without the database. What is not kept by the end goes. ``without_position``: photos lose
    where they were taken. Raises NotTaken when there are too many."""
    if len(sent) > MOST_AT_ONCE:
        raise NotTaken(refusals.too_many(len(sent), MOST_AT_ONCE), code="file_not_taken")
    with ExitStack() as until_kept:
        yield [_examined(each, until_kept, without_position=without_position) for each in sent]


def _examined(sent: Sent, until_kept: ExitStack, *, without_position: bool) -> Examined:
    name = cleaned(sent.name or "")
    size, limit = sent.size or 0, settings.MAX_UPLOAD_BYTES
    if size > limit:
        return Examined(name, sentence=refusals.too_large(name, refusals.amount(size), refusals.amount(limit)))
    with ExitStack() as unless_good:
        whole = photo_position.without_position(b"".join(sent.chunks())) if without_position else b""
        made = unless_good.enter_context(draft([whole] if without_position else sent.chunks()))
        try:
            verdict = check(made, name)
        except NotTaken as refusal:
            return Examined(name, sentence=str(refusal))
        until_kept.push(unless_good.pop_all())
    return Examined(name, made, verdict)


def keep_all(*, kind: str, pk: int, files: Sequence[Examined]) -> list[Outcome]:
    """Add each good file to the record ``pk`` of the table ``kind``."""
    return [
        Outcome(each.name, sentence=each.sentence) if each.draft is None else Outcome(each.name, _kept(kind, pk, each))
        for each in files
    ]


def add_all(*, kind: str, pk: int, sent: Sequence[Sent]) -> list[Outcome]:
    """Examine and add. Raises NotTaken when there are too many."""
    with examined(sent) as files:
        return keep_all(kind=kind, pk=pk, files=files)


def add(*, kind: str, pk: int, sent: Sent) -> Document:
    """Add one file. Raises NotTaken, and IntegrityError when there is no such record for whoever acts."""
    with examined([sent]) as (file,):
        if file.sentence:
            raise NotTaken(file.sentence, code="file_not_taken")
        return _kept(kind, pk, file)


def _kept(kind: str, pk: int, file: Examined) -> Document:
    """Raises IntegrityError when there is no such record for whoever acts."""
    made, verdict = file.draft, file.verdict
    assert made is not None  # noqa: S101 - a file without a sentence has one
    with transaction.atomic():
        document = Document(
            about_kind=kind,
            about_id=pk,
            name=_with_ending(file.name, verdict.media_type),
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


def _with_ending(name: str, media_type: str) -> str:
    """Telephones send names without an ending; the content says which one belongs there."""
    if file_types.extension_of(name):
        return name
    return cleaned(f"{name}.{file_types.KINDS[file_types.plain(media_type)].extensions[0]}")
