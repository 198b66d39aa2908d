"""`sitebook check`: settings, database, schema, mail and regular work, without changing anything."""

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
    from sitebook.server import deploy_checks, leftovers, schema

    print(server().described)
    told = leftovers.told(ENV.data_dir)
    faults = deploy_checks.faults_of_settings(ENV, host=args.host)
    faults += [str(message) for message in run_checks()]
    if missing := schema.missing_migrations():
        faults.append(f"the database lacks {len(missing)} migrations (first: {missing[0]}): run sitebook migrate")
    else:
        faults += deploy_checks.faults_of_database(ENV, host=args.host)
        faults += _regular_work()
        told += leftovers.documents_told()
    for line in told:
        print(line)
    for fault in faults:
        print(f"- {fault}")
    print(f"{len(faults)} faults." if faults else "Everything is in order.")
    return 1 if faults else 0


def _regular_work() -> list[str]:
    """Prints when each piece of regular work was last done; returns a line for each that is late."""
    from django.utils import timezone

    from sitebook.access.identity import acting
    from sitebook.config.upkeep import DUTIES
    from sitebook.upkeep.runner import last_runs

    with acting(everything=True):
        last = last_runs()
    if not last:
        print("Regular work has not begun yet: it does once sitebook serve or sitebook worker runs.")
        return []
    now, late = timezone.now(), []
    for duty in DUTIES:
        run = last.get(duty.name)
        done = f"last done {run.finished_at:%Y-%m-%d %H:%M} UTC" if run and run.finished_at else "never done"
        broke = f", then broke off ({run.fault})" if run and run.fault else ""
        held = run is not None and run.state == run.State.HELD
        waits = ", waits a day since the clock jumped ahead: is it right?" if held else ""
        print(f"{duty.label} (every {duty.often}): {done}{broke}{waits}")
        if duty.is_late(run, now):
            late.append(f"{duty.label} is late, {done}{broke}: is sitebook serve, or sitebook worker, running?")
    return late
