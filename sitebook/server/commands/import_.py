"""`sitebook import`: takes a file into a register by a mapping."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from sitebook.imports.mapping import shipped

HELP = "take the rows of a CSV file into a register"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a CSV file, gzipped or not")
    parser.add_argument(
        "--as", dest="register", metavar="REGISTER", required=True, help="what the rows become: sites, products"
    )
    parser.add_argument(
        "--mapping", required=True, metavar="NAME_OR_FILE", help=f"{', '.join(shipped())}, or a TOML file"
    )
    parser.add_argument("--dry-run", action="store_true", help="tell what would happen and write nothing")
    parser.add_argument("--json", action="store_true", help="the whole report, for machines")


def run(args: Namespace) -> int:
    """Print the report. 0 when every row was taken, 1 when some were refused; the others are in."""
    from sitebook.config.registers import importer

    report = importer(args.register)(args.file, mapping=args.mapping, everything=True, dry_run=args.dry_run)
    print(json.dumps(report.as_dict(), ensure_ascii=False, indent=1) if args.json else report.as_text())
    return 1 if report.refused else 0
