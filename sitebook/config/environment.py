"""Reads every setting from the environment, once and typed. Each is described in ``docs/settings.md``."""

from __future__ import annotations

import os
import re
import secrets
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sitebook.basics.email_addresses import domain_form
from sitebook.basics.refused import Refused

_TRUE, _FALSE = {"1", "yes", "true", "on"}, {"", "0", "no", "false", "off"}
_SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class SingleSignOn:
    """The OpenID Connect provider people may sign in with. ``name``: what its button says. ``domains``: the only ones
    of email addresses that it may vouch for; none: any."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    domains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Environment:
    """What the environment says; passwords are kept out of its ``repr``."""

    data_dir: Path
    database_url: str = field(repr=False)
    owner_url: str = field(repr=False)
    embedded: bool
    secret_key: str = field(repr=False)
    allowed_hosts: list[str]
    trusted_origins: list[str]
    public_url: str
    trusted_proxies: int
    tls: bool
    hsts_seconds: int
    insecure: bool
    mail_backend: str
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str = field(repr=False)
    smtp_starttls: bool
    smtp_ssl: bool
    mail_from: str
    history_head_to: str
    max_upload_mb: int
    single_sign_on: SingleSignOn | None
    api_rate: int
    webhooks_private: bool
    tiles_url: str = ""
    tiles_credit: str = ""

    @property
    def tiles_from(self) -> list[str]:
        """Where the pictures of streets come from; nowhere where no server is named."""
        parts = urlsplit(self.tiles_url)
        return [f"{parts.scheme}://{parts.netloc}"] if self.tiles_url else []


def read(given: Mapping[str, str] | None = None) -> Environment:
    """The settings. ``given``: variables to read instead of the process's own (tests).

    Makes the data folder and the secret key when they are missing. Raises Refused (bad_setting).
    """
    env = os.environ if given is None else given
    folder = data_dir(env)
    database_url, owner_url = database_urls(env)
    hosts = _list(env, "SITEBOOK_ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
    tls = _flag(env, "SITEBOOK_TLS")
    mail = _smtp(env.get("SITEBOOK_SMTP_URL", ""))
    return Environment(
        data_dir=folder,
        database_url=database_url,
        owner_url=owner_url,
        embedded="DATABASE_URL" not in env,
        secret_key=secret_key(env),
        allowed_hosts=hosts,
        trusted_origins=[f"https://*{h}" if h[0] == "." else f"https://{h}" for h in hosts if tls and h != "*"],
        public_url=_public_url(env, hosts, tls=tls),
        trusted_proxies=_number(env, "SITEBOOK_TRUSTED_PROXIES"),
        tls=tls,
        hsts_seconds=_number(env, "SITEBOOK_HSTS_SECONDS"),
        insecure=_flag(env, "SITEBOOK_INSECURE"),
        mail_from=env.get("SITEBOOK_MAIL_FROM") or "Sitebook <sitebook@localhost>",
        history_head_to=_address(env, "SITEBOOK_HISTORY_HEAD_TO"),
        max_upload_mb=_number(env, "SITEBOOK_MAX_UPLOAD_MB") or 25,
        single_sign_on=_single_sign_on(env),
        api_rate=_number(env, "SITEBOOK_API_RATE") or 600,
        webhooks_private=_flag(env, "SITEBOOK_WEBHOOKS_PRIVATE"),
        tiles_url=_tiles(env.get("SITEBOOK_TILES_URL", "")),
        tiles_credit=env.get("SITEBOOK_TILES_CREDIT", ""),
        **mail,
    )


def data_dir(env: Mapping[str, str] | None = None) -> Path:
    """The folder of everything Sitebook keeps, absolute; made, for its owner only, when missing."""
    env = os.environ if env is None else env
    folder = Path(env.get("SITEBOOK_DATA_DIR") or _default_data_dir(env)).expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"The data folder {folder} cannot be made: {error.strerror}. Set SITEBOOK_DATA_DIR to a folder you own.",
            code="bad_setting",
        ) from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise Refused(
            f"The data folder {folder} cannot be written by this user. "
            "Run Sitebook as its owner, or set SITEBOOK_DATA_DIR to a folder you own.",
            code="bad_setting",
        )
    return folder


def _default_data_dir(env: Mapping[str, str]) -> Path:
    checkout = Path(__file__).resolve().parents[2]
    project = checkout / "pyproject.toml"
    if project.is_file() and tomllib.loads(project.read_text()).get("project", {}).get("name") == "sitebook":
        return checkout / "var"
    if sys.platform == "darwin":
        return Path("~/Library/Application Support/sitebook")
    return Path(env.get("XDG_DATA_HOME") or "~/.local/share") / "sitebook"


def secret_key(env: Mapping[str, str] | None = None) -> str:
    """SITEBOOK_SECRET_KEY, or the one kept in the data folder, drawn the first time."""
    env = os.environ if env is None else env
    if given := env.get("SITEBOOK_SECRET_KEY", ""):
        if len(given) < 40:
            raise Refused(
                "SITEBOOK_SECRET_KEY is shorter than 40 characters: draw a longer one, or leave it out.",
                code="bad_setting",
            )
        return given
    file = data_dir(env) / "secret-key"
    if not file.exists():
        draft = file.with_name(f"secret-key.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(64))
        try:
            # A link, not a rename: of two processes drawing at once the first one's key stays.
            os.link(draft, file)
        except FileExistsError:
            return file.read_text().strip()
        finally:
            draft.unlink(missing_ok=True)
    return file.read_text().strip()


def database_urls(env: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Where the log-in role and the owner connect: given together, or those of the embedded server."""
    env = os.environ if env is None else env
    app, owner = env.get("DATABASE_URL", ""), env.get("SITEBOOK_OWNER_URL", "")
    if bool(app) != bool(owner):
        missing = "SITEBOOK_OWNER_URL" if app else "DATABASE_URL"
        raise Refused(
            f"{missing} is missing. Set both: DATABASE_URL logs in as <database>_app, "
            "SITEBOOK_OWNER_URL as <database>_owner; or neither, for Sitebook's own PostgreSQL.",
            code="bad_setting",
        )
    if app:
        return app, owner
    from sitebook.embedded.cluster import embedded  # it asks this module for the data folder

    cluster = embedded(data_dir(env))
    return cluster.app_url, cluster.owner_url


