"""Files of every kind, good and bad, made for one test."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

FRAME = b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"
OOXML = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def photo_lying_down() -> bytes:
    """As a telephone takes it: turned by a tag, with the place it was taken at."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "CameraMaker"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(size=(600, 400), exif=exif)


def pdf(pages: int = 1) -> bytes:
    out = io.BytesIO()
    first, *more = [Image.new("RGB", (200, 300), "white") for _ in range(pages)]
    first.save(out, "PDF", save_all=True, append_images=more)
    return out.getvalue()


def bomb_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """Small on disk, gigabytes once unpacked."""
    squeeze = zlib.compressobj(9)
    row = b"\x00" * (1 + width // 8)
    data = b"".join(squeeze.compress(row * 500) for _ in range(height // 500)) + squeeze.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def gif(frames: int = 1, side: int = 1) -> bytes:
    size = struct.pack("<HH", side, side)
    return b"GIF89a" + size + b"\x80\x00\x00\x00\x00\x00\xff\xff\xff" + FRAME * frames + b";"


def packed(**members: bytes | str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def office(content_type: str = OOXML, **more: bytes | str) -> bytes:
    types = f'<Types><Override PartName="/x" ContentType="{content_type}"/></Types>'
    return packed(**{"[Content_Types].xml": types, **more})


def compound(entry: str) -> bytes:
    return CFB + b"\x00" * 600 + entry.encode("utf-16-le") + b"\x00" * 600


def greedy_pdf() -> bytes:
    """A page whose stream unpacks to a hundred megabytes of drawing."""
    stream = zlib.compress(b"0 0 m 9 9 l S " * 8_000_000, 9)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 14400 14400] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >> stream\n%s\nendstream" % (len(stream), stream),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"xref\n0 5\n0000000000 65535 f \n%strailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(body),
    )


def locked_pdf() -> bytes:
    """Encrypted with a password nobody knows: the numbers are right in shape only."""
    start, _eof, end = pdf().rpartition(b"startxref")
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O (%s) /U (%s) >> /ID [<00><00>]" % (b"o" * 32, b"u" * 32)
    head, _trailer, rest = start.rpartition(b"trailer")
    return head + b"trailer" + rest.replace(b"<<", b"<< " + lock, 1) + b"startxref" + end
