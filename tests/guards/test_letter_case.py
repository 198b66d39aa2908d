"""Where texts are looked up in any case, the database's LOWER() alone judges (basics/letter_case.py)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sitebook

PACKAGE = Path(sitebook.__file__).parent
# They compare words in memory with words in memory. None looks anything up by them.
IN_MEMORY = {
    "bulk/actions.py": "tags of one record",
    "contacts/duplicates.py": "a likeness, not the same",
    "contacts/roles.py": "the built-in roles by their labels",
    "custom_fields/forms.py": "choices of one field",
    "erasure/erase.py": "the reference typed to confirm",
    "erasure/terms.py": "words of one person",
    "imports/mapping.py": "headings and blank words of one file",
    "products/makers.py": "the order of a menu",
    "products/specifications.py": "fields of one class",
    "registers/imports.py": "tags of one record",
    "registers/lists.py": "the order of a menu",
    "sites/areas.py": "the order of a tree",
    "sites/import_rows.py": "rows of one file, and the customers' names that are read whole",
    "values/codes.py": "names of countries and currencies",
    "values/kinds.py": "tags of one record",
    "values/readers.py": "choices of one field, yes and no",
    "values/views.py": "names of countries, currencies and time zones",
}
# Keys of the rows of one file, and of names that no constraint compares.
KEYS_IN_MEMORY = {"customer_key", "_place_key"}


def other_doors(source: str) -> list[str]:
    """Where a text is looked up in any case by another rule."""
    found = []
    for node in ast.walk(ast.parse(source)):
        name = getattr(node, "arg", None) or getattr(node, "attr", None) or getattr(node, "name", None)
        name = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else name
        if isinstance(name, str) and (name.endswith("__iexact") or name in ("iexact", "Upper")):
            found.append(f"line {getattr(node, 'lineno', 0)}: {name}")
        if (
            isinstance(node, ast.FunctionDef)
            and "key" in node.name
            and _folds(node)
            and node.name not in KEYS_IN_MEMORY
        ):
            found.append(f"line {node.lineno}: {node.name} folds by itself")
    return found


def _folds(node: ast.AST) -> bool:
    return any(getattr(each, "attr", "") == "casefold" for each in ast.walk(node))


def modules() -> dict[str, str]:
    found = {path.relative_to(PACKAGE): path for path in PACKAGE.rglob("*.py")}
    return {str(name): path.read_text() for name, path in found.items() if not {"migrations", "tests"} & {*name.parts}}


def test_a_text_is_looked_up_in_any_case_by_one_rule():
    assert {name: found for name, source in modules().items() if (found := other_doors(source))} == {}


def test_other_foldings_stay_in_memory():
    assert {name for name, source in modules().items() if _folds(ast.parse(source))} == {*IN_MEMORY}


@pytest.mark.parametrize(
    "source",
    [
        "Product.objects.filter(code__iexact=code)",
        "Q(**{'code__iexact': code})",
        "from django.db.models.functions import Upper",
        "functions.Upper('code')",
        "def _key(values):\n    return values['code'].casefold()",
    ],
)
def test_this_finds_another_door(source):
    assert other_doors(source)
