"""Access given or taken in one server process is felt by the next request in another."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.users import tokens
from sitebook.users.models import User
from tests.cast import Cast, make_cast

# What one of several server processes does: answer requests, one line each, over its own connections.
PROCESS = """
import sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.ALLOWED_HOSTS = ["testserver"]
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
django.setup()
from django.test import Client
for line in sys.stdin:
    method, path, session, secret, *fields = line.split()
    client = Client()
    client.cookies["sessionid"] = session
    headers = {"Authorization": f"Bearer {secret}"} if path.startswith("/api/") else {}
    ask = client.post if method == "POST" else client.get
    print(ask(path, dict(field.split("=") for field in fields), headers=headers).status_code, flush=True)
"""


@dataclass
class Who:
    session: str
    secret: str


@dataclass
class Process:
    running: subprocess.Popen[str]

    def answers(self, who: Who, path: str, *fields: str) -> int:
        """The status of a page; a post when fields are sent."""
        assert self.running.stdin
        assert self.running.stdout
        method = "POST" if fields else "GET"
        self.running.stdin.write(" ".join([method, path, who.session, who.secret, *fields]) + "\n")
        self.running.stdin.flush()
        return int(self.running.stdout.readline())


def signed_in(user: User) -> Who:
    client = Client()
    client.force_login(user)
    with acting(user=user):
        secret = tokens.make(user, name="Program", scopes=["read"], days=1, now=timezone.now())[1]
    return Who(str(client.session.session_key), secret)


@pytest.fixture
def processes(committed: None) -> Iterator[tuple[Process, Process]]:
    name = connections["default"].settings_dict["NAME"]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    one, other = map(Process, started)
    yield one, other
    for each in started:
        each.communicate(timeout=60)


def test_what_is_given_in_one_process_is_felt_by_the_next_request_in_the_other(
    processes: tuple[Process, Process],
) -> None:
    cast: Cast = make_cast()
    alice, charlie = signed_in(cast.alice), signed_in(cast.charlie)
    birch = cast.birch
    shown = (f"/customers/{birch.pk}/", f"/customers/{birch.pk}/sites/", f"/api/v1/customers/{birch.pk}")
    take_back = f"/customers/{birch.pk}/access/{cast.charlie.pk}/take-back/"
    for one, other in (processes, processes[::-1]):
        # Both have answered charlie before, whatever they may keep.
        assert [each.answers(charlie, path) for each in processes for path in shown] == [404] * 6
        assert one.answers(alice, f"/users/{cast.charlie.pk}/customers/", f"customer={birch.pk}") == 303
        assert [each.answers(charlie, path) for each in (other, one) for path in shown] == [200] * 6
        assert one.answers(alice, take_back, "confirmed=1") == 303
        assert [each.answers(charlie, path) for each in (other, one) for path in shown] == [404] * 6
