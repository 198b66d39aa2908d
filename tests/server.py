"""Loaded before anything else: the tests run on a PostgreSQL server and a database of their own."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Each of several test processes has a data folder, and so a PostgreSQL server, of its own.
DATA = ROOT / "var" / "tests" / os.environ.get("PYTEST_XDIST_WORKER", "alone")

for name in [key for key in os.environ if key.startswith("SITEBOOK_") and key != "SITEBOOK_POSTGRES_BIN"]:
    del os.environ[name]
os.environ.pop("DATABASE_URL", None)
os.environ["SITEBOOK_DATA_DIR"] = str(DATA)
os.environ["SITEBOOK_DATABASE"] = f"test_{os.getpid()}"
os.environ["SITEBOOK_SECRET_KEY"] = "only-for-tests-" * 4
