"""From the first-run page to the first customer with a site, by keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.cast import make_cast


def reach(page: Page, name: str) -> None:
    """Press Tab until the element of this name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        label = page.evaluate(
            """() => { const e = document.activeElement;
              const own = e.getAttribute('aria-label') || e.textContent || '';
              const l = e.labels && e.labels[0] ? e.labels[0].textContent : own;
              return l.trim(); }"""
        )
        if label.startswith(name):
            return
    raise AssertionError(f"Tab never reached “{name}”")


def test_from_the_first_page_to_the_first_site_without_a_mouse(open_as):
    page = open_as()
    page.goto("/")
    expect(page).to_have_url("/welcome/")
    for label, typed in [
        ("Name of your firm", "Northwind Service"),
        ("Country", "United Kingdom"),
        ("Time zone", "Europe, London"),
        ("Currency", "Pound"),
        ("Your name", "Alice Archer"),
        ("Your email", "alice@northwind.example"),
        ("Your password", "correct horse battery staple"),
    ]:
        reach(page, label)
        if page.evaluate("document.activeElement.tagName") == "SELECT":
            page.evaluate(
                """text => { const s = document.activeElement;
                   s.value = [...s.options].find(o => o.text.startsWith(text) || o.text.includes(text)).value;
                   s.dispatchEvent(new Event('change', {bubbles: true})); }""",
                typed,
            )
        else:
            page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who do you work for?")).to_be_visible()

    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="New customer")).to_be_visible()
    expect(page.get_by_label("Name required")).to_be_focused()
    page.keyboard.type("Supermarket Ltd")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Supermarket Ltd")).to_be_visible()
    reach(page, "Supermarket Ltd")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Supermarket Ltd", level=1)).to_be_visible()

    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="New site")).to_be_visible()
    reach(page, "Name")
    page.keyboard.type("Leeds Store")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Leeds Store", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Supermarket Ltd").first).to_be_visible()


def test_the_first_tab_stop_skips_to_the_content(open_as):
    cast = make_cast()
    page = open_as(cast.alice)
    for path in ("/customers/", f"/customers/{cast.acme.pk}/", "/sites/", "/users/"):
        page.goto(path)
        page.keyboard.press("Tab")
        assert "Skip" in page.evaluate("document.activeElement.textContent"), path
