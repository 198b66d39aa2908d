"""Django's answer, taken from its thread whole and sent without it: what is large lies in a file meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sitebook.files.storage import uploads

IN_MEMORY = 1024**2
HAND_OVER = 60  # seconds: by then the web server has opened a file it was told to send


@dataclass
class Answer:
    """``file``: what to send instead of ``content``; ``passing``: it goes once it is being sent."""

    status: int = 500
    headers: list[tuple[str, str]] = field(default_factory=list)
    content: bytes = b""
    file: Path | None = None
    passing: bool = False


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


def collect(django: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> Answer:
    """Run the request to its end, in this thread: afterwards it holds no connection."""
    answer = Answer()

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        answer.status = int(status.partition(" ")[0])
        answer.headers = [(name.lower(), str(value)) for name, value in headers]

    result = django(environ, start)
    try:
        if isinstance(result, File) and result.path is not None:
            answer.file = result.path
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


async def send(answer: Answer, proto: Any) -> None:
    """Give it to the web server, which sends it as fast as its reader takes it."""
    if answer.file is not None:
        proto.response_file(answer.status, answer.headers, str(answer.file))
        if answer.passing:
            asyncio.get_running_loop().call_later(HAND_OVER, _gone, answer.file)
    elif answer.content:
        proto.response_bytes(answer.status, answer.headers, answer.content)
    else:
        proto.response_empty(answer.status, answer.headers)


def _gone(file: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        file.unlink()
