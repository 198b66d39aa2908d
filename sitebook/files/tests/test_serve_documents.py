"""Bytes and previews as browsers get them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from sitebook.customers.tables import CUSTOMER
from sitebook.files import storage
from sitebook.files.models import Document
from sitebook.files.tests import made
from sitebook.files.uploads import add
from tests.cast import Cast, see_all


def kept(cast: Cast, name: str, content: bytes) -> Document:
    with see_all():
        return add(kind=CUSTOMER, pk=cast.acme.pk, sent=made.sent(name, content))


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize(
    ("name", "content", "how"),
    [
        ("a.jpg", made.picture(), "inline"),
        ("a.pdf", made.pdf(), "inline"),
        ("a.txt", b"hello", "inline"),
        ("a.csv", b"a,b\n", "attachment"),
        ("a.zip", made.packed(a="x"), "attachment"),
        ("a.docx", made.office(), "attachment"),
        ("a.eml", b"From: a@b.example\n\nx", "attachment"),
    ],
)
def test_only_what_is_safe_to_show_is_shown(name: str, content: bytes, how: str, cast: Cast, client_of):
    document = kept(cast, name, content)
    client = client_of(cast.charlie)
    answer = client.get(f"/documents/{document.pk}/{name}", headers={"Accept-Encoding": "gzip"})
    assert body(answer) == content
    assert answer["Content-Type"] == document.media_type
    assert answer["Content-Length"] == str(len(content))
    assert answer["Content-Disposition"] == f'{how}; filename="{name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert ("sandbox" in policy) == (name != "a.pdf")
    assert answer["Cache-Control"] == "private, no-store"
    download = client.get(f"/documents/{document.pk}/{name}?download")
    assert download["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_name_in_letters_of_all_kinds_survives_the_header(cast: Cast, client_of):
    document = kept(cast, "Prüfbericht “3”; ю.txt", b"x")
    answer = client_of(cast.charlie).get(f"/documents/{document.pk}/x?download")
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''Pr%C3%BCfbericht%20%E2%80%9C3%E2%80%9D%3B%20%D1%8E.txt"
    )


def test_what_the_browser_has_is_not_sent_again(cast: Cast, client_of):
    document = kept(cast, "a.jpg", made.picture())
    client = client_of(cast.charlie)
    for address in ("a.jpg", "preview"):
        first = client.get(f"/documents/{document.pk}/{address}")
        body(first)
        again = client.get(f"/documents/{document.pk}/{address}", headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, body(again)) == (304, b"")


def test_a_preview_is_small_upright_and_without_what_the_camera_wrote(cast: Cast, client_of):
    content = made.photo_lying_down()
    assert b"CameraMaker" in content
    document = kept(cast, "a.jpg", content)
    assert (document.width, document.height) == (400, 600)
    preview = body(client_of(cast.charlie).get(f"/documents/{document.pk}/preview"))
    image = Image.open(io.BytesIO(preview))
    assert (image.format, image.size) == ("WEBP", (320, 480))
    assert b"CameraMaker" not in preview
    assert not image.getexif()


def test_a_pdfs_first_page_is_its_preview(cast: Cast, client_of):
    document = kept(cast, "a.pdf", made.pdf(pages=3))
    assert document.pages == 3
    answer = client_of(cast.charlie).get(f"/documents/{document.pk}/preview")
    assert answer["Content-Type"] == "image/webp"
    assert Image.open(io.BytesIO(body(answer))).size == (320, 480)


def test_a_preview_that_is_gone_is_drawn_again(cast: Cast, client_of):
    """As after a restore: backups carry no previews."""
    document = kept(cast, "a.jpg", made.picture())
    storage.preview_of(document.sha256).unlink()
    assert client_of(cast.charlie).get(f"/documents/{document.pk}/preview").status_code == 200
    assert storage.preview_of(document.sha256).exists()


def test_what_has_no_preview_answers_404(cast: Cast, client_of):
    document = kept(cast, "a.txt", b"x")
    assert client_of(cast.charlie).get(f"/documents/{document.pk}/preview").status_code == 404


def test_bytes_that_are_missing_on_the_disk_answer_404(cast: Cast, client_of):
    document = kept(cast, "a.txt", b"x")
    storage.path_of(document.sha256).unlink()
    assert client_of(cast.charlie).get(f"/documents/{document.pk}/a.txt").status_code == 404


@pytest.mark.parametrize("address", ["/documents/x/a.txt", "/documents/99999999999999999999/a.txt", "/documents/0/a"])
def test_wrong_ids_answer_404(address: str, cast: Cast, client_of):
    assert client_of(cast.charlie).get(address).status_code == 404
