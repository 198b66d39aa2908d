"""Rule modules read no clock and know no web: who, when and how much are passed in."""

from __future__ import annotations

import ast
from pathlib import Path

import sitebook

PACKAGE = Path(sitebook.__file__).parent
AREAS = ["basics", "firm", "users", "lists", "history", "files", "outbox", "access", "api", "search",
         "values", "custom_fields", "bulk", "imports",
         "records", "registers", "customers", "sites", "contacts", "handovers", "erasure", "products",
         "catalogue", "jobs"]  # fmt: skip
# Modules that are not rules: they stand between the web, the clock or the shell and the rules.
EDGES = {"views", "urls", "forms", "middleware", "pages", "decorators", "tables", "tasks", "allauth_adapter",
         "locale", "apps", "profile", "sessions", "first_run", "allauth_forms", "single_sign_on", "password_links",
         "choices", "timeline", "api", "authentication", "responses", "cells", "requests", "problems", "idempotency",
         "interface", "delivery", "mail_delivery", "mail_queue", "passkey_rules", "http_client", "pickers",
         "session_store", "boards", "reauthentication", "register", "operations", "tabs", "recent", "maps"}  # fmt: skip
CLOCK = {("timezone", "now"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
WEB = ("django.http", "django.shortcuts", "django.views", "django.urls", "django_htmx")


def rule_modules() -> list[Path]:
    found = [path for area in AREAS for folder in ("", "models") for path in (PACKAGE / area / folder).glob("*.py")]
    return [p for p in found if p.stem not in EDGES and not p.stem.endswith(("views", "_forms", "_pages"))]


def test_no_rule_reads_the_clock_or_imports_the_web():
    faults = []
    for path in rule_modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and (node.value.id, node.attr) in CLOCK
            ):
                faults.append(f"{path.relative_to(PACKAGE)}:{node.lineno} reads the clock")
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(WEB):
                faults.append(f"{path.relative_to(PACKAGE)}:{node.lineno} imports {node.module}")
    assert faults == []


def test_files_stay_small():
    long = {
        str(path.relative_to(PACKAGE)): lines
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}
    assert sum(len(p.read_text().splitlines()) for p in (PACKAGE / "ui").glob("*.py")) < 1000
