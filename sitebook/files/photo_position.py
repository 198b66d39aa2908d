"""Takes out of a photo where it was taken: the GPS directory of EXIF (CIPA DC-008), and XMP that speaks of a position.

What is taken out is overwritten, so that the file keeps its length and nothing else in it moves. The picture itself is
not touched: it is not compressed anew.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

# JPEG, WebP and HEIC say "Exif" before the block; PNG and some WebP have it in a chunk of their own.
_BLOCK = re.compile(rb"(?:Exif\x00\x00|eXIf|EXIF....)(?=II\*\x00|MM\x00\*)", re.DOTALL)
_XMP = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>|<rdf:RDF.*?</rdf:RDF>", re.DOTALL)
_GPS = 0x8825
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_PNG = b"\x89PNG\r\n\x1a\n"
_ENTRY = 12  # bytes
MOST_ENTRIES = 500


def without_position(content: bytes) -> bytes:
    """The same file without a position; one that is no photo, or has none, as it is."""
    kept = bytearray(content)
    for found in _BLOCK.finditer(content):
        _blank_directory(kept, found.end())
    for found in _XMP.finditer(content):
        if b"GPS" in found.group() or b"Location" in found.group():
            kept[found.start() : found.end()] = b" " * (found.end() - found.start())
    if kept == content:
        return content
    return bytes(_with_checksums(kept) if content.startswith(_PNG) else kept)


def _blank_directory(kept: bytearray, start: int) -> None:
    """Empty the GPS directory of the TIFF block that begins at ``start``. One that is cut off is left as it is."""
    order = "<" if kept[start : start + 2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(f"{order}I", kept, start + 4)
        for tag, _kind, _count, place in _entries(kept, order, start + first):
            if tag == _GPS:
                (directory,) = struct.unpack_from(f"{order}I", kept, place)
                _empty(kept, order, start, start + directory)
    except struct.error:
        return


def _empty(kept: bytearray, order: str, start: int, directory: int) -> None:
    entries = list(_entries(kept, order, directory))
    for _tag, kind, count, place in entries:
        size = _SIZES.get(kind, 1) * count
        if size > 4:
            (offset,) = struct.unpack_from(f"{order}I", kept, place)
            end = min(start + offset + size, len(kept))
            kept[start + offset : end] = bytes(max(0, end - start - offset))
    kept[directory : directory + 2 + _ENTRY * len(entries)] = bytes(2 + _ENTRY * len(entries))


def _entries(kept: bytearray, order: str, directory: int) -> Iterator[tuple[int, int, int, int]]:
    """Tag, kind and count of each entry, and where its value stands. Raises struct.error."""
    (number,) = struct.unpack_from(f"{order}H", kept, directory)
    for each in range(min(number, MOST_ENTRIES)):
        tag, kind, count = struct.unpack_from(f"{order}HHI", kept, directory + 2 + _ENTRY * each)
        yield tag, kind, count, directory + 2 + _ENTRY * each + 8


def _with_checksums(kept: bytearray) -> bytearray:
    """A PNG's chunks with the checksums that suit what they hold now."""
    at = len(_PNG)
    while at + 12 <= len(kept):
        (length,) = struct.unpack_from(">I", kept, at)
        end = at + 8 + length
        if end + 4 > len(kept):
            break
        struct.pack_into(">I", kept, end, zlib.crc32(kept[at + 4 : end]))
        at = end + 4
    return kept
