"""`sitebook restore`: a backup into an empty Sitebook."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "bring a backup back into an empty database"
NEEDS = "server"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="what sitebook backup wrote")


def run(args: Namespace) -> int:
    from sitebook.config.database import server
    from sitebook.config.settings import ENV
    from sitebook.server import backup, schema
    from sitebook.server.lock import serving_alone

    with serving_alone(ENV.data_dir, "restoring"):
        manifest = backup.bring_back(server(), args.file.expanduser().absolute(), data_dir=ENV.data_dir)
        schema.migrate()
    rows = sum(manifest.counts.values())
    print(f"Restored {rows:,} rows of {len(manifest.counts)} tables, saved on {manifest.made_at}.")
    return 0
