"""Labels of assets: sheets as PDF, a code each that opens the asset's page."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp

from sitebook.assets.labels import FORMATS, Label, sheet
from sitebook.assets.models import Asset
from tests.cast import see_all

pytestmark = pytest.mark.django_db


def add(**values):
    with see_all():
        return Asset.add(**values)


def pages_of(answer):
    return pypdfium2.PdfDocument(b"".join(answer.streaming_content))


def scanned(document):
    """What a telephone reads on each page, in the order of the text."""
    pictures = [page.render(scale=4).to_pil().convert("L") for page in document]
    found = [[code.text for code in zxingcpp.read_barcodes(picture)] for picture in pictures]
    return [sorted(page, key=lambda text: (len(text), text)) for page in found]


def test_scanning_a_label_opens_the_assets_page(cast, client_of):
    lift = add(owner=cast.acme, serial="S-1", description="Lift #1 *and* $x$ <b>")
    client = client_of(cast.bob)
    assert f"/assets/labels/?pick={lift.pk}" in client.get(f"/assets/{lift.pk}/").content.decode()
    answer = client.post("/assets/labels/", {"pick": lift.pk, "format": "a4-21"})
    assert answer["Content-Type"] == "application/pdf"
    document = pages_of(answer)
    ((address,),) = scanned(document)
    assert address == f"http://testserver/assets/{lift.pk}/"
    assert client.get(address).status_code == 200
    text = " ".join(document[0].get_textpage().get_text_range().split())
    for said in (lift.reference, "Lift #1 *and* $x$ <b>", "No. S-1", cast.firm.name):
        assert said in text


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_be_scanned_and_fits_its_sheet(form):
    number = min(FORMATS[form].on_a_sheet, 6) + 1
    labels = [
        Label(address=f"https://sitebook.example/assets/{n}/", lines=[f"A-{n}", "A long name " * 5])
        for n in range(number)
    ]
    start = FORMATS[form].on_a_sheet if FORMATS[form].on_a_sheet > 1 else 1
    made = pypdfium2.PdfDocument(sheet(labels, FORMATS[form], title="Labels", language="en-gb", start=start))
    pages = scanned(made)
    assert [text for page in pages for text in page] == [each.address for each in labels]
    assert len(pages[0]) == 1  # the last label of the first sheet was the first free one


def test_the_sheet_is_tagged_and_says_its_title_and_language():
    labels = [Label(address=f"https://sitebook.example/assets/{n}/", lines=[f"A-{n}"]) for n in range(100)]
    made = sheet(labels, FORMATS["a4-21"], title="100 labels", language="en-gb")
    for said in (b"/StructTreeRoot", b"/MarkInfo", b"/Lang", b"pdfuaid:part"):
        assert said in made
    assert len(pypdfium2.PdfDocument(made)) == 5


def test_the_chosen_of_the_list_are_printed_or_all_that_match(cast, client_of):
    lifts = [add(owner=cast.acme, type="Lift") for _ in range(3)]
    add(owner=cast.acme, type="Boiler")
    hidden = add(owner=cast.cedar, type="Lift")
    client = client_of(cast.bob)
    assert 'formaction="/assets/labels/"' in client.get("/assets/").content.decode()
    chosen = {"pick": [lifts[0].pk, lifts[2].pk, hidden.pk], "format": "a4-8"}
    found = scanned(pages_of(client.post("/assets/labels/", chosen)))
    assert found == [[f"http://testserver/assets/{each.pk}/" for each in (lifts[0], lifts[2])]]
    every = {"all": "1", "address": "/assets/?type=Lift", "format": "a4-8"}
    found = scanned(pages_of(client.post("/assets/labels/", every)))
    assert found == [[f"http://testserver/assets/{each.pk}/" for each in lifts]]


def test_without_a_format_it_asks_and_without_assets_it_says_so(cast, client_of):
    lift = add(owner=cast.acme)
    client = client_of(cast.bob)
    asked = client.get(f"/assets/labels/?pick={lift.pk}").content.decode()
    assert "A4, 21 labels" in asked
    assert f'src="/assets/{lift.pk}/qr.svg"' in asked
    assert "No asset is chosen" in client.get("/assets/labels/?pick=x").content.decode()


def test_the_code_alone_is_an_svg_for_who_sees_the_asset(cast, client_of):
    hidden, seen = add(owner=cast.cedar), add(owner=cast.acme)
    client = client_of(cast.bob)
    answer = client.get(f"/assets/{seen.pk}/qr.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<")
    assert client.get(f"/assets/{hidden.pk}/qr.svg").status_code == 404
