"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitebook.config.environment import django_database, read, url_without_password
from tests.refusals import refused

KEY = "k" * 50


def given(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"SITEBOOK_DATA_DIR": str(tmp_path), **more}


def test_nothing_set_is_fit_for_this_machine_alone(tmp_path: Path) -> None:
    env = read(given(tmp_path))
    assert env.allowed_hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert (env.tls, env.hsts_seconds, env.trusted_proxies, env.insecure, env.embedded) == (False, 0, 0, False, True)
    assert env.mail_backend.endswith("console.EmailBackend")


def test_the_secret_key_is_drawn_once_and_kept_for_the_owner_only(tmp_path: Path) -> None:
    first = read(given(tmp_path)).secret_key
    assert read(given(tmp_path)).secret_key == first
    assert len(first) > 80
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["secret-key"]


def test_a_given_secret_key_is_used_and_not_written_down(tmp_path: Path) -> None:
    assert read(given(tmp_path, SITEBOOK_SECRET_KEY=KEY)).secret_key == KEY
    assert not (tmp_path / "secret-key").exists()


def test_no_secret_is_shown_when_the_settings_are_printed(tmp_path: Path) -> None:
    url = "postgresql://sitebook_app:hidden-1@db/sitebook"
    owner = "postgresql://sitebook_owner:hidden-2@db/sitebook"
    mail = "smtp+starttls://me:hidden-3@mail.example"
    more = {"DATABASE_URL": url, "SITEBOOK_OWNER_URL": owner, "SITEBOOK_SMTP_URL": mail}
    shown = repr(read(given(tmp_path, SITEBOOK_SECRET_KEY="hidden-4" * 8, **more)))
    assert "hidden" not in shown


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("SITEBOOK_TLS", "perhaps", "SITEBOOK_TLS is 'perhaps': write 1 or 0."),
        ("SITEBOOK_HSTS_SECONDS", "-1", "SITEBOOK_HSTS_SECONDS is '-1'"),
        ("SITEBOOK_TRUSTED_PROXIES", "10.0.0.1", "SITEBOOK_TRUSTED_PROXIES is '10.0.0.1'"),
        ("SITEBOOK_SMTP_URL", "mail.example", "smtp+starttls://user:password@host:587"),
        ("SITEBOOK_SECRET_KEY", "short", "shorter than 40 characters"),
        ("DATABASE_URL", "postgresql://a@b/c", "SITEBOOK_OWNER_URL is missing"),
        ("SITEBOOK_OWNER_URL", "postgresql://a@b/c", "DATABASE_URL is missing"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_its_value(
    tmp_path: Path, setting: str, value: str, told: str
) -> None:
    with refused("bad_setting") as refusal:
        read(given(tmp_path, **{setting: value}))
    assert told in str(refusal.value)


def test_hosts_become_trusted_origins_once_tls_is_on(tmp_path: Path) -> None:
    hosts = {"SITEBOOK_ALLOWED_HOSTS": "sitebook.example, .sub.example"}
    assert read(given(tmp_path, **hosts)).trusted_origins == []
    assert read(given(tmp_path, **hosts, SITEBOOK_TLS="1")).trusted_origins == [
        "https://sitebook.example",
        "https://*.sub.example",
    ]


@pytest.mark.parametrize(
    ("url", "port", "starttls", "ssl"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp+starttls://u:p%40ss@mail.example", 587, True, False),
        ("smtps://u:p%40ss@mail.example:4650", 4650, False, True),
    ],
)
def test_mail_servers_are_told_apart_by_scheme(tmp_path: Path, url: str, port: int, starttls: bool, ssl: bool) -> None:
    env = read(given(tmp_path, SITEBOOK_SMTP_URL=url))
    assert (env.smtp_host, env.smtp_port, env.smtp_starttls, env.smtp_ssl) == ("mail.example", port, starttls, ssl)
    assert env.smtp_password in {"", "p@ss"}


def test_a_database_address_keeps_its_options_and_odd_characters() -> None:
    found = django_database("postgresql://sitebook_app:p%2Fw@db.example:6432/site%20book?sslmode=verify-full")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", "6432", "site book")
    assert (found["USER"], found["PASSWORD"], found["OPTIONS"]) == ("sitebook_app", "p/w", {"sslmode": "verify-full"})


def test_tls_asked_for_in_the_address_reaches_both_connections() -> None:
    from sitebook.config.settings import _database

    for pooled in (True, False):
        options = _database("postgresql://a@db.example/x?sslmode=verify-full", pooled=pooled)["OPTIONS"]
        assert options["sslmode"] == "verify-full"  # type: ignore[index]


def test_a_socket_folder_with_capitals_is_kept() -> None:
    assert django_database("postgresql://a@%2FHome%2FMe%2Frun/sitebook")["HOST"] == "/Home/Me/run"


def test_an_address_of_another_database_is_refused_without_its_password() -> None:
    with refused("bad_setting") as refusal:
        django_database("mysql://root:hidden@db/sitebook")
    assert "hidden" not in str(refusal.value)
    assert url_without_password("postgresql://a:hidden@db/x") == "postgresql://a:***@db/x"


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with refused("bad_setting", match="cannot be made"):
        read({"SITEBOOK_DATA_DIR": str(tmp_path / "file" / "data")})
