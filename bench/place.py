"""A PostgreSQL and a database of their own, kept between runs, so that a large register is made once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "var" / "bench"


def settle() -> None:
    """Before Django is set up: nothing of this shell's Sitebook is touched."""
    for name in [key for key in os.environ if key.startswith("SITEBOOK_") and key != "SITEBOOK_POSTGRES_BIN"]:
        del os.environ[name]
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {
        "SITEBOOK_DATA_DIR": str(DATA),
        "SITEBOOK_SECRET_KEY": "only-for-measuring-" * 4,
        "DJANGO_SETTINGS_MODULE": "sitebook.config.settings",
    }


@contextmanager
def running() -> Iterator[Any]:
    """Django on the migrated database; yields the owner's connection."""
    from sitebook.embedded.cluster import embedded

    with embedded(DATA).running():
        import django

        django.setup()
        from django.conf import settings
        from django.db import connections

        from sitebook.server.schema import migrate

        settings.STORAGES = settings.STORAGES | {
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        }
        settings.ALLOWED_HOSTS = ["testserver"]
        migrate()
        yield connections["owner"]
        for connection in connections.all():
            connection.close()
        connections["default"].close_pool()  # type: ignore[attr-defined]
