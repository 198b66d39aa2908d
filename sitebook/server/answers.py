"""Django's answer, taken from its thread whole and sent without it: what is large lies in a file meanwhile.

What Django streams (lists as files) is sent from such a file while its thread still writes it. So the first byte comes
at once, and a slow reader keeps neither the thread nor its database connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import stat
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # not listed, but documented

from sitebook.files.storage import uploads

log = logging.getLogger("sitebook.server")
IN_MEMORY = 1024**2
BLOCK = 256 * 1024
HAND_OVER = 60  # seconds: by then the web server has opened a file it was told to send


@dataclass
class Answer:
    """``file``: what to send instead of ``content``; ``passing``: it goes once it is being sent. ``growing``: what is
    still being written, and is sent meanwhile."""

    status: int = 500
    headers: list[tuple[str, str]] = field(default_factory=list)
    content: bytes = b""
    file: Path | None = None
    passing: bool = False
    growing: Growing | None = None


class File:
    """A file that Django hands over whole (``wsgi.file_wrapper``)."""

    def __init__(self, file: BinaryIO, block: int = 65536) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(65536), b"")

    def close(self) -> None:
        self.file.close()

    @property
    def path(self) -> Path | None:
        """Where the file lies, if it has a name and is sent from its start."""
        name = getattr(self.file, "name", None)
        return Path(name) if isinstance(name, str) and self.file.tell() == 0 else None


class Unwanted(Exception):
    """Who asked is gone, so that nothing more need be written."""


class Growing:
    """A file without a name that one thread writes and the event loop ``loop`` sends."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop, self.more = loop, asyncio.Event()
        self.file = tempfile.TemporaryFile(dir=uploads(), buffering=0)  # noqa: SIM115 - closed when both are done
        self.size, self.over, self.broken, self.unwanted = 0, False, False, False

    def write(self, parts: Iterable[bytes]) -> None:
        """All of it, in the thread. What fails is told to whoever sends it: the status is on its way already."""
        try:
            for part in parts:
                if self.unwanted:
                    raise Unwanted
                self.size += self.file.write(part)
                self.loop.call_soon_threadsafe(self.more.set)
        except Unwanted:
            self.broken = True
        except BaseException:
            self.broken = True
            log.exception("an answer broke while it was sent")
        finally:
            self.over = True
            self.loop.call_soon_threadsafe(self.more.set)

    async def parts(self) -> AsyncIterator[bytes]:
        """What is written, as it comes, in the event loop."""
        sent = 0
        while True:
            self.more.clear()
            over = self.over  # before the size: what was written last is not left out
            while sent < self.size:
                part = os.pread(self.file.fileno(), BLOCK, sent)
                sent += len(part)
                yield part
            if over:
                return
            await self.more.wait()


def collect(
    django: Callable[..., Iterable[bytes]],
    environ: dict[str, Any],
    begin: Callable[[Answer], Growing | None] = lambda _answer: None,
) -> Answer:
    """Run the request to its end, in this thread: afterwards it holds no connection. ``begin``: sends what Django
    streams while it is written; where it gives nothing, everything is written first."""
    answer = Answer()

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        answer.status = int(status.partition(" ")[0])
        answer.headers = [(name.lower(), str(value)) for name, value in headers]

    result = django(environ, start)
    try:
        if isinstance(result, File) and result.path is not None:
            answer.file = result.path
        elif getattr(result, "streaming", False):
            parts = iter(result)
            parts = chain([next(parts, b"")], parts)  # what fails up to here is still answered in words
            if growing := begin(answer):
                growing.write(parts)
            else:
                _take(answer, parts)
        else:
            _take(answer, result)
    finally:
        result.close()  # type: ignore[attr-defined]
    return answer


def _take(answer: Answer, parts: Iterable[bytes]) -> None:
    small, rest = bytearray(), iter(parts)
    for part in rest:
        small += part
        if len(small) > IN_MEMORY:
            number, name = tempfile.mkstemp(dir=uploads())
            answer.file, answer.passing = Path(name), True
            try:
                with os.fdopen(number, "wb") as out:
                    out.write(small)
                    out.writelines(rest)
                    size = out.tell()
            except BaseException:
                answer.file.unlink(missing_ok=True)
                raise
            kept = [(key, value) for key, value in answer.headers if key != "content-length"]
            answer.headers = [*kept, ("content-length", str(size))]
            return
    answer.content = bytes(small)


async def send(answer: Answer, proto: Any, peer: Peer | None = None) -> None:
    """Give it to the web server, which sends it as fast as its reader takes it. ``peer``: who reads it."""
    if answer.file is not None:
        proto.response_file(answer.status, answer.headers, str(answer.file))
        if answer.passing:
            asyncio.get_running_loop().call_later(HAND_OVER, _gone, answer.file)
    elif answer.growing is not None:
        await _follow(answer.growing, answer, proto, peer)
    elif answer.content:
        proto.response_bytes(answer.status, answer.headers, answer.content)
    else:
        proto.response_empty(answer.status, answer.headers)


def _gone(file: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        file.unlink()


Peer = tuple[str, int]


async def _follow(growing: Growing, answer: Answer, proto: Any, peer: Peer | None) -> None:
    whole = False
    try:
        stream = proto.response_stream(answer.status, answer.headers)
        with contextlib.suppress(ProtocolClosed):  # who asked is gone
            async for part in growing.parts():
                await stream.send_bytes(part)
            whole = not growing.broken
    finally:
        growing.unwanted = True
        if not whole and peer:
            cut(peer)


def cut(peer: Peer) -> None:
    """Close the connection to this client: the web server would end what breaks as if it were complete."""
    for own in _connections(peer):
        with contextlib.suppress(OSError):  # closed by the other end meanwhile
            own.shutdown(socket.SHUT_RDWR)


def can_be_cut(peer: Peer) -> bool:
    """Whether the connection to this client is found among those of this process."""
    return any(True for _own in _connections(peer))


def _connections(peer: Peer) -> Iterator[socket.socket]:
    """This process's ends of the connection to a client: the web server does not hand them out."""
    for name in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):  # closed meanwhile, no socket, or one without a peer
            if not stat.S_ISSOCK(os.stat(int(name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name))) as own:
                if own.getpeername()[:2] == peer:
                    yield own
