"""`sitebook backup`: everything into one file, while people work."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

HELP = "save database, files and secret key into one file, while people work"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a new .tar file; keep it as safe as the data")


def run(args: Namespace) -> int:
    from sitebook.config.database import server
    from sitebook.config.settings import ENV
    from sitebook.server import backup

    target: Path = args.file.expanduser().absolute()
    manifest = backup.save(server(), target, data_dir=ENV.data_dir, now=datetime.now(UTC))
    rows, files = sum(manifest.counts.values()), sum(part.startswith("files/") for part in manifest.checksums)
    print(f"Saved {rows:,} rows of {len(manifest.counts)} tables and {files:,} files in {target}.")
    if "secret-key" not in manifest.checksums:
        print("The secret key is not in it: it comes from SITEBOOK_SECRET_KEY. Keep that too.")
    return 0
