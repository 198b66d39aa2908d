"""Runs the web server and the worker, and looks after both and after PostgreSQL until told to end."""

from __future__ import annotations

import errno
import http.client
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sitebook.basics.refused import Refused
from sitebook.config.database import Server

_CHECK_SECONDS = 0.5
_READY_SECONDS = 60


def port_must_be_free(host: str, port: int) -> None:
    """Raises Refused (port_taken), before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Refused(
                    f"Port {port} of {host} is taken. Choose another: --port {port + 1}", code="port_taken"
                ) from error
            raise Refused(f"Cannot listen at {host}, port {port}: {error.strerror}.", code="port_taken") from error


def serve(server: Server, *, host: str, port: int, with_worker: bool) -> int:
    """Serve until SIGINT or SIGTERM. Returns 0 after an orderly end, 1 after a crash of the web server."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server as Granian

    # For the links in mails, which the worker sends: where this one is reached unless the settings say otherwise.
    reached = {"0.0.0.0": "localhost", "::": "localhost", "127.0.0.1": "localhost"}.get(host, host)  # noqa: S104
    os.environ["SITEBOOK_SERVED_AT"] = f"http://{f'[{reached}]' if ':' in reached else reached}:{port}"
    # Not fork: this process has threads.
    multiprocessing.set_start_method("spawn", force=True)
    web = Granian(
        "sitebook.server.gateway:application",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        websockets=False,
        log_level=LogLevels.error,
        process_name=None,
    )
    with _kept_up(server, with_worker=with_worker):
        threading.Thread(target=_tell_when_ready, args=(host, port), daemon=True).start()
        try:
            web.serve()
        except SystemExit as end:
            return int(end.code or 0)
    return 0


@contextmanager
def _kept_up(server: Server, *, with_worker: bool) -> Iterator[None]:
    """Revive PostgreSQL and the worker when they die."""
    ending = threading.Event()
    keeper = threading.Thread(target=_keep, args=(server, with_worker, ending), name="keeper")
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join()


def _keep(server: Server, with_worker: bool, ending: threading.Event) -> None:
    worker: subprocess.Popen[bytes] | None = None
    started = 0.0
    while not ending.wait(_CHECK_SECONDS):
        try:
            server.revive()
            if with_worker and (worker is None or worker.poll() is not None) and time.monotonic() - started > 5:
                started = time.monotonic()
                worker = _start_worker()
        except (Refused, OSError) as fault:  # such as a full disk: it is tried again until there is room
            _say(fault)
    if worker is not None:
        with suppress(OSError):
            worker.stdin.close()  # type: ignore[union-attr]
        try:
            worker.wait(timeout=20)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def _say(fault: Exception) -> None:
    """Into the log, unless that is what is full."""
    with suppress(OSError):
        print(f"sitebook: {fault}", file=sys.stderr, flush=True)  # noqa: T201


def _start_worker() -> subprocess.Popen[bytes]:
    # The worker ends when this pipe closes, which it does however this process ends.
    command = [sys.executable, "-m", "sitebook.server.cli", "worker", "--until-stdin-closes"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603


def _tell_when_ready(host: str, port: int) -> None:
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 — where we ask, not where we listen
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(asked, port, timeout=10)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            shown = f"[{asked}]" if ":" in asked else asked
            print(f"Sitebook is ready: http://{shown}:{port}/   (Ctrl-C ends it)", flush=True)  # noqa: T201
            return
        time.sleep(0.1)
