"""Adding documents on a record's tab."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitebook.customers.tables import CUSTOMER
from sitebook.files.models import Document, documents_of
from sitebook.files.storage import path_of, preview_of
from sitebook.files.tests import made
from tests.cast import Cast, see_all

GOOD = {
    "JPEG": ("a.jpg", made.picture(), "image/jpeg"),
    "JPEG with the long ending": ("a.JPEG", made.picture(), "image/jpeg"),
    "PNG": ("a.png", made.picture("PNG"), "image/png"),
    "WebP": ("a.webp", made.picture("WEBP"), "image/webp"),
    "GIF": ("a.gif", made.gif(frames=3, side=20), "image/gif"),
    "HEIC": ("a.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200, "image/heic"),
    "PDF": ("a.pdf", made.pdf(), "application/pdf"),
    "DOCX": ("a.docx", made.office(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "ODS": (
        "a.ods",
        made.packed(**{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    "zip": ("a.zip", made.packed(a="x"), "application/zip"),
    "a zip bomb, which is never unpacked": ("a.zip", made.packed(a=b"\x00" * 90_000_000), "application/zip"),
    "text": ("a.txt", "Kessel läuft".encode(), "text/plain; charset=utf-8"),
    "text of old Windows": ("a.txt", "Kessel läuft".encode("cp1252"), "text/plain; charset=windows-1252"),
    "text of DOS": ("a.csv", "Kessel läuft; über".encode("cp850"), "text/csv; charset=windows-1252"),
    "a PDF behind a line": ("a.pdf", b"\r\n" + made.pdf(), "application/pdf"),
    "a PDF behind a password": ("a.pdf", made.locked_pdf(), "application/pdf"),
    "text that begins with MZ": ("a.txt", b"MZ Heating called", "text/plain; charset=utf-8"),
    "CSV": ("a.csv", b"a;b\n1;2\n", "text/csv; charset=utf-8"),
    "a mail": ("a.eml", b"From: a@b.example\r\nSubject: <html>\r\n\r\nhello", "message/rfc822"),
    "an Outlook message": ("a.msg", made.compound("__properties_version1.0"), "application/vnd.ms-outlook"),
}


@pytest.mark.parametrize(("name", "content", "media_type"), GOOD.values(), ids=GOOD.keys())
def test_it_keeps(name: str, content: bytes, media_type: str, cast: Cast, client_of):
    answer = client_of(cast.charlie).post(
        f"/customers/{cast.acme.pk}/documents/", {"files": [made.sent(name, content)]}, follow=True
    )
    assert answer.status_code == 200
    assert "One document is added." in answer.content.decode()
    with see_all():
        document = Document.objects.get()
    assert (document.name, document.media_type, document.size) == (name, media_type, len(content))
    assert (document.customer_id, document.uploaded_by_id) == (cast.acme.pk, cast.charlie.pk)
    assert path_of(document.sha256).read_bytes() == content
    assert preview_of(document.sha256).exists() == document.has_preview


def test_a_bad_one_among_several_does_not_hold_up_the_others(cast: Cast, client_of, folder: Path):
    files = [made.sent("a.jpg", made.picture()), made.sent("b.jpg", b"MZ\x00"), made.sent("c.txt", b"hello")]
    answer = client_of(cast.charlie).post(f"/sites/{cast.depot.pk}/documents/", {"files": files})
    assert answer.status_code == 200
    told = answer.content.decode()
    assert "a.jpg is added." in told
    assert "c.txt is added." in told
    assert "“b.jpg” is a Windows program" in told
    with see_all():
        assert sorted(Document.objects.values_list("name", flat=True)) == ["a.jpg", "c.txt"]
    assert len([path for path in folder.rglob("*") if path.is_file() and "previews" not in path.parts]) == 2


def test_no_file_at_all_is_said(cast: Cast, client_of):
    answer = client_of(cast.charlie).post(f"/customers/{cast.acme.pk}/documents/", {})
    assert answer.status_code == 422
    assert "No file was chosen." in answer.content.decode()


def test_the_drop_zone_gets_a_line_for_its_one_file(cast: Cast, client_of):
    headers = {"HX-Request": "true"}
    client, address = client_of(cast.charlie), f"/customers/{cast.acme.pk}/documents/"
    good = client.post(address, {"files": [made.sent("a.txt", b"x")]}, headers=headers)
    bad = client.post(address, {"files": [made.sent("a.jpg", b"MZ\x00")]}, headers=headers)
    assert (good.status_code, bad.status_code) == (200, 422)
    assert "a.txt is added." in good.content.decode()
    assert "is a Windows program" in bad.content.decode()
    assert "<html" not in good.content.decode()


def test_the_tab_shows_name_size_who_and_how_many(cast: Cast, client_of):
    client, address = client_of(cast.charlie), f"/sites/{cast.depot.pk}/documents/"
    client.post(address, {"files": [made.sent("a.txt", b"x" * 3000), made.sent("b.jpg", made.picture())]})
    told = client.get(address).content.decode()
    assert "3 kB" in told
    assert "Charlie Cole" in told
    assert 'Documents <span class="count">2</span>' in told
    assert "a.txt" not in client.get(f"{address}?q=b.j").content.decode()
    assert "a.txt" not in client.get(f"{address}?kind=pictures").content.decode()


def test_a_viewer_sees_documents_and_adds_none(cast: Cast, client_of):
    address = f"/customers/{cast.birch.pk}/documents/"
    client_of(cast.bob).post(address, {"files": [made.sent("a.txt", b"x")]})
    viewer = client_of(cast.vera)
    told = viewer.get(address).content.decode()
    assert "a.txt" in told
    assert "drop-zone" not in told
    assert viewer.post(address, {"files": [made.sent("b.txt", b"x")]}).status_code == 403


NAMES = {
    "../../etc/passwd": "passwd.txt",
    "..\\..\\boot.txt": "boot.txt",
    "a\x00b.txt": "ab.txt",
    "gpj.\u202etxt": "gpj.txt",
    "a\r\nX-Evil: yes.txt": "aX-Evil_ yes.txt",
    '"quoted" <b>.txt': "_quoted_ _b_.txt",
    "  . .txt": "txt.txt",
    "": "document.txt",
    "ä" * 300 + ".txt": "ä" * 196 + ".txt",
    "x" * 300: "x" * 196 + ".txt",
    "IMG 0001": "IMG 0001.txt",
    "注文書.txt": "注文書.txt",
}


@pytest.mark.parametrize(("given", "kept"), NAMES.items())
def test_names_cannot_do_harm(given: str, kept: str, cast: Cast, client_of):
    from sitebook.files.uploads import add

    class Sent:
        name, size = given, 5

        def chunks(self):
            yield b"hello"

    with see_all():
        document = add(kind=CUSTOMER, pk=cast.acme.pk, sent=Sent())  # type: ignore[arg-type]
        assert documents_of(CUSTOMER, cast.acme.pk).get() == document
    assert document.name == kept
    answer = client_of(cast.charlie).get(f"/documents/{document.pk}/{kept}?download")
    assert answer.status_code == 200
    assert "X-Evil" not in answer.headers
    assert answer["Content-Disposition"].startswith("attachment; filename")
