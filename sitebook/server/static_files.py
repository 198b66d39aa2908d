"""Collects the static files, compressed and named by their content, when any of them has changed."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

# Of packages: sources that pages do not load, large enough to make the first start slow.
UNUSED = ["leaflet-src*"]


def collect() -> bool:
    """Bring STATIC_ROOT up to date. Returns whether there was anything to do."""
    root = Path(settings.STATIC_ROOT)
    mark = root / ".collected"
    now = _fingerprint()
    if mark.exists() and mark.read_text() == now:
        return False
    # Built beside and swapped: a kill half-way leaves the old files or none, and never a wrong mark.
    draft = root.with_name("static.new")
    shutil.rmtree(draft, ignore_errors=True)
    root_setting = settings.STATIC_ROOT
    settings.STATIC_ROOT = draft
    try:
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED)
    finally:
        settings.STATIC_ROOT = root_setting
    (draft / ".collected").write_text(now)
    shutil.rmtree(root, ignore_errors=True)
    draft.rename(root)
    return True


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
