"""`sitebook bench`: makes a large register, measures what every page costs on it, compares two results."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "make a large register and measure what every page costs on it"


def arguments(parser: ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    load = what.add_parser("load", help="fill an empty database with made-up records")
    load.add_argument("--scale", type=float, default=1.0, help="1: 101,000 customers and 306,000 sites (1)")
    run_ = what.add_parser("run", help="ask every page and say what it costs")
    run_.add_argument("--rounds", type=int, default=8, help="times each page is asked (8)")
    run_.add_argument("--only", default="", help="only requests whose name holds this text")
    run_.add_argument("--readers", default="all,3,2000,10000", help="as users who see so many (all,3,2000,10000)")
    run_.add_argument("--json", type=Path, help="where the results are kept")
    compare = what.add_parser("compare", help="show two results side by side")
    compare.add_argument("before", type=Path)
    compare.add_argument("after", type=Path)


def run(args: Namespace) -> int:
    """0 when it was done; 1 when a page answered with an error."""
    return {"load": _load, "run": _run, "compare": _compare}[args.what](args)


def _load(args: Namespace) -> int:
    from sitebook.bench import load

    size = load.load(args.scale, lambda line: print(line, flush=True))
    print(f"{size.customers:,} customers, {size.sites:,} sites, {size.contacts:,} contacts are there.")
    return 0


def _run(args: Namespace) -> int:
    from sitebook.basics.refused import Refused
    from sitebook.bench import load, report, run
    from sitebook.server import static_files

    static_files.collect()
    run.one_connection()
    readers = {name.replace(",", ""): user for name, user in load.readers().items()}
    wanted = args.readers.split(",")
    if unknown := [name for name in wanted if name not in readers]:
        raise Refused(
            f"No user here sees {', '.join(unknown)} customers. Run first: sitebook bench load.", code="no_bench"
        )
    costs = run.measure(
        {name: readers[name] for name in wanted},
        lambda cost: print(run.line(cost), file=sys.stderr, flush=True),
        rounds=args.rounds,
        only=args.only,
    )
    if args.json:
        run.kept(costs, args.json)
    print(report.table(costs))
    return 1 if any(cost.status >= 500 for cost in costs) else 0


def _compare(args: Namespace) -> int:
    from sitebook.bench import report, run

    print(report.compared(run.read(args.before), run.read(args.after)))
    return 0
