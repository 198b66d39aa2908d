"""`sitebook worker`: does the background work. serve starts one itself unless told otherwise."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from argparse import SUPPRESS, ArgumentParser, Namespace

HELP = "do background work, beside a serve --no-worker"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=2, help="jobs at a time (2)")
    parser.add_argument("--until-stdin-closes", action="store_true", help=SUPPRESS)


def run(args: Namespace) -> int:
    """Work until SIGINT or SIGTERM; running jobs are finished first."""
    from procrastinate.contrib.django import app

    from sitebook.config.upkeep import DUTIES
    from sitebook.outbox import mail_delivery
    from sitebook.outbox.delivery import keep_sending
    from sitebook.upkeep.runner import keep_up

    if args.until_stdin_closes:
        threading.Thread(target=_end_with_stdin, daemon=True).start()

    stopped = threading.Event()
    others = [
        threading.Thread(target=keep_sending, args=(stopped,), name="outbox", daemon=True),
        threading.Thread(target=mail_delivery.keep_sending, args=(stopped,), name="mail", daemon=True),
        threading.Thread(target=keep_up, args=(DUTIES, stopped), name="upkeep", daemon=True),
    ]
    for each in others:
        each.start()

    async def work() -> None:
        async with app.open_async():
            await app.run_worker_async(
                concurrency=args.concurrency, delete_jobs="successful", shutdown_graceful_timeout=15
            )

    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector):
        asyncio.run(work())
    stopped.set()
    for each in others:
        each.join(timeout=15)
    return 0


def _end_with_stdin() -> None:
    """The parent holds the other end: it closes when the parent ends in order, and when it is killed."""
    # Not through sys.stdin, whose lock would be held when the interpreter ends.
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
