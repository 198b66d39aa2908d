"""What is sent while it is written: at once, whole or visibly broken, without a thread that waits for its reader."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = """
import os, time
from pathlib import Path
from sitebook.server import gateway

FOLDER = Path(os.environ["STREAMS"])


class Parts:
    streaming = True

    def __init__(self, path):
        self.path = path

    def __iter__(self):
        if self.path == "/none":
            raise ValueError("before the first byte")
        yield b"first"
        if self.path == "/waits":
            while not (FOLDER / "go-on").exists():
                time.sleep(0.02)
        for number in range(100):
            if self.path == "/breaks" and number == 50:
                raise ValueError("in the middle")
            yield b"x" * 100_000
        (FOLDER / "written").touch()

    def close(self):
        (FOLDER / ("closed" + self.path.replace("/", "-"))).touch()


def django(environ, start):
    start("200 OK", [("Content-Type", "text/csv")])
    return Parts(environ["PATH_INFO"])


gateway.django = django
application = gateway.application
"""
WHOLE = 5 + 100 * 100_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("streams")


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    (folder / "streams.py").write_text(PROGRAM)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--port", str(number), "streams:application"]
    server = subprocess.Popen(
        command, cwd=folder, env=os.environ | {"STREAMS": str(folder), "PYTHONPATH": f"{folder}:{Path.cwd()}"}
    )
    try:
        wait_until(lambda: answers(number))
        yield number
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_until(there: object, patience: float = 90) -> None:
    until = time.monotonic() + patience
    while not there():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.05)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def asked(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    return connection.getresponse()


def test_it_comes_whole(port: int) -> None:
    response = asked(port, "/whole")
    assert response.status == 200
    assert len(response.read()) == WHOLE


def test_the_first_byte_comes_before_the_last_is_written(port: int, folder: Path) -> None:
    response = asked(port, "/waits")
    assert response.read(5) == b"first"
    (folder / "go-on").touch()
    assert len(response.read()) == WHOLE - 5


def test_what_breaks_in_the_middle_looks_broken(port: int, folder: Path) -> None:
    response = asked(port, "/breaks")
    assert response.status == 200
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()
    wait_until(lambda: (folder / "closed-breaks").exists())
    assert len(asked(port, "/whole").read()) == WHOLE  # and nobody else notices


def test_what_fails_before_the_first_byte_is_an_error(port: int) -> None:
    assert asked(port, "/none").status == 500


def test_a_slow_reader_keeps_no_thread(port: int, folder: Path) -> None:
    """It is written to its end while nobody reads."""
    (folder / "written").unlink(missing_ok=True)
    response = asked(port, "/slow")
    wait_until(lambda: (folder / "written").exists() and (folder / "closed-slow").exists())
    assert len(response.read()) == WHOLE
