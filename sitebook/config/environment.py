"""What the environment says, read once and typed. ``docs/settings.md`` lists every variable."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

DATABASE = "sitebook"


class BadSetting(Exception):
    """A variable that cannot be used; the message names it, its value and what to write."""


@dataclass(frozen=True)
class Environment:
    """hsts_seconds: 0 means off. trusted_proxies: how many proxies in front add a forwarding header."""

    data_dir: Path
    secret_key: str
    database_url: str
    owner_url: str
    embedded: bool
    allowed_hosts: list[str]
    trusted_origins: list[str]
    trusted_proxies: int
    tls: bool
    hsts_seconds: int
    mail_backend: str
    mail_from: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_starttls: bool
    smtp_ssl: bool


def data_dir() -> Path:
    """Where everything lives: SITEBOOK_DATA_DIR, else ./var of a checkout, else the user's data folder."""
    if chosen := os.environ.get("SITEBOOK_DATA_DIR"):
        return Path(chosen).expanduser().resolve()
    checkout = Path(__file__).resolve().parent.parent.parent
    if (checkout / "pyproject.toml").exists() and (checkout / "uv.lock").exists():
        return checkout / "var"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Sitebook"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "sitebook"


def server_home(data: Path) -> Path:
    """Where PostgreSQL keeps its files: beside the data, or, as root, where its own user can reach them."""
    if os.geteuid() == 0:
        return Path("/var/lib/sitebook") / hashlib.sha256(str(data).encode()).hexdigest()[:16]
    return data / "postgres"


def socket_folder(data: Path) -> Path:
    """The Unix socket's folder; a short one of our own where the path would exceed the system's limit."""
    folder = server_home(data) / "run"
    if len(str(folder)) <= 80:
        return folder
    short = hashlib.sha256(str(data).encode()).hexdigest()[:16]
    return Path("/tmp") / f"sitebook-{os.geteuid()}-{short}"  # noqa: S108 - made 0700 and checked by the server


def socket_url(data: Path, user: str, database: str = DATABASE) -> str:
    """A URL of the embedded server. The folder is 0700: whoever can open it may log in."""
    return f"postgresql://{user}@/{database}?host={socket_folder(data)}"


def read() -> Environment:
    """The whole environment. Raises BadSetting for a value that cannot be used."""
    data = data_dir()
    database_url, owner_url, embedded = _database_urls(data)
    smtp = urlsplit(os.environ.get("SITEBOOK_SMTP_URL", ""))
    if smtp.scheme not in ("", "smtp", "smtp+starttls", "smtps"):
        raise BadSetting(
            f"SITEBOOK_SMTP_URL begins with “{smtp.scheme}”. Write smtp://, smtp+starttls:// or smtps://user:password@host:port"
        )
    hosts = _list("SITEBOOK_ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
    tls = _flag("SITEBOOK_TLS")
    return Environment(
        data_dir=data,
        secret_key=os.environ.get("SITEBOOK_SECRET_KEY") or _kept_secret(data),
        database_url=database_url,
        owner_url=owner_url,
        embedded=embedded,
        allowed_hosts=hosts,
        trusted_origins=[f"https://{host.lstrip('.')}" for host in hosts if host != "*"] if tls else [],
        trusted_proxies=_number("SITEBOOK_TRUSTED_PROXIES"),
        tls=tls,
        hsts_seconds=_number("SITEBOOK_HSTS_SECONDS"),
        mail_backend="django.core.mail.backends.smtp.EmailBackend"
        if smtp.hostname
        else "django.core.mail.backends.console.EmailBackend",
        mail_from=os.environ.get("SITEBOOK_MAIL_FROM", "Sitebook <sitebook@localhost>"),
        smtp_host=smtp.hostname or "",
        smtp_port=smtp.port or (465 if smtp.scheme == "smtps" else 587),
        smtp_user=unquote(smtp.username or ""),
        smtp_password=unquote(smtp.password or ""),
        smtp_starttls=smtp.scheme == "smtp+starttls",
        smtp_ssl=smtp.scheme == "smtps",
    )


def django_database(url: str) -> dict[str, object]:
    """A libpq URL as one of Django's DATABASES; what stands behind ``?`` becomes a connection option."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def _database_urls(data: Path) -> tuple[str, str, bool]:
    url, owner = os.environ.get("DATABASE_URL", ""), os.environ.get("SITEBOOK_OWNER_URL", "")
    if bool(url) != bool(owner):
        given, missing = ("DATABASE_URL", "SITEBOOK_OWNER_URL") if url else ("SITEBOOK_OWNER_URL", "DATABASE_URL")
        raise BadSetting(f"{given} is set but {missing} is not. Set both, or neither for Sitebook's own PostgreSQL.")
    if url:
        for name, value in (("DATABASE_URL", url), ("SITEBOOK_OWNER_URL", owner)):
            if urlsplit(value).scheme not in ("postgresql", "postgres"):
                raise BadSetting(f"{name} is not a postgresql:// address. Sitebook needs PostgreSQL 18.")
        return url, owner, False
    database = os.environ.get("SITEBOOK_DATABASE", DATABASE)
    return (
        socket_url(data, f"{database}_app", database),
        socket_url(data, f"{database}_owner", database),
        True,
    )


def _kept_secret(data: Path) -> str:
    path = data / "secret-key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"secret-key.{os.getpid()}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):  # the first of two processes wins, the other reads what it wrote
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()


def _flag(name: str) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in ("", "0", "no", "off", "false"):
        return False
    if value in ("1", "yes", "on", "true"):
        return True
    raise BadSetting(f"{name} is “{value}”. Write 1 or 0.")


def _number(name: str) -> int:
    value = os.environ.get(name, "").strip() or "0"
    if not value.isdecimal():
        raise BadSetting(f"{name} is “{value}”. Write a whole number, 0 or more.")
    return int(value)


def _list(name: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]
