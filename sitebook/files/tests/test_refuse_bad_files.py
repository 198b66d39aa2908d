"""Files that are not kept, each with a sentence that says which, what it is and what to do."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from sitebook.customers.tables import CUSTOMER
from sitebook.files import file_types, inspection, inspector
from sitebook.files.models import Document
from sitebook.files.tests import made
from sitebook.files.uploads import add_all
from tests.cast import Cast, see_all

PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 600
FILM = b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1fB\x82\x84matroska"
HTML = b"  <!DOCTYPE html><script>alert(1)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"

BAD = {
    "a Windows program as a photo": ("photo.jpg", PROGRAM, "is a Windows program, whatever its name says"),
    "a Linux program as a PDF": ("bill.pdf", b"\x7fELF\x02\x01" + b"\x00" * 99, "is a Linux program"),
    "a Mac program as text": ("a.txt", b"\xcf\xfa\xed\xfe" + b"\x00" * 99, "is a macOS program"),
    "a shell script as a photo": ("photo.jpg", b"#!/bin/sh\nrm -rf /\n", "is a script"),
    "a shell script as text": ("notes.txt", b"#!/usr/bin/env python\n", "is a script"),
    "a Java archive as a zip": ("a.zip", made.packed(**{"META-INF/MANIFEST.MF": "x"}), "is a Java or Android"),
    "a Windows shortcut": ("a.txt", b"L\x00\x00\x00\x01\x14\x02\x00" + b"\x00" * 99, "is a Windows shortcut"),
    "a drawing with a script": ("plan.svg", SVG, "is an SVG drawing and may carry scripts. Save it as PNG or PDF"),
    "a drawing behind a preamble": ("a.txt", b"<?xml version='1.0'?>\n<!-- x -->" + SVG, "is an SVG drawing"),
    "a drawing in UTF-16": ("a.txt", SVG.decode().encode("utf-16"), "is an SVG drawing"),
    "a page as text": ("a.txt", HTML, "is a web page and may carry scripts. Save it as PDF"),
    "a page as a photo": ("a.jpg", HTML, "is a web page"),
    "a page in UTF-16": ("a.txt", HTML.decode().encode("utf-16"), "is a web page"),
    "a page in front of a PDF": ("a.pdf", b"<html><script>1</script>\n" + made.pdf(), "is a web page"),
    "PHP as text": ("a.txt", b"<?php system('x');", "is a web page"),
    "nothing": ("a.txt", b"", "is empty"),
    "a photo cut off": ("photo.jpg", made.picture(size=(600, 400))[:9000], "is damaged or cut off: the picture"),
    "a PNG cut off": ("a.png", made.picture("PNG", size=(600, 400))[:9000], "is damaged or cut off: the picture"),
    "a PDF cut off": ("a.pdf", made.pdf()[:900], "is damaged or cut off: the PDF"),
    "a PDF of noise": ("a.pdf", b"%PDF-1.7\n" + os.urandom(3000) + b"%%EOF", "is damaged or cut off: the PDF"),
    "a zip cut off": ("a.zip", made.packed(a=os.urandom(5000))[:900], "is damaged or cut off: its list of contents"),
    "a PNG called JPG": ("photo.jpg", made.picture("PNG"), "is really a PNG picture. Rename it so that it ends in"),
    "a PDF called JPG": ("photo.jpg", made.pdf(), "is really a PDF document. Rename it so that it ends in .pdf"),
    "a zip called DOCX": ("a.docx", made.packed(a="x"), "is really a zip file"),
    "text called PDF": ("a.pdf", b"hello", "is really plain text"),
    "a photo called EXE": ("photo.exe", made.picture(), "is really a JPEG picture"),
    "a decompression bomb": ("small.png", made.bomb_png(), "is 50000 × 50000 pixels large; at most 64 megapixels"),
    "a GIF of a huge canvas": ("a.gif", made.gif(side=65535), "is 65535 × 65535 pixels large"),
    "a GIF of many frames": ("a.gif", made.gif(frames=5000), "is a moving picture of 5000 frames"),
    "a table of contents that is a bomb": ("a.docx", made.office("x" + " " * 5_000_000), "takes too much memory"),
    "macros": ("a.docm", made.office("application/vnd.ms-word.document.macroEnabled.main+xml"), "carries macros"),
    "macros called DOCX": ("a.docx", made.office(**{"word/vbaProject.bin": "x"}), "carries macros"),
    "Word of 1997": ("a.doc", made.compound("WordDocument"), "is an Office file of the old kind"),
    "an empty PDF": ("a.pdf", b"%PDF-1.4\n%%EOF\n", "is damaged or cut off: the PDF"),
    "XML": ("a.txt", b"<?xml version='1.0'?><order/>", "is of a kind that is not kept (XML)"),
    "a film": ("a.mkv", FILM, "is of a kind that is not kept (Matroska Video). Sitebook keeps pictures, PDF"),
    "noise": ("a.bin", b"\x00\x01\x02\xff" * 50, "is of no kind that Sitebook knows"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "said"), BAD.values(), ids=BAD.keys())
def test_it_is_refused_by_name(name: str, content: bytes, said: str, cast: Cast, folder: Path):
    with see_all():
        (outcome,) = add_all(kind=CUSTOMER, pk=cast.acme.pk, sent=[made.sent(name, content)])
        assert not Document.objects.exists()
    assert outcome.sentence.startswith(f"“{name}” ")
    assert said in outcome.sentence
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_photo_of_50_mb_names_size_limit_and_what_to_do(cast: Cast, client_of, folder: Path):
    large = made.sent("boiler room.jpg", b"\xff\xd8\xff" + b"\x00" * (50 * 1024 * 1024 - 3))
    answer = client_of(cast.charlie).post(f"/customers/{cast.acme.pk}/documents/", {"files": [large]})
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "“boiler room.jpg” is 50 MB large; at most 25 MB are kept. Save a smaller copy (of a photo: a lower" in told
    assert client_of(cast.charlie).get("/healthz").status_code == 200


def test_a_request_larger_than_everything_is_refused_before_it_is_read(cast: Cast, client_of):
    class Unread(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("somebody read it")

    for address in (f"/customers/{cast.acme.pk}/documents/", "/account/login/"):
        answer = client_of(cast.charlie).generic(
            "POST",
            address,
            b"",
            content_type="multipart/form-data; boundary=x",
            CONTENT_LENGTH=str(502 * 1024 * 1024),
            **{"wsgi.input": Unread()},
        )
        assert answer.status_code == 413
        assert "At most 20 files of 25 MB each can be sent at once." in answer.content.decode()


def test_21_files_at_once_are_too_many(cast: Cast, client_of):
    files = [made.sent(f"{number}.txt", b"x") for number in range(21)]
    answer = client_of(cast.charlie).post(f"/customers/{cast.acme.pk}/documents/", {"files": files})
    assert answer.status_code == 422
    assert "21 files at once are too many, and none was kept. Add at most 20 at a time." in answer.content.decode()
    with see_all():
        assert not Document.objects.exists()


@pytest.mark.parametrize("what", ["a PDF that draws for ever", "a process that hangs", "a process that dies"])
def test_what_costs_too_much_is_ended_and_the_server_goes_on(what: str, cast: Cast, client_of, monkeypatch):
    """The real limits are 15 s of processor and 60 s by the clock; here they are short."""
    content, extra = made.picture(), ""
    if "PDF" in what:
        content = made.greedy_pdf()
    if "hangs" in what:
        extra = "import time; time.sleep(60)"
    if "dies" in what:
        extra = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    if extra:
        monkeypatch.setattr(inspector, "EXAMINER", ("-c", extra))
    monkeypatch.setattr(inspector, "PATIENCE", 2)
    name = "a.pdf" if "PDF" in what else "a.jpg"
    answer = client_of(cast.charlie).post(
        f"/customers/{cast.acme.pk}/documents/", {"files": [made.sent(name, content)]}
    )
    assert answer.status_code == 422
    assert f"“{name}” takes too much memory or time to look at." in answer.content.decode()
    assert client_of(cast.charlie).get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b"[1]",
        b'{"media_type": "text/html", "width": 1, "height": 1, "pages": 1, "fault": "", "detail": ""}',
        b'{"media_type": "image/png", "width": "many", "height": 1, "pages": 1, "fault": "", "detail": ""}',
    ],
)
def test_the_examiners_answer_is_not_believed_further_than_it_goes(answer: bytes):
    assert inspector._believed(answer).fault == "costly"


def test_a_preview_that_is_no_webp_is_thrown_away(tmp_path: Path, monkeypatch):
    picture, preview = tmp_path / "a", tmp_path / "p"
    picture.write_bytes(made.picture())
    preview.write_bytes(b"<script>")
    monkeypatch.setattr(inspector, "EXAMINER", ("-c", "print()"))
    inspector.examine(picture, extension="jpg", preview=preview)
    assert not preview.exists()


def test_the_examiner_can_write_no_large_file_and_start_no_process(tmp_path: Path):
    """Its limits, as its own process reports them."""
    import subprocess
    import sys

    code = (
        "import resource; from sitebook.files.inspection import confine; confine(); "
        "print(*[resource.getrlimit(getattr(resource, 'RLIMIT_' + n))[0] for n in "
        "('CORE', 'CPU', 'NOFILE', 'NPROC', 'AS')])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "15", "32", "0", str(1024 * 1024**2)]


def test_the_examiner_is_given_no_settings(cast: Cast, monkeypatch, tmp_path: Path):
    monkeypatch.setenv("SITEBOOK_SECRET_KEY", "x" * 50)
    monkeypatch.setattr(
        inspector, "EXAMINER", ("-c", f"import os; open({str(tmp_path / 'env')!r}, 'w').write(repr(dict(os.environ)))")
    )
    (tmp_path / "a").write_bytes(b"x")
    inspector.examine(tmp_path / "a", extension="", preview=tmp_path / "p")
    assert "SITEBOOK" not in (tmp_path / "env").read_text()


@pytest.mark.parametrize(
    ("kind", "size", "options"),
    [
        ("PNG", (8_000, 7_999), {}),
        ("GIF", (8_000, 7_999), {}),
        ("WEBP", (8_000, 7_999), {"lossless": True, "method": 0}),
        ("JPEG", (16_320, 12_240), {}),  # the largest that telephones take
        ("JPEG", (8_000, 7_999), {"progressive": True}),
    ],
)
def test_the_largest_pictures_are_kept(
    kind: str, size: tuple[int, int], options: dict[str, object], cast: Cast, folder: Path
):
    """Within the memory and time the examiner has."""
    name = f"a.{file_types.KINDS[f'image/{kind.lower()}'].extensions[0]}"
    with see_all():
        (outcome,) = add_all(kind=CUSTOMER, pk=cast.acme.pk, sent=[made.sent(name, plain(kind, size, **options))])
    assert outcome.document, outcome.sentence
    assert (outcome.document.width, outcome.document.height) == size


@pytest.mark.parametrize(
    ("kind", "size", "options"),
    [
        ("PNG", (10_000, 9_999), {}),
        ("GIF", (10_000, 9_999), {}),
        ("WEBP", (10_000, 9_999), {"lossless": True, "method": 0}),
        ("JPEG", (16_320, 12_300), {}),
        ("JPEG", (10_000, 9_999), {"progressive": True}),
    ],
)
def test_what_is_larger_is_refused_by_its_head_alone(
    kind: str, size: tuple[int, int], options: dict[str, object], tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(inspection, "draw", lambda *_: pytest.fail("it was unpacked"))
    (tmp_path / "a").write_bytes(plain(kind, size, **options))
    verdict = inspection.examined(tmp_path / "a", "", tmp_path / "p")
    assert verdict.fault in ("pixels", "jpeg pixels")
    assert f"{size[0]} × {size[1]}" in verdict.detail


def plain(kind: str, size: tuple[int, int], **options: object) -> bytes:
    """Large once unpacked, small as a file."""
    out = io.BytesIO()
    Image.new("P" if kind == "GIF" else "L", size).convert("P" if kind == "GIF" else "RGB").save(out, kind, **options)
    return out.getvalue()
