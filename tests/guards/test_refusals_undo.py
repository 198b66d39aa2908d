"""A verb that writes and then may refuse rolls back what it wrote, whoever calls it.

Read from the code: where a write comes before something that may refuse, one ``transaction.atomic()`` holds both. In
pages and operations it is asked only of what catches a refusal; all else goes to the one place that rolls back.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from io import IOBase
from pathlib import Path
from socket import socket
from textwrap import dedent
from threading import Timer

import pytest
from django.db.models import Model, QuerySet
from django.forms import Form

import sitebook

PACKAGE = Path(sitebook.__file__).parent
# They run the program and its PostgreSQL, and write no rows of people.
PROGRAM = {"config", "embedded", "server", "demo", "bench", "upkeep"}
EDGES = {"pages", "views", "api", "token_pages", "first_run", "single_sign_on"}
# Saves a row or rows; ``update`` with names only, for dicts and hashes have one too.
WRITES = {"save", "create", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
# Methods of Python and Django, whose name says nothing of whose they are.
COMMON = {
    name
    for kind in (str, bytes, list, dict, set, tuple, Path, IOBase, socket, Timer, re.Match, date, Form, QuerySet, Model)
    for name in dir(kind)
}
type Verb = ast.FunctionDef
type Asked = Callable[[ast.AST, Verb], bool]


@dataclass
class Module:
    path: str
    tree: ast.Module
    verbs: dict[str, str] = field(default_factory=dict)  # what a name means here: "module.verb"
    rooms: dict[str, str] = field(default_factory=dict)  # modules by the name they have here


class Code:
    """All functions by "module.name", methods by "*.name": which may refuse, which write."""

    def __init__(self, sources: dict[str, str]) -> None:
        self.modules = {name: Module(name, ast.parse(text)) for name, text in sources.items()}
        self.verbs: dict[str, list[Verb]] = {}
        self.home: dict[Verb, Module] = {}
        self.parent: dict[ast.AST, ast.AST] = {}
        for module in self.modules.values():
            self._read(module)
        self.holding = self._holding()
        self.refusals = self._refusals()
        self.refusing = self._spread(
            lambda node, verb: self._raises(node) and not self._caught(node, verb), self._caught
        )
        self.writing = self._spread(lambda node, _verb: _writes(node), lambda _node, _verb: False)

    def _read(self, module: Module) -> None:
        for node in ast.walk(module.tree):
            self.parent |= dict.fromkeys(ast.iter_child_nodes(node), node)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sitebook"):
                for each in node.names:
                    here, there = each.asname or each.name, f"{node.module}.{each.name}"
                    (module.rooms if there in self.modules else module.verbs)[here] = there
            if isinstance(node, ast.FunctionDef):
                method = isinstance(self.parent.get(node), ast.ClassDef)
                name = f"*.{node.name}" if method else f"{module.path}.{node.name}"
                self.verbs.setdefault(name, []).append(node)
                self.home[node] = module
                if not method:
                    module.verbs.setdefault(node.name, name)

    def _holding(self) -> set[str]:
        """The context managers that hold what is done in them in a transaction, as ``acting`` does; of one name all."""
        self.holding: set[str] = set()
        managers = {
            name: verbs
            for name, verbs in self.verbs.items()
            if all(any(_called(each) == "contextmanager" for each in verb.decorator_list) for verb in verbs)
        }
        while more := {
            name
            for name, verbs in managers.items()
            if name not in self.holding
            and all(
                self._in_one(node, verb)
                for verb in verbs
                for node in _own(verb)
                if isinstance(node, ast.Yield | ast.YieldFrom)
            )
        }:
            self.holding |= more
        return self.holding

    def _in_one(self, node: ast.AST, verb: Verb) -> bool:
        return any(
            isinstance(above, ast.With) and self._atomic(above, verb) for above, _child in self._above(node, verb)
        )

    def _atomic(self, block: ast.With, verb: Verb) -> bool:
        """Whether what is done in it is in a transaction."""
        return any(
            _called(item.context_expr) == "atomic" or self.calls(item.context_expr, self.home[verb], self.holding)
            for item in block.items
        )

    def _refusals(self) -> set[str]:
        found, before = {"Refused"}, 0
        while len(found) != before:
            before = len(found)
            for module in self.modules.values():
                for node in ast.walk(module.tree):
                    if isinstance(node, ast.ClassDef) and {ast.unparse(base) for base in node.bases} & found:
                        found.add(node.name)
        return found

    def _raises(self, node: ast.AST) -> bool:
        return isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _called(node.exc) in self.refusals

    def _spread(self, first: Asked, stops: Asked) -> set[str]:
        """The names of the functions of which ``first`` is true, or of one that they call where nothing stops it."""
        found: set[str] = set()
        while True:
            more = {
                name
                for name, verbs in self.verbs.items()
                if name not in found
                and any(
                    first(node, verb) or (self.calls(node, self.home[verb], found) and not stops(node, verb))
                    for verb in verbs
                    for node in _own(verb)
                )
            }
            if not more:
                return found
            found |= more

    def calls(self, node: ast.AST, module: Module, any_of: set[str]) -> bool:
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Name):
            return module.verbs.get(node.func.id, "") in any_of
        if isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id in module.rooms:
                return f"{module.rooms[owner.id]}.{node.func.attr}" in any_of
            of_a_class = isinstance(owner, ast.Name) and owner.id[:1].isupper()
            return f"*.{node.func.attr}" in any_of and (of_a_class or node.func.attr not in COMMON)
        return False

    def faults(self) -> Iterator[str]:
        for verb, module in self.home.items():
            edge = bool(EDGES & set(module.path.split(".")))
            if self._held(verb):
                continue
            nodes = _own(verb)
            writes = [n for n in nodes if _writes(n) or self.calls(n, module, self.writing)]
            refuses = [n for n in nodes if self._raises(n) or self.calls(n, module, self.refusing)]
            for write in writes:
                for refusal in refuses:
                    if edge and not self._caught(refusal, verb):
                        continue
                    if self._half_done(write, refusal, verb):
                        yield f"{module.path}:{write.lineno} {verb.name} writes, may refuse in line {refusal.lineno}"
                        break

    def _held(self, verb: Verb, asked: frozenset[Verb] = frozenset()) -> bool:
        """Whether all of it is in one transaction: its own, or of all that call it, where only its module does."""
        if any(_called(each) == "atomic" for each in verb.decorator_list):
            return True
        if verb in asked:
            return False
        callers = [
            (node, other)
            for other, module in self.home.items()
            if module is self.home[verb]
            for node in _own(other)
            if isinstance(node, ast.Call) and _called(node) == verb.name and other is not verb
        ]
        return bool(verb.name.startswith("_") and callers) and all(
            self._in_one(node, other) or self._held(other, asked | {verb}) for node, other in callers
        )

    def _found_no_row(self, write: ast.AST, refusal: ast.AST, verb: Verb) -> bool:
        """``if not rows.update(...): raise``, also by way of a name: nothing was written."""
        told = self.parent[write]
        told = self.parent[told] if isinstance(told, ast.IfExp) else told
        name = told.targets[0] if isinstance(told, ast.Assign) else None
        for above, child in self._above(refusal, verb):
            if isinstance(above, ast.If) and child in above.body:
                for node in ast.walk(above.test):
                    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
                        inner = node.operand
                        if inner is write or (name is not None and ast.unparse(inner) == ast.unparse(name)):
                            return True
        return False

    def _above(self, node: ast.AST, verb: Verb) -> Iterator[tuple[ast.AST, ast.AST]]:
        """Each node around it inside the function, with the child it lies in."""
        while node is not verb:
            yield self.parent[node], node
            node = self.parent[node]

    def _caught(self, node: ast.AST, verb: Verb) -> bool:
        return any(
            isinstance(above, ast.Try) and child in above.body and any(self._takes(each) for each in above.handlers)
            for above, child in self._above(node, verb)
        )

    def _takes(self, handler: ast.ExceptHandler) -> bool:
        """A refusal of a type of its own is taken to be the only one that comes that way."""
        again = any(isinstance(node, ast.Raise) and node.exc is None for node in handler.body)
        return bool(handler.type and set(re.findall(r"\w+", ast.unparse(handler.type))) & self.refusals) and not again

    def _half_done(self, write: ast.AST, refusal: ast.AST, verb: Verb) -> bool:
        if write is refusal or self._found_no_row(write, refusal, verb):
            return False
        around = dict(self._above(write, verb))
        between = dict(self._above(refusal, verb))
        both = [above for above in around if above in between]
        if any(isinstance(above, ast.With) and self._atomic(above, verb) for above in both):
            return False
        nearest = both[0] if both else verb
        mine, other = around.get(nearest, write), between.get(nearest, refusal)
        looped = any(
            isinstance(above, ast.For | ast.While) and {around[above], between[above]} <= {*above.body}
            for above in both
        )
        if isinstance(nearest, ast.If) and (mine in nearest.body) != (other in nearest.body) and not looped:
            # Either the one or the other.
            return mine is nearest.test
        if isinstance(nearest, ast.Try) and isinstance(other, ast.ExceptHandler):
            return not isinstance(mine, ast.ExceptHandler) and not any(
                isinstance(above, ast.With) and self._atomic(above, verb) for above in around if above not in between
            )
        return (write.lineno < refusal.lineno or looped) and not self._leaves(write, nearest, verb)

    def _leaves(self, write: ast.AST, nearest: ast.AST, verb: Verb) -> bool:
        """Whether nothing comes after the write but the end of the function."""
        for above, child in self._above(write, verb):
            if above is nearest:
                return isinstance(child, ast.Return)
            body = next((b for _n, b in ast.iter_fields(above) if isinstance(b, list) and child in b), [])
            if body and isinstance(body[-1], ast.Return | ast.Raise | ast.Continue):
                return True
        return False


@cache
def _own(verb: Verb) -> tuple[ast.AST, ...]:
    """The nodes of a function without those of functions in it."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(verb.body)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            found.append(node)
            waiting += ast.iter_child_nodes(node)
    return tuple(found)


