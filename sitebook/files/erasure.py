"""Takes documents away for good, with their bytes: for the erasure of a person's data."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from sitebook.files.models import Document
from sitebook.files.storage import let_go


def erase(documents: Iterable[Document]) -> None:
    """Delete the rows now and, once that is committed, the bytes and previews that no other document names.

    History keeps that a document was there; erasing its name there is the history's part.
    """
    going = list(documents)
    Document.objects.filter(pk__in=[document.pk for document in going]).delete()
    transaction.on_commit(partial(let_go, [document.sha256 for document in going]))
