"""`sitebook demo`: loads the demo into an empty database and serves it, or removes it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from time import perf_counter
from typing import TYPE_CHECKING

from sitebook.server.commands import serve

if TYPE_CHECKING:
    from sitebook.demo.loader import Loaded


HELP = "load real public data to look around with, and serve it"
NEEDS = "server"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--no-serve", action="store_true", help="load the data and stop")
    parser.add_argument("--remove", action="store_true", help="take the demo away again, history included")
    parser.add_argument(
        "--with-own-records", action="store_true", help="with --remove: also what people entered themselves"
    )
    serve.arguments(parser)


def run(args: Namespace) -> int:
    """Load what is not there yet, tell the counts and the log-ins, serve.

    Returns 1 without serving when the counts differ from the files' own.
    """
    from sitebook.demo import loader
    from sitebook.server import schema

    schema.migrate()
    if args.remove:
        loader.remove(with_own_records=args.with_own_records)
        print("The demo is removed; the database is empty.")
        return 0
    agrees = loader.is_there() or _load()
    print(_logins(), flush=True)
    return serve.run(args) if agrees and not args.no_serve else int(not agrees)


def _load() -> bool:
    from sitebook.demo import loader
    from sitebook.server import schema

    schema.migrate()
    started = perf_counter()
    loaded = loader.load()
    for one in loaded:
        print(_counts(one))
    print(f"Loaded in {perf_counter() - started:.1f} s.")
    return all(one.agrees for one in loaded)


def _counts(one: Loaded) -> str:
    report = one.report
    told = "" if one.agrees else "\n  THE COUNTS DIFFER: the file was not taken as it stands"
    made = f"{report.made['customers']:,} customers, " if one.register == "sites" else ""
    return (
        f"{report.file}: {one.rows_in_file:,} rows in the file, read {report.read:,}\n"
        f"  created {report.created:,}, unchanged {report.unchanged:,}"
        f" (further rows of a place {report.merged:,}), refused {report.refused:,};"
        f" {made}{one.stored:,} {one.register}{told}"
    )


def _logins() -> str:
    from sitebook.demo.loader import LOGINS

    rows = [f"  {login.email:<28} {login.password:<28} {login.sees}" for login in LOGINS]
    return "\n".join(["Sign in as (email, password, sees):", *rows])
