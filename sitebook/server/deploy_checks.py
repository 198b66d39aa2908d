"""What ``serve`` refuses to do. ``docs/settings.md`` has the same list in the same order."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import connection

from sitebook.access.identity import acting
from sitebook.basics.database_roles import faults_of_login
from sitebook.basics.refused import Refused
from sitebook.config.environment import Environment


def must_be_safe(env: Environment, *, host: str) -> None:
    """Raises Refused (unsafe_settings) with every fault in one sentence. ``host``: the address to listen at."""
    if faults := [*faults_of_settings(env, host=host), *faults_of_database(env, host=host)]:
        raise Refused(
            "serve refuses to start: " + "; ".join(faults) + ". See docs/settings.md.", code="unsafe_settings"
        )


def faults_of_settings(env: Environment, *, host: str) -> list[str]:
    """What is unsafe in the environment alone."""
    beyond = not is_loopback(host)
    key = env.data_dir / "secret-key"
    found = {
        "DEBUG is on": settings.DEBUG,
        "SITEBOOK_ALLOWED_HOSTS is *, so any name would be answered": "*" in env.allowed_hosts and (env.tls or beyond),
        "SITEBOOK_HSTS_SECONDS is set without SITEBOOK_TLS=1": env.hsts_seconds > 0 and not env.tls,
        "SITEBOOK_TLS=1 without SITEBOOK_TRUSTED_PROXIES: the proxy that speaks TLS must be counted, "
        "or every page redirects for ever": env.tls and not env.trusted_proxies,
        f"{host} can be reached from other machines and passwords would travel in the clear "
        "(set SITEBOOK_TLS=1 behind a proxy that speaks TLS, or SITEBOOK_INSECURE=1 to accept that)": beyond
        and not env.tls
        and not env.insecure,
        "SITEBOOK_SMTP_URL would send its password in the clear: write smtp+starttls:// or smtps://": _mails_in_clear(
            env
        ),
        f"other users of this machine can read {key}: run chmod 600 on it": key.exists()
        and bool(key.stat().st_mode & 0o077),
    }
    return [fault for fault, is_so in found.items() if is_so]


def faults_of_database(env: Environment, *, host: str) -> list[str]:
    """What is unsafe in the database: a log-in role with too many rights, passwords printed in the guide."""
    faults = faults_of_login(connection)
    exposed = not is_loopback(host) or env.tls or env.trusted_proxies > 0
    if exposed and (known := known_demo_logins()):
        faults.append(
            f"everybody knows the demo's passwords ({', '.join(known)}): "
            "change them, or remove the demo with sitebook demo --remove"
        )
    return faults


def known_demo_logins() -> list[str]:
    """The demo's users who may still sign in with the password that is printed for everybody."""
    from sitebook.demo.loader import LOGINS
    from sitebook.users.models import User

    passwords = {login.email: login.password for login in LOGINS}
    with acting(everything=True):
        users = list(User.objects.filter(email__in=passwords, is_active=True))
    return [user.email for user in users if check_password(passwords[user.email], user.password)]


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _mails_in_clear(env: Environment) -> bool:
    if not env.smtp_password or env.smtp_starttls or env.smtp_ssl:
        return False
    return not is_loopback(urlsplit(f"//{env.smtp_host}").hostname or "")
