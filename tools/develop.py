"""For who changes Sitebook: a server that reloads, a shell, a new migration. The Makefile calls it.

The data are those of ``SITEBOOK_DATA_DIR``, or of ``var/dev`` in the checkout.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["dev", "shell", "migration"])
    parser.add_argument("--port", default="8000")
    parser.add_argument("--name", default="", help="what the migration does, as add_nickname")
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("SITEBOOK_DATA_DIR", str(ROOT / "var" / "dev"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tools.dev_settings"
    from sitebook.server.cli import prepared

    with prepared("server"):
        from django.core.management import call_command

        from sitebook.server import schema

        if args.what == "migration":
            if not args.name:
                parser.error("say what the migration does: make migration NAME=add_nickname")
            call_command("makemigrations", name=args.name)
            return 0
        schema.migrate()
        if args.what == "shell":
            call_command("shell")
        else:
            with _worker():
                call_command("runserver", f"127.0.0.1:{args.port}")
    return 0


@contextmanager
def _worker() -> Iterator[None]:
    """Background work, in the process that is started anew at every change."""
    if os.environ.get("RUN_MAIN") != "true":
        yield
        return
    command = [sys.executable, "-m", "sitebook.server.cli", "worker", "--until-stdin-closes"]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        worker.communicate()


if __name__ == "__main__":
    sys.exit(main())
