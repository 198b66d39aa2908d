"""`sitebook migrate`: brings the database to the code's schema. serve and demo do so themselves."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

HELP = "bring the database to this version's schema"
NEEDS = "server"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="list what is missing; exit code 1 when anything is")


def run(args: Namespace) -> int:
    from sitebook.server import schema

    missing = schema.missing_migrations()
    for name in missing:
        print(name)
    if args.dry_run:
        return 1 if missing else 0
    schema.migrate()
    print(f"{len(missing)} migrations applied; row policies and history triggers are in place.")
    return 0
