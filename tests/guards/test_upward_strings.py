"""No room names a higher one in a string, in SQL or in a template: what imports cannot show.

Rooms, their order and who may look up come from import-linter's contract; names come from Django's registry, the
addresses and the SQL files. A new room needs no line here.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "sitebook"
FUNCTION = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION (\w+)", re.IGNORECASE)
MIGRATION = re.compile(r"\d{4}_\w+|__(?:first|latest)__")
# A common beginning of so many columns of one table says whose columns they are: head_line1, head_town, head_country.
COLUMNS_ALIKE = 3
_POLICY = "the words of a row policy are functions and tables of users and access, which apply it"
_EVERY_PAGE = "the frame of every page has the search box and says who sees as whom"
_SETTINGS = "the settings' page leads to those of other rooms"
EXEMPT = {
    "config/settings.py sitebook.server": "Django is told the middleware of every room by its path",
    "basics/row_access.py acting_user": _POLICY,
    "basics/row_access.py allowed_customers": _POLICY,
    "basics/row_access.py users_user": _POLICY,
    "users/sql/functions.sql access_grant": "how somebody signs in is managed by who sees as much as they",
    "ui/templates/ui/frame.html search:search": _EVERY_PAGE,
    "firm/templates/firm/settings.html custom_fields:list": _SETTINGS,
    "firm/templates/firm/settings.html outbox:list": _SETTINGS,
    "firm/templates/firm/settings.html upkeep:list": _SETTINGS,
    "firm/templates/firm/settings.html history:record": _SETTINGS,
    "users/templates/users/user.html history:record": "the tab that every record has",
    "access/templates/access/add.html bulk:ask": "its button orders a bulk action",
    "access/templates/access/user.html bulk:ask": "its button orders a bulk action",
    "customers/templates/customers/customer.html erasure:customer": "its menu leads to the erasure",
    "contacts/templates/contacts/contact.html erasure:contact": "its menu leads to the erasure",
}


@cache
def contract() -> dict[str, list[str]]:
    every = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    found: dict[str, list[str]] = next(each for each in every if each["type"] == "layers")
    return found


def rooms() -> list[str]:
    """From the top."""
    return contract()["layers"]


@cache
def may_look_up() -> re.Pattern[str]:
    """The modules to which import-linter lets import whatever they want: pages, the API, addresses and tests."""
    free = [each.partition(" -> ") for each in contract()["ignore_imports"]]
    wild = [left for left, _arrow, right in free if right in ("sitebook.**", "**")]
    return re.compile("|".join(re.escape(each).replace(r"\*\*", ".+").replace(r"\*", "[^.]+") for each in wild))


@cache
def names() -> dict[str, str]:
    """Every name that belongs to a room, and the lowest room that has it: tables, models by label, columns that begin
    alike, URL names, functions of the database, templates, modules."""
    found: dict[str, str] = {}
    ours = [(app, room) for app in apps.get_app_configs() if (room := app.name.removeprefix("sitebook.")) in rooms()]
    for app, room in sorted(ours, key=lambda pair: rooms().index(pair[1])):
        found |= dict.fromkeys(_of_app(app), room)
    for room in rooms():
        found |= dict.fromkeys(_of_files(room), room)
    spaces = {app.label: room for app, room in ours}
    for name in _url_names(get_resolver()):
        space = name.partition(":")[0]
        found |= {name: spaces[space]} if space in spaces else {}
    return found


def _of_app(app: AppConfig) -> Iterator[str]:
    for model in app.get_models(include_auto_created=True):
        yield from (model._meta.db_table, f"{app.label}.{model.__name__}")
        alike = defaultdict(list)
        for field in model._meta.concrete_fields:
            alike[field.column.partition("_")[0] + "_"].append(field.column)
        for begin, columns in alike.items():
            if len(columns) >= COLUMNS_ALIKE and not _elsewhere(begin, app):
                yield from (begin, *columns)


def _elsewhere(begin: str, app: AppConfig) -> bool:
    """Whether a table of another app has a column that begins so too."""
    others = [model for model in apps.get_models() if model._meta.app_config is not app]
    return any(field.column.startswith(begin) for model in others for field in model._meta.concrete_fields)


def _of_files(room: str) -> Iterator[str]:
    yield f"sitebook.{room}"
    for path in (HOUSE / room).glob("sql/*.sql"):
        yield from FUNCTION.findall(path.read_text())
    for path in (HOUSE / room / "templates").rglob("*.html"):
        yield path.relative_to(HOUSE / room / "templates").as_posix()


def _url_names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _url_names(each, each.namespace or space)
        elif isinstance(each, URLPattern) and space and each.name:
            yield f"{space}:{each.name}"


@cache
def higher(room: str) -> tuple[re.Pattern[str], frozenset[str]]:
    """What a file of the room must not say: a pattern of names, and the labels of higher apps."""
    above = set(rooms()[: rooms().index(room)])
    wanted = sorted((name for name, owner in names().items() if owner in above), key=len, reverse=True)
    labels = frozenset(app.label for app in apps.get_app_configs() if app.name.removeprefix("sitebook.") in above)
    # A name that is put together, f"{label}_{rest}" or f"{label}:{rest}", shows its beginning.
    begun = [rf"{label}[_:]\Z" for label in sorted(labels)]
    whole = [re.escape(name) + (r"\Z" if name.endswith("_") else r"(?=_id_seq\b|\b)") for name in wanted]
    return re.compile(rf"(?<![\w/.-])(?:{'|'.join([*whole, *begun]) or '(?!)'})"), labels


@cache
def pages_look_up_to(room: str) -> frozenset[str]:
    """The rooms that a room's own pages import: their addresses and templates may stand in its templates too."""
    found = set()
    for path in (HOUSE / room).rglob("*.py"):
        module = _module(path.relative_to(HOUSE))
        if may_look_up().fullmatch(module) and not {"tests", "api"} & set(module.split(".")):
            nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
            found |= {(node.module or "").removeprefix("sitebook.").partition(".")[0] for node in nodes}
    return frozenset(found)


