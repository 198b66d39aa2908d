"""Our own PostgreSQL: shared, stopped by the last, back after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from sitebook.basics.refused import Refused
from sitebook.embedded import location
from sitebook.embedded.cluster import Cluster
from sitebook.embedded.location import location_of
from sitebook.embedded.process import postmaster
from sitebook.server.tests.conftest import ROOT, Operator, eventually
from tests.refusals import refused

USER = """
import sys, pathlib
from sitebook.embedded.cluster import Cluster
with Cluster(pathlib.Path(sys.argv[1]), "sitebook").running() as cluster:
    print("in", flush=True)
    sys.stdin.readline()
"""


def another_process(data_dir: Path) -> subprocess.Popen[str]:
    """A process that uses the server until it gets a line."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", USER, str(data_dir)]
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT)


def is_in(process: subprocess.Popen[str]) -> bool:
    assert process.stdout
    return process.stdout.readline() == "in\n"


def answers(cluster: Cluster) -> bool:
    try:
        with psycopg.connect(cluster.app_url, connect_timeout=5) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def server_of(cluster: Cluster) -> int:
    pid = postmaster(cluster.location)
    assert pid is not None
    return pid


def test_it_is_made_as_wanted_and_stops_with_its_last_user(operator: Operator) -> None:
    cluster = operator.cluster
    with cluster.running():
        assert answers(cluster)
        with psycopg.connect(cluster.superuser_url) as connection:
            settings = [
                "listen_addresses",
                "shared_buffers",
                "max_connections",
                "jit",
                "fsync",
                "unix_socket_permissions",
            ]
            shown = [connection.execute(f"SHOW {name}").fetchone() for name in settings]  # type: ignore[call-overload]
            provider = connection.execute("SELECT datlocprovider, datlocale FROM pg_database").fetchone()
        assert [row[0] for row in shown if row] == ["", "256MB", "60", "off", "on", "0700"]
        assert provider == ("b", "C.UTF-8")
        assert cluster.location.socket.stat().st_mode & 0o777 == 0o700
        with cluster.running():
            pass
        assert answers(cluster), "an inner use must not stop it"
    assert not answers(cluster)
    assert postmaster(cluster.location) is None
    assert cluster.bin("pg_dump").exists()


def test_two_that_start_at_once_share_one_server(operator: Operator) -> None:
    first, second = another_process(operator.data_dir), another_process(operator.data_dir)
    assert is_in(first)
    assert is_in(second)
    first.communicate("\n")
    assert answers(operator.cluster), "one is still in"
    second.communicate("\n")
    assert not operator.server_runs()


def test_a_killed_user_does_not_keep_it_and_does_not_take_it_from_the_living(operator: Operator) -> None:
    living, killed = another_process(operator.data_dir), another_process(operator.data_dir)
    assert is_in(living)
    assert is_in(killed)
    killed.kill()
    killed.wait()
    time.sleep(0.5)
    assert answers(operator.cluster)
    living.kill()
    living.wait()
    eventually(lambda: not operator.server_runs(), seconds=20)


def test_it_comes_back_with_everything_committed_after_it_was_killed(operator: Operator) -> None:
    cluster = operator.cluster
    with cluster.running():
        for number in range(5):
            with psycopg.connect(cluster.owner_url) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
                connection.execute("INSERT INTO kept VALUES (%s)", [number])
            os.kill(server_of(cluster), signal.SIGKILL)
            cluster.ensure()
            with psycopg.connect(cluster.owner_url) as connection:
                assert connection.execute("SELECT count(*) FROM kept").fetchone() == (number + 1,)


def test_a_process_number_used_again_fools_nobody(operator: Operator) -> None:
    """As after a restart of the machine: the file names a live process that is no server of ours."""
    cluster = operator.cluster
    with cluster.running():
        pass
    for pid in (os.getpid(), 2**22 - 1):
        (cluster.location.data / "postmaster.pid").write_text(
            f"{pid}\n{cluster.location.data}\n1\n5432\n/nowhere\n\n\n"
        )
        with cluster.running():
            assert answers(cluster)


def test_data_of_another_major_version_are_refused_and_left_alone(operator: Operator) -> None:
    cluster = operator.cluster
    with cluster.running():
        pass
    version = cluster.location.data / "PG_VERSION"
    version.write_text("17\n")
    told = operator.types("migrate", expect=2)
    assert "were made by PostgreSQL 17; this Sitebook brings PostgreSQL 18. Nothing was changed." in told
    assert version.read_text() == "17\n"
    version.write_text("18\n")
    with cluster.running():
        assert answers(cluster)


def test_an_interrupted_beginning_is_begun_again(operator: Operator) -> None:
    cluster = operator.cluster
    with cluster.running():
        pass
    cluster.location.data.rename(cluster.location.base / "data.new")
    (cluster.location.base / "data.new" / "PG_VERSION").unlink()
    with cluster.running():
        assert answers(cluster)
    assert not (cluster.location.base / "data.new").exists()


def test_programs_of_another_major_version_are_refused(operator: Operator, tmp_path: Path) -> None:
    old = tmp_path / "bin"
    old.mkdir()
    (old / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 16.4 (Debian 16.4-1)'\n")
    (old / "postgres").chmod(0o755)
    operator.env["SITEBOOK_POSTGRES_BIN"] = str(old)
    assert "Sitebook needs PostgreSQL 18" in operator.types("migrate", expect=2)


def test_a_long_path_gets_a_short_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    location = location_of(tmp_path / ("long" * 30))
    assert str(location.socket).startswith("/tmp/sitebook-")  # noqa: S108 — 0700 and checked
    assert len(str(location.socket / ".s.PGSQL.5432")) <= 103


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    from sitebook.embedded.location import _own_folder

    (tmp_path / "run").mkdir(mode=0o777)
    (tmp_path / "run").chmod(0o777)
    with refused("postgres_unavailable", match="not yours alone"):
        _own_folder(tmp_path / "run")
    (tmp_path / "link").symlink_to(tmp_path / "run")
    with pytest.raises((Refused, FileExistsError)):
        _own_folder(tmp_path / "link")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's data go elsewhere")
def test_for_root_another_user_runs_it_and_cannot_change_its_programs(operator: Operator) -> None:
    cluster = operator.cluster
    told = operator.types("migrate")
    assert f"runs as the system user sitebook-pg, with data, socket and programs in {cluster.location.base}" in told
    with cluster.running():
        status = Path(f"/proc/{server_of(cluster)}/status").read_text()
        uid = int(status.partition("Uid:")[2].split()[0])
    assert uid == cluster.location.data.stat().st_uid != 0
    assert cluster.location.base.stat().st_mode & 0o777 == 0o700
    programs = list(cluster.location.base.glob("programs-*/**/bin/postgres"))
    assert [p.stat().st_uid for p in programs] == [0]
    assert not programs[0].stat().st_mode & 0o022


def test_the_system_user_is_made_once_however_many_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that started at once on a new machine made it twice, with two numbers, and one of them could not go on."""
    made: list[location.Account] = []

    def add() -> str:
        time.sleep(0.2)  # as useradd takes a while: without the lock all four would be in here
        made.append(location.Account("sitebook-pg", 990 + len(made), 990))
        return ""

    monkeypatch.setattr(location, "SYSTEM_ROOT", tmp_path)
    monkeypatch.setattr(location, "_known_account", lambda: made[-1] if made else None)
    monkeypatch.setattr(location, "_add_system_user", add)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: location._system_account(), range(4)))
    assert len(made) == 1
    assert found == made * 4
