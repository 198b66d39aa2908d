"""`sitebook check`: settings, database, schema and mail, without changing anything."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

HELP = "say whether settings and database are fit to serve, and change nothing"
NEEDS = "server"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="judge for serving at this address (127.0.0.1)")


def run(args: Namespace) -> int:
    """0 when all is well, 1 with a line for each fault."""
    from django.core.checks import run_checks

    from sitebook.config.database import server
    from sitebook.config.settings import ENV
    from sitebook.server import deploy_checks, schema

    print(server().described)
    faults = deploy_checks.faults_of_settings(ENV, host=args.host)
    faults += [str(message) for message in run_checks()]
    if missing := schema.missing_migrations():
        faults.append(f"the database lacks {len(missing)} migrations (first: {missing[0]}): run sitebook migrate")
    else:
        faults += deploy_checks.faults_of_database(ENV, host=args.host)
    for fault in faults:
        print(f"- {fault}")
    print(f"{len(faults)} faults." if faults else "Everything is in order.")
    return 1 if faults else 0
