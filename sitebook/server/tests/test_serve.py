"""Serving: what is refused, what comes back, what is left behind."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from sitebook.config.environment import Environment, read
from sitebook.embedded.process import postmaster
from sitebook.server.deploy_checks import faults_of_settings, is_loopback
from sitebook.server.tests.conftest import Operator, eventually, free_port

HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 — it is refused


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    return read({"SITEBOOK_DATA_DIR": str(tmp_path)})


def test_a_fresh_folder_may_be_served_on_this_machine(env: Environment) -> None:
    assert faults_of_settings(env, host=HERE) == []
    assert is_loopback("::1")
    assert is_loopback("localhost")
    assert not is_loopback("sitebook.example")


@pytest.mark.parametrize(
    ("changed", "host", "told"),
    [
        ({}, EVERYWHERE, "passwords would travel in the clear"),
        ({"insecure": True, "allowed_hosts": ["*"]}, EVERYWHERE, "SITEBOOK_ALLOWED_HOSTS is *"),
        ({"tls": True, "trusted_proxies": 1, "allowed_hosts": ["*"]}, HERE, "SITEBOOK_ALLOWED_HOSTS is *"),
        ({"hsts_seconds": 60}, HERE, "SITEBOOK_HSTS_SECONDS is set without SITEBOOK_TLS=1"),
        ({"tls": True}, HERE, "SITEBOOK_TLS=1 without SITEBOOK_TRUSTED_PROXIES"),
        ({"smtp_host": "mail.example", "smtp_password": "x"}, HERE, "would send its password in the clear"),
    ],
)
def test_unsafe_settings_are_refused_each_by_name(
    env: Environment, changed: dict[str, object], host: str, told: str
) -> None:
    faults = faults_of_settings(replace(env, **changed), host=host)  # type: ignore[arg-type]
    assert len(faults) == 1
    assert told in faults[0]


@pytest.mark.parametrize(
    ("changed", "host"),
    [
        ({"insecure": True}, EVERYWHERE),
        ({"tls": True, "trusted_proxies": 1, "hsts_seconds": 60, "allowed_hosts": ["sitebook.example"]}, EVERYWHERE),
        ({"smtp_host": "localhost", "smtp_password": "x"}, HERE),
        ({"smtp_host": "mail.example", "smtp_password": "x", "smtp_starttls": True}, HERE),
    ],
)
def test_settings_that_were_thought_about_are_accepted(env: Environment, changed: dict[str, object], host: str) -> None:
    assert faults_of_settings(replace(env, **changed), host=host) == []  # type: ignore[arg-type]


def test_a_secret_key_that_others_can_read_is_refused(env: Environment) -> None:
    (env.data_dir / "secret-key").chmod(0o644)
    assert "chmod 600" in faults_of_settings(env, host=HERE)[0]


def test_debug_is_refused(env: Environment, settings: object) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]
    assert faults_of_settings(env, host=HERE) == ["DEBUG is on"]


def test_known_demo_passwords_are_refused_where_others_can_reach_them(settled: Operator) -> None:
    settled.env["SITEBOOK_INSECURE"] = "1"
    password = "sitebook-demo-viewer"
    settled.types(
        *("createuser", "--email", "viewer@demo.example", "--role", "viewer", "--all-customers"), stdin=password
    )
    told = settled.types("serve", "--host", EVERYWHERE, "--port", str(free_port()), expect=2)
    assert "everybody knows the demo's passwords (viewer@demo.example)" in told
    assert "viewer@demo.example" in settled.types("check", "--host", EVERYWHERE, expect=1)
    settled.asks("UPDATE users_user SET is_active = false WHERE email = 'viewer@demo.example' RETURNING 1")
    settled.types("check", "--host", EVERYWHERE)
    del settled.env["SITEBOOK_INSECURE"]


@pytest.mark.parametrize(
    ("grant", "back", "told"),
    [
        ("ALTER ROLE sitebook_app BYPASSRLS", "ALTER ROLE sitebook_app NOBYPASSRLS", "may bypass row security"),
        ("ALTER ROLE sitebook_app SUPERUSER", "ALTER ROLE sitebook_app NOSUPERUSER", "is a superuser"),
    ],
)
def test_a_log_in_role_with_too_many_rights_is_refused(settled: Operator, grant: str, back: str, told: str) -> None:
    try:
        settled.asks(grant)
        assert told in settled.types("serve", "--port", str(free_port()), expect=2)
    finally:
        settled.asks(back)


def test_it_serves_with_a_worker_and_ends_in_order(operator: Operator) -> None:
    with operator.serving() as served:
        eventually(lambda: _workers(operator) == 1, seconds=30)
        told = operator.types("serve", "--port", str(free_port()), expect=2)
        assert f"serves {operator.data_dir} already (process {served.process.pid}" in told
        assert (operator.data_dir / "static" / ".collected").exists()
        told = operator.types("stop")
        assert f"Stopped serving (process {served.process.pid})" in told
        assert "PostgreSQL is stopped" in told
        served.process.wait(timeout=30)
    assert served.process.returncode == 0
    assert not operator.server_runs()


def test_it_survives_the_death_of_postgresql_and_dies_without_leftovers(ready: Operator) -> None:
    with ready.serving("--no-worker") as served:
        pid = postmaster(ready.cluster.location)
        assert pid
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: served.status() == 200 and postmaster(ready.cluster.location) not in {None, pid}, seconds=30)
        served.process.kill()
        served.process.wait()
        eventually(lambda: served.status() == 0, seconds=10)
        eventually(lambda: not ready.server_runs(), seconds=30)
        with ready.serving("--no-worker") as again:
            assert again.status() == 200


def test_a_taken_port_is_named(settled: Operator) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"Port {port} of 127.0.0.1 is taken" in settled.types("serve", "--port", str(port), expect=2)


def _workers(operator: Operator) -> int:
    return int(str(operator.asks("SELECT count(*) FROM procrastinate_workers")[0][0]))
