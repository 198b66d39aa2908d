"""Every page has its page of the guide; links lead somewhere; tables and keys say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

import sitebook
from sitebook.access.permissions import ROLES, Permission
from sitebook.config.navigation import PLACES
from sitebook.ui import help as guides
from sitebook.users.models import Role
from tests.cast import make_cast
from tests.guards.crawl import Route, routes
from tests.guards.planted import Planted, plant

ROOT = Path(sitebook.__file__).parent.parent
GUIDE = sorted(guides.FOLDER.glob("*.md"))
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")), *GUIDE]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HELP = re.compile(r'href="/help/([^"/]+)/"[^>]*aria-label="Help"')
KEY = re.compile(r"<kbd>(.+?)</kbd>")
# What an address of one record is filled with: the records of the guards' story that Alice sees.
RECORD = {"customers": "acme", "sites": "depot", "users": "charlie"}


def test_every_page_of_the_guide_can_be_shown_and_reached_from_the_first():
    index = (guides.FOLDER / "index.md").read_text()
    for path in GUIDE:
        found = guides.guide(path.stem)
        assert found is not None
        assert found.html
        assert path.stem == "index" or f"({path.name})" in index, f"{path.name} is not on the first page"


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path):
    for target in LINK.findall(path.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        place, _hash, anchor = target.partition("#")
        linked = path.parent / place if place else path
        assert linked.exists(), f"{path.name} links to {target}"
        if anchor:
            assert anchor in headings(linked), f"{path.name} links to {target}"
        if path in GUIDE:
            assert linked in GUIDE, f"{path.name} links out of the guide: {target}"


def headings(path: Path) -> set[str]:
    """The headings as GitHub makes anchors of them."""
    found = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_the_table_of_roles_is_that_of_the_code():
    text = (guides.FOLDER / "who-sees-what.md").read_text()
    assert ROLES[Role.ADMINISTRATOR] == set(Permission)
    assert "| You may | Office | Dispatcher | Engineer | Viewer |" in text
    columns = (Role.OFFICE, Role.DISPATCHER, Role.ENGINEER, Role.VIEWER)
    for permission in Permission:
        answers = ["yes" if permission in ROLES[role] else "no" for role in columns]
        assert f"| {' | '.join([permission.value, *answers])} |" in text


@pytest.mark.django_db
def test_the_page_of_keys_and_the_dialog_name_the_same_keys(client_of):
    page = client_of(make_cast().bob).get("/help/keys/").content.decode()
    listed, dialog = page.partition('<dialog class="dialog" id="keys"')[::2]
    assert KEY.findall(listed.partition('<article class="prose">')[2]) == KEY.findall(dialog)
    assert len(KEY.findall(dialog)) > 20


def test_every_key_there_is_has_its_line():
    """Letters that scripts ask for, buttons that answer one, places that are gone to."""
    named = set(KEY.findall(engines["jinja2"].env.globals["c"].key_list()))
    package = Path(sitebook.__file__).parent
    scripts = "".join(path.read_text() for path in (package / "ui/static/ui").glob("*.js"))
    pages = "".join(path.read_text() for path in package.rglob("templates/**/*.html"))
    asked = set(re.findall(r'(?:key|event\.key(?:\.toLowerCase\(\))?) === "([a-z/?])"', scripts)) - {"g"}
    asked |= set(re.findall(r'\bkey="([a-z])"', pages))
    assert {"f", "n", "e", "j", "k", "x", "b", "z", "/", "?"} <= asked
    assert {key for key in asked if key.upper() not in named} == set()
    assert {f"G {place.key.upper()}" for place, _permission in PLACES if place.key} <= named


def test_every_setting_is_described():
    text = (ROOT / "docs" / "settings.md").read_text()
    package = Path(sitebook.__file__).parent
    named = {name for path in package.rglob("*.py") for name in re.findall(r"SITEBOOK_[A-Z_]+[A-Z]", path.read_text())}
    assert [name for name in sorted(named | {"DATABASE_URL"}) if name not in text] == []


@pytest.mark.django_db
def test_every_page_leads_to_its_page_of_the_guide(client_of):
    planted = plant()
    browser = client_of(planted.cast.alice)
    shown = {}
    for route in routes():
        response = browser.get(address(route, planted))
        if response.status_code == 200 and "text/html" in response.headers["Content-Type"]:
            shown[route.name] = HELP.search(response.content.decode())
    slugs = {name: found[1] for name, found in shown.items() if found}
    assert len(slugs) > 8
    assert {name: slug for name, slug in slugs.items() if guides.guide(slug) is None} == {}
    ours = {route.name for route in routes() if route.view.__module__.startswith("sitebook.")}
    general = {name for name, slug in slugs.items() if slug == "index"} & ours
    assert general <= {"ui:help-index", "ui:help"}, "these pages name no page of the guide"


def address(route: Route, planted: Planted) -> str:
    """The address of a page that exists, where the route is about one record."""
    kind = route.pattern.partition("/")[0]
    record = getattr(planted.cast, RECORD.get(kind, "acme"))
    values = {"pk": record.pk, "user_id": planted.cast.charlie.pk, "slug": "index", "kind": "customers_customer"}
    text = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values.get(found[1], "none")), route.pattern)
    return "/" + text


def test_the_guide_speaks_the_firms_language_whatever_the_browser_asks_for(cast, client_of):
    page = client_of(cast.bob).get("/help/customers/", headers={"Accept-Language": "en-US"})
    assert '<html lang="en-gb"' in page.content.decode()
