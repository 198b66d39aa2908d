"""Where a photo was taken goes on request; all else in the file stays."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from sitebook.assets.models import Asset
from sitebook.files.models import Document
from sitebook.files.photo_position import without_position
from sitebook.files.storage import path_of
from sitebook.files.tests import made
from tests.cast import see_all

GPS, MAKER = 0x8825, 0x010F


def photo(kind: str = "JPEG") -> bytes:
    """Taken in Greenwich, as a telephone writes it."""
    exif = Image.Exif()
    exif[MAKER] = "CameraMaker"
    exif[0x0112] = 6
    exif.get_ifd(GPS).update({1: "N", 2: (51.0, 28.0, 38.5), 3: "W", 4: (0.0, 0.0, 5.25), 29: "2026:11:30"})
    return made.picture(kind, size=(600, 400), exif=exif)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_position_goes_and_the_rest_stays(kind):
    before = photo(kind)
    after = without_position(before)
    was, now = Image.open(io.BytesIO(before)), Image.open(io.BytesIO(after))
    assert was.getexif().get_ifd(GPS)
    assert not now.getexif().get_ifd(GPS)
    assert (now.getexif()[MAKER], now.getexif()[0x0112]) == ("CameraMaker", 6)
    assert now.tobytes() == was.tobytes()
    assert len(after) == len(before)
    assert b"2026:11:30" not in after


def test_a_position_in_xmp_goes_too():
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF exif:GPSLatitude="51,28.6N"/></x:xmpmeta>'
    before = made.picture("JPEG", xmp=packet)
    assert b"51,28.6N" in before
    after = without_position(before)
    assert b"51,28.6N" not in after
    assert Image.open(io.BytesIO(after)).tobytes() == Image.open(io.BytesIO(before)).tobytes()


def test_what_has_no_position_or_is_cut_off_stays_as_it_is():
    for content in (
        made.picture(),
        made.pdf(),
        b"plain",
        b"Exif\x00\x00II*\x00",
        b"Exif\x00\x00MM\x00*\xff\xff\xff\xff",
    ):
        assert without_position(content) == content
    whole = photo()
    for end in range(0, 600, 7):
        without_position(whole[:end])


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "stays"), [("on", False), ("", True)])
def test_it_is_asked_for_when_photos_are_added(cast, client_of, asked, stays):
    with see_all():
        lift = Asset.add(owner=cast.acme, site=cast.depot)
    sent = {"files": [SimpleUploadedFile("plate.jpg", photo())], "without_position": asked}
    assert client_of(cast.charlie).post(f"/assets/{lift.pk}/documents/", sent).status_code == 303
    with see_all():
        document = Document.objects.get()
    kept = Image.open(path_of(document.sha256))
    assert bool(kept.getexif().get_ifd(GPS)) is stays
    assert (document.width, document.height) == (400, 600)


@pytest.mark.django_db
def test_a_photo_of_another_customers_asset_is_not_found(cast, client_of):
    with see_all():
        theirs = Asset.add(owner=cast.cedar, site=cast.vault)
    sent = {"files": [SimpleUploadedFile("plate.jpg", photo())]}
    client_of(cast.alice).post(f"/assets/{theirs.pk}/documents/", sent)
    with see_all():
        document = Document.objects.get()
    client = client_of(cast.charlie)
    for address in ("plate.jpg", "plate.jpg?download", "preview", "edit/"):
        assert client.get(f"/documents/{document.pk}/{address}").status_code == 404
    assert client.get(f"/assets/{theirs.pk}/documents/").status_code == 404
