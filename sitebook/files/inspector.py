"""Has a file examined by a process of its own, and believes as little of the answer as it can."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused
from sitebook.files import file_types
from sitebook.files.inspection import Verdict
from sitebook.files.refusals import sentence
from sitebook.files.storage import Draft

log = logging.getLogger("sitebook.files")
PATIENCE = 60  # seconds for one file, whatever it does; at the lowest priority it may have to wait for its turn
QUEUE = 45  # seconds to wait for a free place
EXAMINER = ("-m", "sitebook.files.inspection")
# Half of the processors at most, and those only as far as nobody else needs them.
AT_ONCE = BoundedSemaphore(max(1, (os.cpu_count() or 2) // 2))
LARGEST_PREVIEW = 512 * 1024


class NotTaken(Refused):
    """A file that is not kept; the sentence names it and says why."""

    status = 422


class Busy(Refused):
    """Too many files are being looked at: nothing is wrong with this one."""

    status = 503

    def __init__(self) -> None:
        text = _("Too many files are being looked at just now. Nothing was kept. Add them again in a moment.")
        super().__init__(text, code="files_busy")


def check(made: Draft, name: str) -> Verdict:
    """What the file is; its preview, where there is one, is in ``made.preview``. Raises NotTaken, Busy."""
    verdict = examine(made.path, extension=file_types.extension_of(name), preview=made.preview)
    if verdict.fault:
        raise NotTaken(sentence(verdict.fault, verdict.detail, name), code="file_not_taken")
    return verdict


def examine(path: Path, *, extension: str, preview: Path) -> Verdict:
    """Ask the examining process. Whatever becomes of it, there is a verdict. Raises Busy."""
    if not AT_ONCE.acquire(timeout=QUEUE):
        raise Busy
    try:
        answer = _asked(path, extension, preview)
    finally:
        AT_ONCE.release()
    verdict = _believed(answer)
    if verdict.fault or not _is_preview(preview):
        preview.unlink(missing_ok=True)
    return verdict


def _asked(path: Path, extension: str, preview: Path) -> bytes:
    command = [sys.executable, "-I", *EXAMINER, str(path), extension, str(preview)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the names are ours, not the uploader's
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False, cwd="/", env={}
        )
    except subprocess.TimeoutExpired:
        log.warning("examining %s took longer than %s seconds and was ended", path.name, PATIENCE)
        return b""
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        log.warning("examining %s ended with %s %s", path.name, done.returncode, said)
        return b""
    return done.stdout


def _believed(answer: bytes) -> Verdict:
    """The answer, if it is one. The process has held the file; what it prints is not trusted further than that."""
    try:
        given = json.loads(answer[:4096])
        verdict = Verdict(
            media_type=str(given["media_type"])[:120],
            width=_count(given["width"]),
            height=_count(given["height"]),
            pages=_count(given["pages"]),
            fault=str(given["fault"])[:20],
            detail=str(given["detail"])[:120],
        )
    except (ValueError, KeyError, TypeError):
        return Verdict(fault="costly")
    if not verdict.fault and file_types.plain(verdict.media_type) not in file_types.KINDS:
        return Verdict(fault="costly")
    return verdict


def _count(value: Any) -> int | None:
    return None if value is None else max(1, min(int(value), 1_000_000_000))


def _is_preview(path: Path) -> bool:
    if not path.is_file() or path.is_symlink() or path.stat().st_size > LARGEST_PREVIEW:
        return False
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP"
