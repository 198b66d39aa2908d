"""The body of a request, read as it comes, without a thread: in memory when it is small, else on the disk of the
data. Who sends too much or too slowly is told so."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

IN_MEMORY = 512 * 1024
AT_ONCE = 256
"""How many bodies may be arriving; all others are told to come back."""
SILENCE = 15  # seconds without a byte
GRACE, LEAST = 20, 2048  # after so many seconds at least so many bytes a second, from the start
SPARE = 64 * 1024**2  # bytes that uploads leave on the disk, however many arrive together
arriving = 0


class NotReceived(Exception):
    """``word``: busy, slow, too_large, no_room or broken_off (``outages`` has the sentences)."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class Body:
    def __init__(self, folder: Path | None = None) -> None:
        self.file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY, dir=str(folder) if folder else None)  # noqa: SIM115 - closed with the body
        self.size = 0

    def __enter__(self) -> Body:
        return self

    def __exit__(self, *fault: object) -> None:
        self.file.close()


async def received(environ: dict[str, Any], proto: Any, *, most: int, folder: Callable[[], Path]) -> Body:
    """All that is sent, up to ``most`` bytes. ``folder``: where what is large is put. Raises NotReceived."""
    announced = environ.get("CONTENT_LENGTH", "")
    length = int(announced) if announced.isascii() and announced.isdigit() else 0
    if not length and "HTTP_TRANSFER_ENCODING" not in environ:
        return Body()
    if length > most:
        raise NotReceived("too_large")
    with _place(), _room(length, folder) as place:
        body = Body(place)
        try:
            await _fill(body, proto, most, place)
        except BaseException:
            body.file.close()
            raise
    if body.size < length:
        body.file.close()
        raise NotReceived("broken_off")
    body.file.seek(0)
    return body


@contextlib.contextmanager
def _place() -> Iterator[None]:
    global arriving
    if arriving >= AT_ONCE:
        raise NotReceived("busy")
    arriving += 1
    try:
        yield
    finally:
        arriving -= 1


@contextlib.contextmanager
def _room(length: int, folder: Callable[[], Path]) -> Iterator[Path | None]:
    """Where the body may lie. Raises NotReceived when the disk is full, or becomes so."""
    try:
        place = folder() if length > IN_MEMORY or not length else None
        if place is not None and shutil.disk_usage(place).free < length + SPARE:
            raise NotReceived("no_room")
        yield place
    except OSError as fault:
        if isinstance(fault, TimeoutError) or fault.errno == errno.ECONNRESET:
            raise NotReceived("broken_off") from fault
        raise NotReceived("no_room") from fault


async def _fill(body: Body, proto: Any, most: int, place: Path | None) -> None:
    """``place``: the disk is asked before each piece, since others arrive at the same time."""
    began, chunks = time.monotonic(), aiter(proto)
    while True:
        try:
            chunk = await asyncio.wait_for(anext(chunks), SILENCE)
        except StopAsyncIteration:
            return
        except TimeoutError as fault:
            raise NotReceived("slow") from fault
        if place is not None and body.size + len(chunk) > IN_MEMORY and shutil.disk_usage(place).free < SPARE:
            raise NotReceived("no_room")
        body.size += body.file.write(chunk)
        if body.size > most:
            raise NotReceived("too_large")
        passed = time.monotonic() - began
        if passed > GRACE and body.size < passed * LEAST:
            raise NotReceived("slow")
