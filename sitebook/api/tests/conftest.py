"""Programs that call with a token."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from sitebook.access.identity import acting
from sitebook.api import authentication
from sitebook.users import tokens
from sitebook.users.models import User


@dataclass
class Program:
    """A client that sends a token; ``call`` sends and reads JSON."""

    secret: str
    client: Client

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret:
            sent["Authorization"] = f"Bearer {self.secret}"
        data = body if isinstance(body, str | bytes) else "" if body is None else json.dumps(body)
        return self.client.generic(method, f"/api/v1/{path}", data, content_type="application/json", headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("PATCH", path, body, **headers)


def make_token(user: User, scopes: Iterable[str] = ("read", "write", "manage"), days: int = 30) -> str:
    with acting(user=user, via="screen"):
        return tokens.make(user, name="Portal", scopes=scopes, days=days, now=datetime.now(UTC))[1]


@pytest.fixture
def program_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Program]:
    # What is counted by the minute would be counted anew where a test runs across its end.
    monkeypatch.setattr(authentication, "time", SimpleNamespace(time=partial(float, time.time())))
    cache.clear()

    def made(user: User | None, *scopes: str) -> Program:
        secret = make_token(user, scopes or ("read", "write", "manage")) if user else ""
        return Program(secret, Client(raise_request_exception=False))

    return made
