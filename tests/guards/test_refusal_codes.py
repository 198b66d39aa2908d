"""Every code that a refusal carries stands in docs/api.md, and every one that stands there is used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import sitebook
from sitebook.basics.refused import Refused

PACKAGE = Path(sitebook.__file__).parent
DOCS = PACKAGE.parent / "docs/api.md"


def trees() -> list[ast.Module]:
    paths = [path for path in PACKAGE.rglob("*.py") if not {"tests", "migrations"} & set(path.parts)]
    return [ast.parse(path.read_text()) for path in paths]


def refusals(trees: list[ast.Module]) -> set[str]:
    """The names of Refused and all that inherits from it."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    bases = {each.name: {ast.unparse(base).split(".")[-1] for base in each.bases} for each in classes}
    found = {"Refused"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def given(tree: ast.Module, raised: set[str]) -> Iterator[ast.expr]:
    """What stands as a code: where something is refused (``_run`` refuses for a program), or a refusal's own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {*raised, "Problem", "_run"}:
            yield from (each.value for each in node.keywords if each.arg == "code")
        if isinstance(node, ast.ClassDef) and node.name in raised:
            for each in ast.walk(node):
                if isinstance(each, ast.keyword) and each.arg == "code":
                    yield each.value
                if isinstance(each, ast.arguments):
                    yield from (one for one in each.kw_defaults if one is not None)


def used() -> set[str]:
    code = trees()
    raised = refusals(code)
    found = [each for tree in code for each in given(tree, raised)]
    # One of two, such as "not_archived" if archived else "already_archived".
    told = [part for each in found for part in ([each.body, each.orelse] if isinstance(each, ast.IfExp) else [each])]
    return {part.value for part in told if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def test_every_code_is_documented_and_every_documented_one_is_used():
    section = DOCS.read_text().partition("### Codes")[2]
    documented = [code for line in re.findall(r"^\| (`.*?) \|", section, re.M) for code in re.findall(r"`(\w+)`", line)]
    assert sorted(documented) == sorted(used())


def test_a_code_is_words_in_snake_case():
    assert [code for code in used() if not re.fullmatch(r"[a-z]+(_[a-z]+)+", code)] == []


def test_a_refusal_without_a_type_of_its_own_names_its_code():
    with pytest.raises(TypeError, match="code"):
        Refused("No.")  # type: ignore[call-arg]
