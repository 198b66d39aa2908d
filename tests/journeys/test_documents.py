"""Photos come onto a site's page by drop and by keyboard, with scripts and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sitebook.files.tests import made
from sitebook.sites.tables import SITE
from tests.cast import make_cast, make_document
from tests.journeys.conftest import violations

DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  const tab = document.querySelector(".contents");
  for (const kind of ["dragenter", "dragover", "drop"])
    tab.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
}"""


def test_several_files_are_sent_and_the_bad_one_says_why(open_as, tmp_path: Path) -> None:
    cast = make_cast()
    page: Page = open_as(cast.charlie)
    page.goto(f"/sites/{cast.depot.pk}/documents/")
    for name, content in {"boiler.jpg": made.picture(), "bill.pdf": made.pdf(), "virus.jpg": b"MZ\x00\x00"}.items():
        (tmp_path / name).write_bytes(content)
    page.set_input_files("#files", [tmp_path / name for name in ("boiler.jpg", "virus.jpg", "bill.pdf")])
    expect(page.get_by_text("“virus.jpg” is a Windows program")).to_be_visible()
    expect(page.get_by_text("2 documents are added.")).to_be_visible()
    expect(page.get_by_role("img", name="boiler.jpg")).to_be_visible()
    expect(page.get_by_role("link", name="bill.pdf")).to_be_visible()
    expect(page.locator(".tabs [aria-current]")).to_have_text("Documents 2")
    assert violations(page) == []


def test_a_file_is_dropped_anywhere_on_the_tab(open_as) -> None:
    cast = make_cast()
    page: Page = open_as(cast.charlie)
    page.goto(f"/sites/{cast.depot.pk}/documents/")
    page.evaluate(DROP, ["notes.txt", "key at the porter's"])
    expect(page.get_by_role("link", name="notes.txt")).to_be_visible()


def test_a_file_that_is_too_large_is_told_before_it_travels(open_as, tmp_path: Path) -> None:
    cast = make_cast()
    page: Page = open_as(cast.charlie)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"/sites/{cast.depot.pk}/documents/")
    with (tmp_path / "film.jpg").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    page.set_input_files("#files", tmp_path / "film.jpg")
    expect(page.get_by_text("“film.jpg” is 50 MB large; at most 25 MB are kept.")).to_be_visible()
    assert sent == []


def test_without_scripts_it_is_a_plain_form(open_as, tmp_path: Path) -> None:
    cast = make_cast()
    page: Page = open_as(cast.charlie, scripts=False)
    page.goto(f"/sites/{cast.depot.pk}/documents/")
    (tmp_path / "a.txt").write_text("hello")
    page.set_input_files("#files", tmp_path / "a.txt")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("link", name="a.txt")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_its_pages_have_no_accessibility_error(width: int, dark: bool, open_as) -> None:
    cast = make_cast()
    document = make_document(SITE, cast.depot.pk, "boiler.jpg", made.picture())
    make_document(SITE, cast.depot.pk, "bill.pdf", made.pdf())
    page: Page = open_as(cast.alice, width=width, dark=dark)
    tab = f"/sites/{cast.depot.pk}/documents/"
    for address in (
        tab,
        f"{tab}?removed=all",
        f"/documents/{document.pk}/edit/",
        f"/customers/{cast.acme.pk}/documents/",
    ):
        page.goto(address)
        assert violations(page) == [], address


@pytest.mark.parametrize("width", [1440, 390])
def test_a_photo_is_renamed_removed_and_brought_back_by_keyboard(width: int, open_as) -> None:
    cast = make_cast()
    make_document(SITE, cast.depot.pk, "boiler.jpg", made.picture())
    page: Page = open_as(cast.bob, width=width)
    page.goto(f"/sites/{cast.depot.pk}/documents/")
    menu = page.get_by_role("button", name="What to do with boiler.jpg")
    menu.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Rename or note").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_label("Note").fill("Behind the kitchen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="Behind the kitchen")).to_be_visible()
    page.get_by_role("button", name="What to do with boiler.jpg").press("Enter")
    page.get_by_role("button", name="Remove").press("Enter")
    expect(page.get_by_text("No documents yet")).to_be_visible()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("img", name="Behind the kitchen")).to_be_visible()
