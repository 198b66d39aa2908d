"""Every address while an administrator sees Sitebook as somebody else: what that user sees, and nothing written."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from sitebook.access.identity import acting
from sitebook.access.policies import declared
from tests.guards.crawl import POSTED, addresses, groups
from tests.guards.planted import MARKER, Planted, plant, visits

GROUPS = groups()
# What differs between two answers to the same person, and the one thing that differs between them and who sees as them.
PASSING = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|\s*<form class="seeing.*?</form>', re.DOTALL
)
# They end it, which is what they are for.
ENDING = {"account_logout", "access:stop-seeing"}


def seeing(planted: Planted, user: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(planted.cast.alice)
    assert client.post(f"/users/{user.pk}/see-as/").status_code == 303
    return client


def contents(response: Any) -> tuple[int, str]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, PASSING.sub("", body.decode(errors="replace")).strip()


def all_rows() -> dict[str, int]:
    with acting(everything=True), connection.cursor() as cursor:
        found = {}
        for table in [*(model._meta.db_table for model in declared()), "procrastinate_jobs"]:
            cursor.execute(f'SELECT coalesce(sum(hashtextextended(t::text, 0)), 0) FROM "{table}" t')
            found[table] = cursor.fetchone()[0]
        return found


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "group"), visits(["charlie", "bob"], [name for name in GROUPS if name != "account"]))
def test_every_page_is_the_one_its_user_gets(name: str, group: str):
    planted = plant()
    user = getattr(planted.cast, name)
    alice = seeing(planted, user)
    for route in GROUPS[group]:
        for address in addresses(route, planted):
            own = Client(raise_request_exception=False)  # fresh each time: nothing was used before
            own.force_login(user)
            theirs = contents(own.get(address))
            assert contents(alice.get(address)) == theirs, (name, address)
            assert MARKER not in theirs[1].lower()


@pytest.mark.django_db
@pytest.mark.parametrize("group", GROUPS)
def test_no_address_writes_anything(group: str):
    planted = plant()
    alice = seeing(planted, planted.cast.bob)
    before = all_rows()
    for route in GROUPS[group]:
        if route.name in ENDING:
            continue
        for address in addresses(route, planted):
            answers = [alice.post(address, POSTED), alice.put(address), alice.patch(address), alice.delete(address)]
            wrong = {answer.status_code for answer in answers} - {404, 409}
            assert not wrong, (route.name, address, wrong)
    assert all_rows() == before
