"""Looks at one untrusted file: what it is, whether it is whole, how large; and draws a preview.

A process of its own, without Django, without settings and with little memory and time: what breaks
here breaks nothing else. ``python -I -m sitebook.files.inspection FILE EXTENSION PREVIEW`` prints one
line of JSON with the fields of ``Verdict``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import sys
import warnings
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sitebook.files import file_types

if TYPE_CHECKING:
    from PIL import Image

MEMORY = 1_024 * 1024**2  # bytes of address space: twice what the largest picture takes
SECONDS = 15  # of the processor
# Read from the head of the file, before anything is unpacked. A JPEG is read at an eighth of its size, so the largest
# that telephones take (200 megapixels) cost little; all others, and a JPEG in passes, are unpacked whole.
MOST_PIXELS_OF_JPEG = 200_000_000
MOST_PIXELS = 64_000_000
MOST_FRAMES = 500
MOST_FRAME_PIXELS = 1_000_000_000  # of all frames of a moving picture together
PREVIEW = 480  # pixels, the longer side
HEAD = 64 * 1024

PROGRAMS = (
    (b"\x7fELF", "linux"),
    (b"\xfe\xed\xfa\xce", "mac"),
    (b"\xfe\xed\xfa\xcf", "mac"),
    (b"\xce\xfa\xed\xfe", "mac"),
    (b"\xcf\xfa\xed\xfe", "mac"),
    (b"\xca\xfe\xba\xbe", "java"),
    (b"dex\n", "android"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "shortcut"),
    (b"#!", "script"),
)
SIGNATURES = (
    (b"\xff\xd8\xff", file_types.JPEG),
    (b"\x89PNG\r\n\x1a\n", file_types.PNG),
    (b"GIF87a", file_types.GIF),
    (b"GIF89a", file_types.GIF),
)
FORMATS = {
    "JPEG": file_types.JPEG,
    "MPO": file_types.JPEG,
    "PNG": file_types.PNG,
    "WEBP": file_types.WEBP,
    "GIF": file_types.GIF,
}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# How browsers recognise a page, and what begins other markup and scripts.
_TAGS = rb"html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|img|link|meta|form|object|embed"
MARKUP = re.compile(rb"\s*(<!doctype\s+html|<(%s)[\s>/]|<!--|<\?php)" % _TAGS, re.IGNORECASE)
VECTOR = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!doctype\s+svg[^>]*>\s*)*<([a-z0-9]+:)?svg[\s>:]",
    re.IGNORECASE | re.DOTALL,
)
XML = re.compile(rb"\s*<(\?xml|!doctype|!entity|[a-z]+[\s>:])", re.IGNORECASE)
HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[ \t]", re.IGNORECASE)
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
MACROS = ("vbaproject.bin", "macroenabled")


@dataclass(frozen=True)
class Verdict:
    """``fault``: why the file is not taken, a word of ``sitebook.files.refusals``; "" when it is. ``detail``: what
    the word needs."""

    media_type: str = ""
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    fault: str = ""
    detail: str = ""


class Fault(Exception):
    def __init__(self, word: str, detail: str = "") -> None:
        super().__init__(word)
        self.verdict = Verdict(fault=word, detail=detail)


def main(arguments: list[str]) -> int:
    path, extension, preview = arguments
    confine()
    print(json.dumps(asdict(examined(Path(path), extension, Path(preview)))))  # noqa: T201 - read by who asked
    return 0


def confine() -> None:
    """From here on this process can do little: no other process, no large file, little memory and time."""
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_NOFILE: 32,
        resource.RLIMIT_FSIZE: 4 * 1024**2,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_AS: MEMORY,
    }
    for limit, value in limits.items():
        # Some systems know a limit and do not let it be set; the others and the clock of who asked still hold.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
    os.nice(19)


def examined(path: Path, extension: str, preview: Path) -> Verdict:
    """What the file is. ``extension``: how its name ends, small, without the dot; "" for any."""
    try:
        kind = recognised(path, extension)
        if extension and extension not in file_types.KINDS[file_types.plain(kind)].extensions:
            raise Fault("misnamed", kind)
        if kind in file_types.PICTURES:
            return picture(path, preview)
        if kind == file_types.PDF:
            return pdf(path, preview)
        return Verdict(kind)
    except Fault as fault:
        return fault.verdict
    except MemoryError:
        return Verdict(fault="costly")


def recognised(path: Path, extension: str) -> str:
    """The media type by content. Raises Fault for what is never kept."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise Fault("empty")
    must_not_run(head)
    must_not_be_markup(head)
    if kind := signed(head):
        return kind
    if head[:2] == b"PK" and head[2:4] in (b"\x03\x04", b"\x05\x06"):
        return package(path)
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return compound(path)
    if charset := charset_of(path):
        return text(head, charset, extension)
    raise Fault("other", guessed(path)[1])


