"""What is said of a file that is not taken: which one, what it is, what to do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from sitebook.files import file_types
from sitebook.ui.formats import number

MB = 1024 * 1024
_WHAT: dict[str, Any] = {
    file_types.JPEG: lazy("a JPEG picture"),
    file_types.PNG: lazy("a PNG picture"),
    file_types.WEBP: lazy("a WebP picture"),
    file_types.GIF: lazy("a GIF picture"),
    file_types.HEIC: lazy("a HEIC picture"),
    file_types.PDF: lazy("a PDF document"),
    file_types.TEXT: lazy("plain text"),
    file_types.CSV: lazy("a table as text"),
    file_types.MAIL: lazy("a mail"),
    file_types.OUTLOOK: lazy("an Outlook message"),
    file_types.ZIP: lazy("a zip file"),
}
_PROGRAMS: dict[str, Any] = {
    "windows": lazy("a Windows program"),
    "linux": lazy("a Linux program"),
    "mac": lazy("a macOS program"),
    "java": lazy("a Java or Android program"),
    "android": lazy("an Android program"),
    "shortcut": lazy("a Windows shortcut"),
    "script": lazy("a script"),
}
_FAULTS: dict[str, Any] = {
    "empty": lazy("“%(name)s” is empty. Look whether it was saved or copied whole, then add it again."),
    "program": lazy("“%(name)s” is %(what)s, whatever its name says. Programs and scripts are not kept."),
    "svg": lazy("“%(name)s” is an SVG drawing and may carry scripts. Save it as PNG or PDF and add that."),
    "html": lazy("“%(name)s” is a web page and may carry scripts. Save it as PDF and add that."),
    "macros": lazy("“%(name)s” carries macros. Save it without them, as .docx, .xlsx or .pptx, and add that."),
    "old office": lazy(
        "“%(name)s” is an Office file of the old kind, which may carry macros. Save it as .docx, .xlsx or .pptx, or as "
        "PDF, and add that."
    ),
    "misnamed": lazy("“%(name)s” is really %(what)s. Rename it so that it ends in .%(ending)s, then add it again."),
    "jpeg pixels": lazy("“%(name)s” is %(detail)s pixels large; at most 200 megapixels are kept. Save it smaller."),
    "pixels": lazy(
        "“%(name)s” is %(detail)s pixels large; at most 64 megapixels are kept, of an ordinary JPEG 200. "
        "Save it smaller."
    ),
    "frames": lazy("“%(name)s” is a moving picture of %(detail)s frames, which is too much. Save one frame of it."),
    "costly": lazy("“%(name)s” takes too much memory or time to look at. Save it smaller or as another kind of file."),
}
_DAMAGED: dict[str, Any] = {
    "picture": lazy("“%(name)s” is damaged or cut off: the picture cannot be read to its end. Copy it again."),
    "pdf": lazy("“%(name)s” is damaged or cut off: the PDF cannot be read to its end. Copy or save it again."),
    "zip": lazy("“%(name)s” is damaged or cut off: its list of contents cannot be read. Copy it again."),
}


def sentence(fault: str, detail: str, name: str) -> str:
    """Why this file is not taken, in one or two sentences."""
    if fault == "damaged":
        return str(_DAMAGED.get(detail, _DAMAGED["zip"])) % {"name": name}
    if fault == "other":
        return _other(detail, name)
    what = _PROGRAMS.get(detail) or kind_of(detail)
    ending = (
        file_types.KINDS[file_types.plain(detail)].extensions[0] if file_types.plain(detail) in file_types.KINDS else ""
    )
    text = _FAULTS.get(fault, _FAULTS["costly"])
    return str(text) % {"name": name, "detail": detail, "what": what, "ending": ending}


def _other(detail: str, name: str) -> str:
    kept = _("Sitebook keeps pictures, PDF, Office documents, text, mails and zip files.")
    if detail:
        return _("“%(name)s” is of a kind that is not kept (%(what)s).") % {"name": name, "what": detail} + " " + kept
    return _("“%(name)s” is of no kind that Sitebook knows.") % {"name": name} + " " + kept


def kind_of(media_type: str) -> str:
    """``a PDF document``; Office documents by their ending."""
    plain = file_types.plain(media_type)
    if plain in _WHAT:
        return str(_WHAT[plain])
    ending = file_types.KINDS[plain].extensions[0] if plain in file_types.KINDS else ""
    return _("an Office document (.%(ending)s)") % {"ending": ending}


def too_large(name: str, size: str, limit: str) -> str:
    """``size`` and ``limit`` as ``amount`` writes them."""
    return _(
        "“%(name)s” is %(size)s large; at most %(limit)s are kept. Save a smaller copy (of a photo: a lower "
        "resolution) and add that."
    ) % {"name": name, "size": size, "limit": limit}


def too_many(count: int, most: int) -> str:
    return _("%(count)s files at once are too many, and none was kept. Add at most %(most)s at a time.") % {
        "count": count,
        "most": most,
    }


def added(count: int) -> str:
    return ngettext("One document is added.", "%(count)s documents are added.", count) % {"count": count}


def amount(size: int) -> str:
    """``3.4 MB``, ``12 kB``, ``7 bytes``."""
    if size >= MB:
        digits = 0 if size >= 100 * MB or size % MB == 0 else 1
        return _("%(number)s MB") % {"number": number(size / MB, digits)}
    if size >= 1024:
        return _("%(number)s kB") % {"number": number(round(size / 1024))}
    return ngettext("one byte", "%(count)s bytes", size) % {"count": size}
