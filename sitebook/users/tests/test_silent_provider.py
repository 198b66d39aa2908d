"""A provider that never answers holds up nobody but those who asked for it, and them not for long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client

from sitebook.config.environment import SingleSignOn
from sitebook.users import identity_provider
from sitebook.users.tests.provider import CLIENT_ID, CLIENT_SECRET, StandIn
from tests.cast import make_cast

BEGIN = "/account/login/single/"
THREADS = 8  # as many as serve the web


@pytest.fixture
def silent(settings: Any, committed: None) -> Iterator[StandIn]:
    make_cast()
    cache.clear()
    identity_provider.forget()
    made = StandIn()
    made.silent = threading.Event()
    settings.SINGLE_SIGN_ON = SingleSignOn(made.issuer, CLIENT_ID, CLIENT_SECRET, "Northwind ID")
    yield made
    made.silent.set()
    made.close()


@pytest.fixture
def web() -> Iterator[Callable[[str], Future[tuple[int, str]]]]:
    """Asks for an address in one of the web's threads."""

    def get(address: str) -> tuple[int, str]:
        try:
            answer = Client().get(address)
            return answer.status_code, answer.content.decode()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        yield lambda address: pool.submit(get, address)


def test_forty_who_begin_stop_nobody_else(
    silent: StandIn, web: Callable[[str], Future[tuple[int, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity_provider, "DEADLINE", 300.0)
    assert silent.silent is not None
    waiting = [web(BEGIN) for _each in range(identity_provider.AT_A_TIME)]
    silent.has_heard(identity_provider.AT_A_TIME)
    others = [web(BEGIN) for _each in range(40 - identity_provider.AT_A_TIME)]
    asked = [web(address) for address in ("/healthz", "/account/login/") * 10]
    assert [each.result(60)[0] for each in asked] == [200] * 20
    told = [each.result(60) for each in others]
    assert {status for status, _page in told} == {503}
    assert all("Too many people are waiting for Northwind ID at the moment." in page for _status, page in told)
    assert [each.done() for each in waiting] == [False] * identity_provider.AT_A_TIME
    assert len(silent.asked) == identity_provider.AT_A_TIME
    assert taken() == 0
    silent.silent.set()
    assert [each.result(60)[0] for each in waiting] == [302] * identity_provider.AT_A_TIME


def test_each_waits_only_so_long(
    silent: StandIn, web: Callable[[str], Future[tuple[int, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deadline is what ends it: the provider still says nothing."""
    monkeypatch.setattr(identity_provider, "DEADLINE", 0.5)
    assert silent.silent is not None
    for _each in range(2 * identity_provider.AT_A_TIME):
        assert web(BEGIN).result(60)[0] == 302
    assert not silent.silent.is_set()


def taken() -> int:
    """Connections of the pool that somebody holds."""
    connection.close()
    stats = connection.pool.get_stats()  # type: ignore[attr-defined]
    return int(stats["pool_size"] - stats["pool_available"])
