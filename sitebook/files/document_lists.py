"""The documents of a record as a page shows them: pictures side by side, the rest as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sitebook.files import file_types
from sitebook.files.models import Document
from sitebook.files.refusals import amount
from sitebook.ui.filters import Archived, Choice
from sitebook.ui.listing import Column, Listing


@dataclass(frozen=True)
class Shown:
    """One document with what a template needs. ``before``: the customer of another time of the place, or ""."""

    document: Document
    may_alter: bool
    may_place: bool
    before: str

    @property
    def is_framed(self) -> bool:
        """Hangs among the pictures; what is removed is a line of text, whatever it was."""
        return self.document.is_picture and self.document.removed_at is None

    @property
    def size(self) -> str:
        return amount(self.document.size)

    @property
    def ending(self) -> str:
        return file_types.extension_of(self.document.name)


def _matching(documents: QuerySet[Any], text: str) -> QuerySet[Any]:
    return documents.filter(Q(name__icontains=text) | Q(note__icontains=text))


def _of_kind(documents: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    pictures = Q(media_type__in=file_types.PICTURES)
    wanted = {"pictures": pictures, "other": ~pictures}
    narrowed = Q(pk__in=[])
    for value in values:
        narrowed |= wanted[value]
    return documents.filter(narrowed)


DOCUMENTS = Listing(
    columns=(
        Column(key="name", label=_("Name"), sort=("name",), look="grow l1"),
        Column(key="size", label=_("Size"), sort=("size",), numeric=True, look="p2", first_descending=True),
        Column(key="by", label=_("Added by"), look="p3 l2"),
        Column(key="added", label=_("Added"), sort=("uploaded_at",), numeric=True, look="p2 r2", first_descending=True),
    ),
    order="-added",
    search=_matching,
    filters=(
        Choice("kind", _("Kind"), (("pictures", _("Pictures")), ("other", _("Other documents"))), by=_of_kind),
        Archived(key="removed", label=_("Removed ones"), field="removed_at"),
    ),
)
