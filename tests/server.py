"""Loaded before anything else: the tests have a PostgreSQL server of their own, and each process a database of its own.

The server is shared by all test processes of a checkout and keeps its data in ``var/tests`` between runs. ``TEMPLATE``
names the database that holds the schema as the code declares it now; ``DATABASE`` is this process's copy of it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVER = ROOT / "var" / "tests"
_SCHEMA = re.compile(rb"CREATE |GRANT |seen_by|found_by|SeenBy|FoundBy|models\.Model")


def _schema_files() -> list[Path]:
    """Whatever decides over tables, rights, policies, triggers and functions; rather a file too many."""
    package = ROOT / "sitebook"
    code = [path for path in package.rglob("*.py") if "tests" not in path.relative_to(package).parts]
    found = [path for path in code if path.parent.name == "migrations" or _SCHEMA.search(path.read_bytes())]
    helpers = [ROOT / "uv.lock", ROOT / "tests" / "database.py", ROOT / "tests" / "database.sql"]
    return sorted({*found, *package.rglob("*.sql"), *helpers})


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


TEMPLATE = f"test_{_digest(_schema_files())}"
DATABASE = f"{TEMPLATE}--{os.getpid()}"
DATA = Path(tempfile.mkdtemp(prefix="sitebook-tests."))
(DATA / "static").mkdir()

for name in [key for key in os.environ if key.startswith("SITEBOOK_") and key != "SITEBOOK_POSTGRES_BIN"]:
    del os.environ[name]

from sitebook.embedded.cluster import embedded  # noqa: E402 - it must not see the caller's settings

os.environ["SITEBOOK_DATA_DIR"] = str(DATA)
os.environ["DATABASE_URL"] = embedded(SERVER, DATABASE).app_url
os.environ["SITEBOOK_OWNER_URL"] = embedded(SERVER, DATABASE).owner_url
os.environ["SITEBOOK_SECRET_KEY"] = "only-for-tests-" * 4


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA, ignore_errors=True)
