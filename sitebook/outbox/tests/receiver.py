"""Somebody who listens, well or badly."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[Any], None]


@dataclass
class Receiver:
    """``heard``: headers and body of each request. ``sent``: bytes of answers that went out piece by piece."""

    url: str
    sent: int = 0
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def listening(answer: Answer) -> Iterator[Receiver]:
    receiver = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            receiver.heard.append((dict(self.headers.items()), body))
            answer(self)

        def piece(self, content: bytes) -> None:
            self.wfile.write(content)
            self.wfile.flush()
            receiver.sent += len(content)

        def log_message(self, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook?x=1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def saying(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: Any) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def after(seconds: float) -> Answer:
    def answer(handler: Any) -> None:
        time.sleep(seconds)
        saying(200)(handler)

    return answer


def once(allowed: threading.Event) -> Answer:
    """No answer before the event."""

    def answer(handler: Any) -> None:
        allowed.wait(60)
        saying(200)(handler)

    return answer


def a_letter_at_a_time(handler: Any) -> None:
    for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 500:
        try:
            handler.piece(bytes([letter]))
        except OSError:
            return
        time.sleep(0.2)


def hanging_up(handler: Any) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def without_end(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**12))
    handler.end_headers()
    try:
        while True:
            handler.piece(b"x" * 65536)
    except OSError:
        return