def _module(inside: Path) -> str:
    return ".".join(["sitebook", *inside.with_suffix("").parts])


def upward_names(house: Path) -> list[str]:
    """Each as ``history/labels.py sites_site``."""
    found = []
    for path in sorted(house.rglob("*")):
        inside = path.relative_to(house)
        if path.suffix not in (".py", ".sql", ".html", ".txt") or inside.parts[0] not in rooms():
            continue
        if path.suffix != ".py" or not may_look_up().fullmatch(_module(inside)):
            found += [f"{inside.as_posix()} {name}" for name in _in_file(path, inside.parts[0])]
    return found


def _in_file(path: Path, room: str) -> Iterator[str]:
    pattern, labels = higher(room)
    text = path.read_text()
    if path.suffix == ".py":
        yield from _in_python(ast.parse(text), pattern, labels)
        return
    for found in pattern.finditer(text):
        shown = path.suffix == ".html" and (":" in found[0] or "/" in found[0])
        if not shown or names()[found[0]] not in pages_look_up_to(room):
            yield found[0]


def _in_python(tree: ast.Module, pattern: re.Pattern[str], labels: frozenset[str]) -> Iterator[str]:
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield from (found[0] for found in pattern.finditer(node.value))
        yield from (label for label in _labels_in(node) if label in labels)


def _labels_in(node: ast.AST) -> list[str]:
    """The label of an app where Django is asked for it by that, or a migration depends on it."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        asked = node.func.attr in ("get_app_config", "get_model", "is_installed")
        return [each.value for each in node.args[:1] if asked and isinstance(each, ast.Constant)]
    match node:
        case ast.Tuple(elts=[ast.Constant(value=str(label)), ast.Constant(value=str(name))]) if MIGRATION.fullmatch(
            name
        ):
            return [label]
    return []


def test_no_room_names_a_higher_one():
    assert [each for each in upward_names(HOUSE) if each not in EXEMPT] == []


def test_no_exemption_is_there_in_vain():
    assert set(EXEMPT) <= set(upward_names(HOUSE))


def _highest(mark: str) -> str:
    """A name of the highest room that has one with this mark in it."""
    return min((name for name in names() if mark in name), key=lambda name: rooms().index(names()[name]))


def _highest_table() -> str:
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.db_table in names()]
    return min(tables, key=lambda table: rooms().index(names()[table]))


@pytest.fixture
def planted(tmp_path: Path):
    def plant(path: str, text: str) -> list[str]:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return [each.partition(" ")[2] for each in upward_names(tmp_path)]

    return plant


@pytest.mark.parametrize(
    "text",
    ['KIND = "TABLE"\n', 'ROWS = f"SELECT id FROM TABLE WHERE {x}"\n', 'def f(at="TABLE"):\n    """A."""\n'],
)
def test_it_finds_a_table_in_python(text: str, planted):
    table = _highest_table()
    assert planted("basics/planted.py", text.replace("TABLE", table)) == [table]


def test_it_finds_url_names_labels_and_begun_names_in_python(planted):
    url = _highest(":")
    label = url.partition(":")[0]
    text = f'A = "{url}"\nB = apps.get_model("{label}", "X")\nC = f"{label}_{{A}}"\nD = [("{label}", "0001_first")]\n'
    assert planted("basics/planted.py", text) == [url, label, f"{label}_", label]


def test_it_finds_a_table_in_sql_and_a_url_name_in_a_template(planted):
    url = _highest(":")
    table = _highest_table()
    assert planted("users/sql/functions.sql", f"SELECT 1;\nSELECT nextval('{table}_id_seq');\n") == [table]
    assert url in planted("ui/templates/ui/planted.html", f"<a href=\"{{{{ url('{url}', 1) }}}}\">x</a>\n")


def test_it_lets_docstrings_pages_tests_and_lower_names_be(planted):
    url = _highest(":")
    assert planted("basics/planted.py", f'"""As {url}."""\nHOME = "basics"\n') == []
    assert planted("users/views.py", f'HOME = "{url}"\n') == []
    assert planted("users/tests/test_x.py", f'HOME = "{url}"\n') == []
