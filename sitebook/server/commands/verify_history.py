"""`sitebook verify-history`: whether the register of changes still is what was sealed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from sitebook.basics.refused import Refused

if TYPE_CHECKING:
    from sitebook.history.verification import Head

HELP = "check that no sealed change was altered or removed"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--head", action="store_true", help="seal what is not sealed yet and print one line to keep elsewhere"
    )
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="FILE",
        help="compare with a kept head too: a file that holds it, such as a mail, or the line itself; may be repeated",
    )


def run(args: Namespace) -> int:
    """0 when the chain holds, 1 with a line for each fault. Raises Refused (no_head)."""
    from django.db import connections

    from sitebook.history import heads, tasks, verification

    owner = connections["owner"]
    given = [head for text in args.against for head in _heads(text)]
    if args.head:
        tasks.seal()
    found = verification.faults(owner) + verification.faults_against(owner, [*heads.kept(), *given])
    for fault in found:
        print(f"- {fault}")
    if args.head and not found and (newest := verification.head(owner)):
        print(newest)
        return 0
    seals, changes = verification.sealed(owner)
    verdict = f"{len(found)} faults" if found else "the history is as it was sealed"
    erased = verification.erased(owner)
    told = f", values of {erased:,} erased on purpose" if erased else ""
    print(f"{seals:,} seals over {changes:,} changes{told}: {verdict}.")
    return 1 if found else 0


def _heads(given: str) -> list[Head]:
    """The heads in a file, or in what was given itself. Raises Refused (no_head)."""
    from sitebook.history.verification import heads_in

    if found := heads_in(given):
        return found
    if found := heads_in(Path(given).read_text(errors="replace")):
        return found
    raise Refused(f"{given} holds no head: one line that begins with “history head: seal”.", code="no_head")
