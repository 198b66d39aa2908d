"""A Sitebook of its own for the drills: set up, served, signed in to, killed, taken down."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from sitebook.embedded.cluster import Cluster
from sitebook.embedded.process import postmaster

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "a pass-phrase for drills"
EMAIL = "maker@drill.example"


class Failed(Exception):
    """A drill that did not hold what Sitebook promises."""


@dataclass
class House:
    """One data folder and the processes on it."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="sitebook-drill.")))
    port: int = field(default_factory=lambda: _free_port())
    serving: subprocess.Popen[bytes] | None = None
    more_environment: dict[str, str] = field(default_factory=dict)

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.folder, "sitebook")

    @property
    def log(self) -> Path:
        return Path(f"{self.folder}.log")

    def command(self, *words: str, stdin: str = "") -> str:
        """The output of one command. Raises Failed."""
        return self._ran(words, stdin).stdout

    def told(self, *words: str) -> str:
        """What one command says beside its output. Raises Failed."""
        return self._ran(words, "").stderr

    def line(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "sitebook.server.cli", *words]

    def _ran(self, words: tuple[str, ...], stdin: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.line(*words),
            env=self.environment,
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode:
            raise Failed(f"sitebook {words[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return done

    def set_up(self) -> None:
        """A firm, and a user who sees only what he made: each customer he makes is written with its grant."""
        self.command(
            *("init", "--firm", "Drill", "--country", "GB", "--time-zone", "Europe/London", "--currency", "GBP"),
            *("--name", "Ada", "--email", "ada@drill.example"),
            stdin=PASSWORD,
        )
        self.command("createuser", "--email", EMAIL, "--role", "office", "--all-customers", stdin=PASSWORD)
        with self.cluster.running():
            self.rows("UPDATE users_user SET all_customers = false WHERE email = %s", EMAIL)

    def start(self) -> float:
        """Serve; returns the seconds until it answered."""
        began = time.monotonic()
        command = self.line("serve", "--port", str(self.port))
        with self.log.open("ab") as log:
            self.serving = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self.wait_until_healthy()
        return time.monotonic() - began

    def wait_until_healthy(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while self.healthy() != 200:
            if time.monotonic() > deadline:
                raise Failed(f"Sitebook did not come back within {seconds:.0f} seconds; its log is {self.log}")
            time.sleep(0.05)

    def healthy(self) -> int:
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        return 0

    def kill_server(self) -> None:
        """kill -9 of every process of serve, all at once."""
        assert self.serving
        for pid in [*_children(self.serving.pid), self.serving.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.serving.wait()

    def kill_postgresql(self) -> None:
        pid = postmaster(self.cluster.location)
        if pid is None:
            raise Failed("PostgreSQL was not running")
        os.kill(pid, signal.SIGKILL)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.cluster.url("postgres", "sitebook")) as connection:
            cursor = connection.execute(statement, values)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def sign_in(self, email: str = EMAIL) -> Session:
        """Raises Failed when the password is not taken."""
        session = Session(self.port)
        session.get("/account/login/")
        status, _ = session.post("/account/login/", {"login": email, "password": PASSWORD})
        if status not in (302, 303) or "sessionid" not in session.cookies:
            raise Failed(f"signing in answered {status}")
        # Signing in makes the form's token before it void.
        session.get("/customers/new/")
        return session

    def end(self) -> None:
        if self.serving and self.serving.poll() is None:
            self.serving.send_signal(signal.SIGTERM)
            self.serving.wait(timeout=60)

    def take_down(self) -> None:
        """Nothing stays behind."""
        self.end()
        deadline = time.monotonic() + 60
        while not self.cluster.stop() and time.monotonic() < deadline:
            time.sleep(0.1)
        if self.cluster.location.account is not None:
            shutil.rmtree(self.cluster.location.base, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SITEBOOK_", "DATABASE_URL", "DJANGO_"))}
        return kept | {"SITEBOOK_DATA_DIR": str(self.folder), "PYTHONPATH": str(ROOT)} | self.more_environment


@dataclass
class Session:
    """A browser without a screen."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path, "")

    def post(self, path: str, values: dict[str, str]) -> tuple[int, str]:
        """Status and, for a redirect, where to; else the page."""
        return self._ask("POST", path, urlencode(values | {"csrfmiddlewaretoken": self.token}))

    def send(self, path: str, name: str, content: bytes) -> int:
        """One file, as the page's own script sends it. Returns the status."""
        start = (
            f'--drill\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{self.token}\r\n'
            f'--drill\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        )
        body = start.encode() + content + b"\r\n--drill--\r\n"
        headers = {"Content-Type": "multipart/form-data; boundary=drill", "HX-Request": "true"}
        return self._ask("POST", path, body, headers)[0]

    def _ask(self, method: str, path: str, body: str | bytes, more: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers |= more or {}
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            page = answer.read().decode(errors="replace")
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page):
            self.token = found[1]
        return answer.status, answer.headers.get("Location") or page


def _children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return [child for child, parent in pairs if parent == pid]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
