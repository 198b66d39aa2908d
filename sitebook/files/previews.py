"""The small picture of a document, drawn when it was added and again whenever it is missing."""

from __future__ import annotations

import secrets
from pathlib import Path

from sitebook.files.inspector import examine
from sitebook.files.models import Document
from sitebook.files.storage import DRAFT, folder, keep_preview, path_of, preview_of


def can_be_drawn(document: Document) -> bool:
    """Whether there is, or may be, a preview. Backups carry none, so it may have to be drawn."""
    return preview_of(document.sha256).exists() or (document.has_preview and path_of(document.sha256).exists())


def drawn(sha256: str) -> Path | None:
    """Where the preview of these bytes is, drawn now if it is missing; None when there cannot be one."""
    place = preview_of(sha256)
    if not place.exists():
        draft = folder() / f"{sha256}.{secrets.token_hex(4)}{DRAFT}"
        try:
            examine(path_of(sha256), extension="", preview=draft)
            keep_preview(draft, sha256)
        finally:
            draft.unlink(missing_ok=True)
    return place if place.exists() else None
