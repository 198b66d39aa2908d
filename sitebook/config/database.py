"""Which PostgreSQL this Sitebook uses: its own, or the one that DATABASE_URL names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psycopg

from sitebook.basics.refused import Refused
from sitebook.config.environment import data_dir, database_urls, url_without_password
from sitebook.embedded.cluster import embedded
from sitebook.embedded.location import MAJOR, package_bin


class Server(Protocol):
    """What commands need of either."""

    @property
    def app_url(self) -> str: ...
    @property
    def owner_url(self) -> str: ...
    @property
    def described(self) -> str: ...
    def bin(self, name: str) -> Path: ...
    def running(self) -> AbstractContextManager[object]: ...
    def revive(self) -> None: ...


class External:
    """A PostgreSQL that somebody else starts and stops."""

    def __init__(self) -> None:
        self.app_url, self.owner_url = database_urls()
        if self.app_url == self.owner_url:
            raise Refused(
                "DATABASE_URL and SITEBOOK_OWNER_URL are the same: give the log-in role <database>_app "
                "in the first and <database>_owner in the second, or every page would see everything.",
                code="bad_setting",
            )

    @property
    def described(self) -> str:
        parts = urlsplit(self.app_url)
        return f"The database is {parts.path[1:]} on {parts.hostname or 'a socket'} (DATABASE_URL)."

    def bin(self, name: str) -> Path:
        return package_bin(name)

    @contextmanager
    def running(self) -> Iterator[External]:
        """Checks the server's major version. Raises Refused (postgres_unavailable)."""
        for url in (self.app_url, self.owner_url):
            try:
                with psycopg.connect(url, connect_timeout=10) as connection:
                    version = connection.info.server_version // 10000
            except psycopg.Error as error:
                raise Refused(
                    f"The database {url_without_password(url)} does not answer: {' '.join(str(error).split())}",
                    code="postgres_unavailable",
                ) from error
            if version != MAJOR:
                raise Refused(
                    f"The database {url_without_password(url)} is PostgreSQL {version}; Sitebook needs {MAJOR}.",
                    code="postgres_unavailable",
                )
        yield self

    def revive(self) -> None:
        """Somebody else's task."""


def server() -> Server:
    """The server the settings ask for."""
    return (
        External() if os.environ.get("DATABASE_URL") or os.environ.get("SITEBOOK_OWNER_URL") else embedded(data_dir())
    )
