"""Sitebook as its operator meets it: a data folder of its own, and commands in processes of their own."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from sitebook.embedded.cluster import Cluster
from sitebook.embedded.process import postmaster

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Operator:
    """Types commands for one data folder."""

    data_dir: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.data_dir, "sitebook")

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SITEBOOK_", "DATABASE_URL", "DJANGO_"))}
        return kept | {"SITEBOOK_DATA_DIR": str(self.data_dir), "PYTHONPATH": str(ROOT)} | self.env

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "sitebook.server.cli", *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, env=self.environment, cwd=self.data_dir, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )

    def types(self, *words: str, stdin: str = "", expect: int = 0) -> str:
        """Both outputs of a command that ends with this exit code."""
        process = self.start(*words)
        out, err = process.communicate(stdin, timeout=600)
        assert process.returncode == expect, out + err
        assert "Traceback" not in err
        return out + err

    @contextmanager
    def serving(self, *words: str) -> Iterator[Serving]:
        port = free_port()
        process = self.start("serve", "--port", str(port), *words)
        served = Serving(process, port)
        try:
            served.wait_until_ready()
            yield served
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=30)
            process.kill()

    def asks(self, statement: str) -> list[tuple[object, ...]]:
        """Rows, if there are any, as the database's superuser."""
        with psycopg.connect(self.cluster.url("postgres", "sitebook")) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def server_runs(self) -> bool:
        return postmaster(self.cluster.location) is not None


@dataclass
class Serving:
    """A running serve."""

    process: subprocess.Popen[str]
    port: int

    def wait_until_ready(self) -> None:
        eventually(lambda: self.status() == 200 or self.process.poll() is not None, seconds=60)
        if self.process.poll() is not None:
            pytest.fail("".join(map(str, self.process.communicate())))

    def status(self) -> int:
        """Of /healthz; 0 when nothing answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    someone = Operator(tmp_path / "data")
    someone.data_dir.mkdir()
    yield someone
    clear_away(someone)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """A migrated data folder whose server stands still: it is copied, since making one takes many times as long."""
    someone = Operator(tmp_path_factory.mktemp("migrated"))
    someone.types("migrate")
    eventually(lambda: not someone.server_runs(), seconds=30)
    yield someone
    clear_away(someone)


def copied(original: Operator, data_dir: Path) -> Operator:
    """A data folder like this one, with its cluster, under a secret key of its own."""
    someone = Operator(data_dir)
    _copy(original.data_dir, data_dir)
    (data_dir / "secret-key").write_text(secrets.token_urlsafe(64))
    if someone.cluster.location.account is not None:
        _copy(original.cluster.location.base, someone.cluster.location.base)
    return someone


def _copy(folder: Path, target: Path) -> None:
    """With owners and rights; programs, which nothing changes, by a further name."""
    target.mkdir(exist_ok=True)
    for each in folder.iterdir():
        if each.name.startswith("programs-"):
            shutil.copytree(each, target / each.name, copy_function=os.link, symlinks=True)
        else:
            subprocess.run(["cp", "-a", str(each), str(target)], check=True)
    shutil.copystat(folder, target)
    os.chown(target, folder.stat().st_uid, folder.stat().st_gid)


@pytest.fixture(scope="module")
def settled(migrated: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """A migrated data folder whose server is kept up, for tests that leave it as they find it."""
    someone = copied(migrated, tmp_path_factory.mktemp("settled"))
    with someone.cluster.running():
        yield someone
    clear_away(someone)


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Operator]:
    """A second, empty data folder."""
    someone = Operator(tmp_path / "another")
    someone.data_dir.mkdir()
    yield someone
    clear_away(someone)


@pytest.fixture
def ready(migrated: Operator, tmp_path: Path) -> Iterator[Operator]:
    """A further data folder, migrated and without rows."""
    someone = copied(migrated, tmp_path / "ready")
    yield someone
    clear_away(someone)


def clear_away(someone: Operator) -> None:
    """Root's clusters are outside the temporary folder."""
    eventually(lambda: someone.cluster.stop() or not someone.server_runs(), seconds=30)
    if someone.cluster.location.account is not None:
        shutil.rmtree(someone.cluster.location.base, ignore_errors=True)


def eventually(holds: Callable[[], object], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
