"""The checks that need Django: migrations complete and named, settings fit for deployment, files small."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
sys.path.insert(0, str(ROOT))


def main() -> int:
    """0 when nothing was found."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "sitebook.config.settings",
        "SITEBOOK_DATA_DIR": str(ROOT / "var" / "check"),
        "SITEBOOK_TLS": "1",
        "SITEBOOK_HSTS_SECONDS": "31536000",
        "SITEBOOK_TRUSTED_PROXIES": "1",
        "SITEBOOK_SMTP_URL": "smtp+starttls://mail.example",
    }
    faults = [*unnamed_migrations(), *long_files()]
    from sitebook.server.cli import prepared

    with prepared("server"):
        from django.conf import settings
        from django.core.management import call_command
        from django.core.management.base import SystemCheckError

        # Whether all its subdomains speak TLS is for the owner of the domain to say, not for Sitebook.
        settings.SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
        try:
            call_command("check", deploy=True, fail_level="WARNING", verbosity=0)
        except SystemCheckError as error:
            faults.append(str(error))
        try:
            call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)
        except SystemExit:
            faults.append("Models have changed without a migration.")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def unnamed_migrations() -> list[str]:
    """Migrations that say when instead of what."""
    names = [path.name for path in ROOT.glob("sitebook/*/migrations/*.py") if path.stem != "__init__"]
    return [f"{name}: name the migration after what it does." for name in names if re.search(r"auto_|_\d{8}", name)]


def long_files() -> list[str]:
    """Python files a reader cannot take in at one sitting."""
    folders = ("sitebook", "tests", "tools", "drills")
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [
        f"{path.relative_to(ROOT)} has {lines} lines; {LONGEST_FILE} is the most."
        for path in paths
        if "migrations" not in path.parts and (lines := path.read_text().count("\n")) > LONGEST_FILE
    ]


if __name__ == "__main__":
    sys.exit(main())
