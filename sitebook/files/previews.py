"""The small picture of a document, drawn when it was added and again whenever it is missing."""

from __future__ import annotations

import secrets
from pathlib import Path

from sitebook.files.inspector import examine
from sitebook.files.models import Document
from sitebook.files.storage import DRAFT, folder, keep_preview, path_of, preview_of


def preview(document: Document) -> Path | None:
    """Where its preview is, or None when there cannot be one. Backups carry none, so it may have to be drawn."""
    place = preview_of(document.sha256)
    if not place.exists() and document.has_preview and path_of(document.sha256).exists():
        drawn = folder() / f"{document.sha256}.{secrets.token_hex(4)}{DRAFT}"
        try:
            examine(path_of(document.sha256), extension="", preview=drawn)
            keep_preview(drawn, document.sha256)
        finally:
            drawn.unlink(missing_ok=True)
    return place if place.exists() else None
