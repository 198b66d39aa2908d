"""What may be kept: kinds of files, how their names end, and what can be shown of them.

Read by the process that examines a file, so it knows nothing of Django.
"""

from __future__ import annotations

from typing import NamedTuple

JPEG, PNG, WEBP, GIF = "image/jpeg", "image/png", "image/webp", "image/gif"
HEIC = "image/heic"
PDF = "application/pdf"
TEXT, CSV, MAIL = "text/plain", "text/csv", "message/rfc822"
OUTLOOK = "application/vnd.ms-outlook"
ZIP = "application/zip"
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."


class Kind(NamedTuple):
    """``extensions``: the first one is given to a file without any. ``inline``: browsers show it safely."""

    extensions: tuple[str, ...]
    inline: bool = False


KINDS: dict[str, Kind] = {
    JPEG: Kind(("jpg", "jpeg", "jpe", "jfif"), inline=True),
    PNG: Kind(("png",), inline=True),
    WEBP: Kind(("webp",), inline=True),
    GIF: Kind(("gif",), inline=True),
    HEIC: Kind(("heic", "heif")),
    PDF: Kind(("pdf",), inline=True),
    TEXT: Kind(("txt", "log", "md"), inline=True),
    CSV: Kind(("csv", "tsv")),
    MAIL: Kind(("eml",)),
    OUTLOOK: Kind(("msg",)),
    ZIP: Kind(("zip",)),
    _OOXML + "wordprocessingml.document": Kind(("docx",)),
    _OOXML + "spreadsheetml.sheet": Kind(("xlsx",)),
    _OOXML + "presentationml.presentation": Kind(("pptx",)),
    _ODF + "text": Kind(("odt",)),
    _ODF + "spreadsheet": Kind(("ods",)),
    _ODF + "presentation": Kind(("odp",)),
}
PICTURES = (JPEG, PNG, WEBP, GIF)
TEXTS = (TEXT, CSV, MAIL)
ACCEPTED = tuple(extension for kind in KINDS.values() for extension in kind.extensions)


def plain(media_type: str) -> str:
    """Without parameters: ``text/plain`` of ``text/plain; charset=utf-8``."""
    return media_type.partition(";")[0]


def extension_of(name: str) -> str:
    """What the name ends with, small: ``jpg``; empty when it has no ending."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem and ending.isalnum() and len(ending) <= 8 else ""