def django_database(url: str) -> dict[str, Any]:
    """A libpq address as an entry of Django's DATABASES; its parameters (sslmode …) become OPTIONS."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or len(parts.path) < 2:
        raise Refused(
            f"The database address {url_without_password(url)!r} is not of the form postgresql://role@host/database.",
            code="bad_setting",
        )
    host = parts.netloc.rpartition("@")[2]
    host, _, port = host.rpartition(":") if host.rpartition(":")[2].isdigit() else (host, "", "")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host.strip("[]")) or options.pop("host", ""),
        "PORT": port or options.pop("port", ""),
        "OPTIONS": options,
    }


def url_without_password(url: str) -> str:
    """Fit for messages."""
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":***@") if parts.password else url


def _single_sign_on(env: Mapping[str, str]) -> SingleSignOn | None:
    names = ["SITEBOOK_OIDC_ISSUER", "SITEBOOK_OIDC_CLIENT_ID", "SITEBOOK_OIDC_CLIENT_SECRET"]
    issuer, client_id, client_secret = (env.get(name, "").strip() for name in names)
    if not (issuer or client_id or client_secret):
        return None
    if missing := [name for name in names if not env.get(name, "").strip()]:
        raise Refused(
            f"{' and '.join(missing)} is missing: set all of {', '.join(names)}, or none.", code="bad_setting"
        )
    parts = urlsplit(issuer)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)) or len(issuer) > 200:
        raise Refused(
            f"SITEBOOK_OIDC_ISSUER is {issuer!r}: write the provider's address as it names itself, beginning with "
            "https:// and without /.well-known/openid-configuration.",
            code="bad_setting",
        )
    given = _list(env, "SITEBOOK_OIDC_DOMAINS")
    domains = tuple(domain_form(each.removeprefix("@")) for each in given)
    if "" in domains:
        wrong = given[domains.index("")]
        raise Refused(
            f"SITEBOOK_OIDC_DOMAINS names {wrong!r}: write domains of email addresses with commas, as firm.example.",
            code="bad_setting",
        )
    name = env.get("SITEBOOK_OIDC_NAME", "").strip() or parts.hostname
    return SingleSignOn(issuer, client_id, client_secret, name, domains)


def _public_url(env: Mapping[str, str], hosts: list[str], *, tls: bool) -> str:
    """Where people reach Sitebook: as it is set, or the first host it answers to by name."""
    served = env.get("SITEBOOK_SERVED_AT", "http://localhost:8000")
    if not (given := env.get("SITEBOOK_PUBLIC_URL", "").strip().rstrip("/")):
        local = {"*", "localhost", "127.0.0.1", "[::1]"}
        host = next((each for each in hosts if each not in local and each[0] != "."), "")
        port = "" if tls else f":{urlsplit(served).port}"
        return f"{'https' if tls else 'http'}://{host}{port}" if host else served
    try:
        parts = urlsplit(given)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and given.isprintable()
    except ValueError:
        fits = False
    if not fits or parts.path or parts.query or parts.fragment or parts.username or (tls and parts.scheme != "https"):
        raise Refused(
            f"SITEBOOK_PUBLIC_URL is {given!r}: write where people reach Sitebook, as https://sitebook.firm.example, "
            "without anything after host and port.",
            code="bad_setting",
        )
    return given


def _smtp(url: str) -> dict[str, Any]:
    if not url:
        return {
            "mail_backend": "django.core.mail.backends.console.EmailBackend",
            **{"smtp_host": "", "smtp_port": 25, "smtp_user": "", "smtp_password": ""},
            **{"smtp_starttls": False, "smtp_ssl": False},
        }
    parts = urlsplit(url)
    if parts.scheme not in _SMTP_PORTS or not parts.hostname:
        raise Refused(
            "SITEBOOK_SMTP_URL is not of the form smtp+starttls://user:password@host:587 "
            "(smtp:// without encryption, smtps:// with it from the start).",
            code="bad_setting",
        )
    return {
        "mail_backend": "django.core.mail.backends.smtp.EmailBackend",
        "smtp_host": parts.hostname,
        "smtp_port": parts.port or _SMTP_PORTS[parts.scheme],
        "smtp_user": unquote(parts.username or ""),
        "smtp_password": unquote(parts.password or ""),
        "smtp_starttls": parts.scheme == "smtp+starttls",
        "smtp_ssl": parts.scheme == "smtps",
    }


def _list(env: Mapping[str, str], name: str) -> list[str]:
    return [item.strip() for item in env.get(name, "").split(",") if item.strip()]


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "").strip().lower()
    if value not in _TRUE | _FALSE:
        raise Refused(f"{name} is {value!r}: write 1 or 0.", code="bad_setting")
    return value in _TRUE


def _tiles(text: str) -> str:
    """An address with ``{z}``, ``{x}`` and ``{y}``. Raises Refused (bad_setting)."""
    text = text.strip()
    fits = urlsplit(text).scheme in ("http", "https") and all(each in text for each in ("{z}", "{x}", "{y}"))
    if (text and not fits) or re.search(r"[\s;,'\"]", text):
        shape = "https://tiles.example/{z}/{x}/{y}.png"
        raise Refused(f"SITEBOOK_TILES_URL is {text!r}: write an address such as {shape}.", code="bad_setting")
    return text


def _address(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if value and not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", value):
        raise Refused(f"{name} is {value!r}: write one email address.", code="bad_setting")
    return value


def _number(env: Mapping[str, str], name: str) -> int:
    value = env.get(name, "").strip() or "0"
    if not value.isascii() or not value.isdigit():
        raise Refused(f"{name} is {value!r}: write a whole number, 0 or more.", code="bad_setting")
    return int(value)
