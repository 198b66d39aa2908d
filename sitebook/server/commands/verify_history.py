"""`sitebook verify-history`: whether the register of changes still is what was sealed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

HELP = "check that no sealed change was altered or removed"


def arguments(parser: ArgumentParser) -> None:
    """No options: the whole chain is checked."""


def run(args: Namespace) -> int:
    """0 when the chain holds, 1 with a line for each fault."""
    from django.db import connections

    from sitebook.history import verification

    found = verification.faults(connections["owner"])
    for fault in found:
        print(f"- {fault}")
    seals, changes = verification.sealed(connections["owner"])
    verdict = f"{len(found)} faults" if found else "the history is as it was sealed"
    print(f"{seals:,} seals over {changes:,} changes: {verdict}.")
    return 1 if found else 0