def signed(head: bytes) -> str:
    """The media type of what begins with a mark of its own; "" for all else."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return file_types.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return file_types.HEIC
    # Some programs put a line or a mark of Unicode before it, and readers of PDF do not mind.
    if head[:64].lstrip(b"\xef\xbb\xbf\x00 \t\r\n").startswith(b"%PDF-"):
        return file_types.PDF
    return next((kind for signature, kind in SIGNATURES if head.startswith(signature)), "")


def must_not_run(head: bytes) -> None:
    """Programs and scripts are refused whatever they are called."""
    for signature, what in PROGRAMS:
        if head.startswith(signature):
            raise Fault("program", what)
    # "MZ" alone could begin a letter; a program has zeros among its first bytes.
    if head.startswith(b"MZ") and b"\x00" in head[:64]:
        raise Fault("program", "windows")


def must_not_be_markup(start: bytes) -> None:
    """Pages and drawings that may carry scripts are refused whatever they are called and whatever follows."""
    start = start.removeprefix(b"\xef\xbb\xbf")
    if VECTOR.match(start):
        raise Fault("svg")
    if MARKUP.match(start):
        raise Fault("html")


def charset_of(path: Path) -> str:
    """How the text is written; "" when it is no text. What no Unicode is may be of any old code page: browsers show it
    as windows-1252, which lets every byte stand for something."""
    content = path.read_bytes()
    with_mark = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for charset, name in (("utf-16", "utf-16"),) if with_mark else (("utf-8", "utf-8"), ("latin-1", "windows-1252")):
        with contextlib.suppress(UnicodeDecodeError):
            return "" if CONTROL.search(content.decode(charset)) else name
    return ""


def text(head: bytes, charset: str, extension: str) -> str:
    """Text, a table or a mail, as its name says. Raises Fault for pages, drawings and other markup."""
    start = head.decode(charset, errors="ignore").lstrip("\ufeff").encode()
    must_not_be_markup(start)
    if XML.match(start):
        raise Fault("other", "XML")
    if extension in file_types.KINDS[file_types.MAIL].extensions and HEADER.match(start):
        return file_types.MAIL
    kind = file_types.CSV if extension in file_types.KINDS[file_types.CSV].extensions else file_types.TEXT
    return f"{kind}; charset={charset}"


def package(path: Path) -> str:
    """A zip file, or what is one inside. Only the table of contents and the two small files that name the kind are
    read, so what it unpacks to does not matter."""
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Fault("damaged", "zip") from error
    names = {member.filename.lower() for member in members}
    if "meta-inf/manifest.mf" in names or "androidmanifest.xml" in names:
        raise Fault("program", "java")
    if any(name.endswith(MACROS) for name in names):
        raise Fault("macros")
    read = {"[content_types].xml", "mimetype", "docprops/app.xml"}
    if any(member.filename.lower() in read and member.file_size > 2 * 1024**2 for member in members):
        raise Fault("costly")
    kind, name = guessed(path)
    if any(word in kind.lower() for word in MACROS):
        raise Fault("macros")
    if kind in file_types.KINDS:
        return kind
    if "openxmlformats" in kind or "opendocument" in kind:
        raise Fault("other", name)
    return file_types.ZIP


def compound(path: Path) -> str:
    """Outlook's messages; the Office files of before 2007, which may carry macros, are refused by name. The entries
    of such a file are named in UTF-16."""
    content = path.read_bytes()
    if "__properties_version1.0".encode("utf-16-le") in content:
        return file_types.OUTLOOK
    for entry in ("WordDocument", "Workbook", "Book", "PowerPoint Document"):
        if entry.encode("utf-16-le") in content:
            raise Fault("old office")
    raise Fault("other", guessed(path)[1])


def guessed(path: Path) -> tuple[str, str]:
    """The media type and the name of a format, both "" for an unknown one. The file has no telling name here."""
    import puremagic

    try:
        found = puremagic.magic_file(path)
    except Exception:
        return "", ""
    if not found or found[0].name == "data":
        return "", ""
    return found[0].mime_type, found[0].name


def picture(path: Path, preview: Path) -> Verdict:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # ours is the stricter rule, and it names the size
    warnings.simplefilter("ignore")
    try:
        with Image.open(path, formats=["JPEG", "PNG", "WEBP", "GIF"]) as image:
            kind, (width, height) = FORMATS[str(image.format)], image.size
            by_parts = kind == file_types.JPEG and not image.info.get("progressive")
            if width * height > (MOST_PIXELS_OF_JPEG if by_parts else MOST_PIXELS):
                raise Fault("jpeg pixels" if by_parts else "pixels", f"{width} × {height}")
            frames = 1 if kind == file_types.JPEG else int(getattr(image, "n_frames", 1))
            if frames > MOST_FRAMES or frames * width * height > MOST_FRAME_PIXELS:
                raise Fault("frames", str(frames))
            turned = image.getexif().get(0x0112, 1) >= 5
            draw(image, preview)
    except (Fault, MemoryError):
        raise
    except Exception as error:
        raise Fault("damaged", "picture") from error
    return Verdict(kind, *((height, width) if turned else (width, height)))


def draw(image: Image.Image, preview: Path) -> None:
    """A small WebP, upright, without what the camera wrote into the original."""
    import PIL.Image
    from PIL import ImageOps

    if image.format not in ("JPEG", "MPO"):
        image.load()
    image.thumbnail((PREVIEW, PREVIEW), PIL.Image.Resampling.LANCZOS)
    small = ImageOps.exif_transpose(image)
    clear = "A" in small.getbands() or "transparency" in small.info
    plain = PIL.Image.new("RGBA" if clear else "RGB", small.size)
    plain.paste(small.convert(plain.mode))
    plain.save(preview, "WEBP", quality=80, method=4)


def pdf(path: Path, preview: Path) -> Verdict:
    import pypdfium2

    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2048))
        if b"%%EOF" not in file.read():
            raise Fault("damaged", "pdf")
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return Verdict(file_types.PDF)
        raise Fault("damaged", "pdf") from error
    try:
        pages, page = len(document), document[0]
        scale = PREVIEW / max(page.get_size())
        page.render(scale=scale).to_pil().convert("RGB").save(preview, "WEBP", quality=80, method=4)
    except MemoryError:
        raise
    except Exception as error:
        raise Fault("damaged", "pdf") from error
    return Verdict(file_types.PDF, pages=pages)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