def _called(node: ast.AST) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _writes(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    return node.func.attr in WRITES or (node.func.attr == "update" and bool(node.keywords) and not node.args)


def product() -> dict[str, str]:
    return {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path.read_text()
        for path in PACKAGE.rglob("*.py")
        if not {"tests", "migrations", *PROGRAM} & set(path.relative_to(PACKAGE).parts)
    }


def test_what_may_refuse_after_a_write_rolls_it_back():
    assert sorted(Code(product()).faults()) == []


def planted(verb: str) -> list[str]:
    return list(Code({"sitebook.trees": "from sitebook.basics.refused import Refused\n" + dedent(verb)}).faults())


@pytest.mark.parametrize(
    "verb",
    [
        """
        def fell(tree):
            tree.save()
            if tree.tall:
                raise Refused("Too tall.", code="too_tall")
        """,
        """
        def fell(trees):
            for tree in trees:
                _must_be_short(tree)
                tree.delete()

        def _must_be_short(tree):
            if tree.tall:
                raise Refused("Too tall.", code="too_tall")
        """,
        """
        def fell(tree):
            with transaction.atomic():
                tree.save()
            tree.cut()

        class Tree:
            def cut(self):
                raise Refused("Too tall.", code="too_tall")
        """,
        """
        def fell(tree):
            try:
                tree.save()
                tree.check()
            except ValueError as fault:
                raise Refused("Too tall.", code="too_tall") from fault
        """,
    ],
)
def test_the_guard_finds_a_verb_that_leaves_half(verb: str):
    assert len(planted(verb)) == 1
    whole = verb.replace("def fell", "@transaction.atomic\n        def fell")
    assert planted(whole) == []


MANAGER = """
        @contextmanager
        def in_one_piece():
            with transaction.atomic():
                yield

        def fell(tree):
            with in_one_piece():
                tree.save()
                if tree.tall:
                    raise Refused("Too tall.", code="too_tall")
"""


def test_the_guard_knows_a_context_manager_that_holds_a_transaction():
    assert planted(MANAGER) == []


def test_the_guard_finds_a_context_manager_whose_transaction_is_over_before():
    over = MANAGER.replace("                yield", "                lock()\n            yield")
    assert len(planted(over)) == 1


def test_the_guard_knows_a_write_that_found_no_row():
    verb = """
        def fell(trees):
            if not trees.update(fallen=True):
                raise Refused("It is gone.", code="is_gone")
    """
    assert planted(verb) == []
