"""`sitebook stop`: ends a running serve, and PostgreSQL with it."""

from __future__ import annotations

import os
import signal
import time
from argparse import ArgumentParser, Namespace

from sitebook.basics.refused import Refused
from sitebook.config.environment import data_dir
from sitebook.embedded.cluster import embedded
from sitebook.server.lock import serving_process

HELP = "stop a running serve, and PostgreSQL with it"
NEEDS = "nothing"
_PATIENCE_SECONDS = 60


def arguments(parser: ArgumentParser) -> None:
    """No options: it is about this data folder."""


def run(args: Namespace) -> int:
    folder = data_dir()
    if pid := serving_process(folder):
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while serving_process(folder) == pid:
            if time.monotonic() > deadline:
                raise Refused(f"Process {pid} does not end. End it with: kill -9 {pid}", code="server_in_use")
            time.sleep(0.1)
        print(f"Stopped serving (process {pid}).")
    if os.environ.get("DATABASE_URL"):
        return 0
    if not embedded(folder).stop():
        raise Refused(
            "PostgreSQL is still used by another command of this data folder; it stops with the last one.",
            code="server_in_use",
        )
    print("PostgreSQL is stopped.")
    return 0
