"""An address somebody wrote down is called with care: never inside, never twice looked up, never for ever."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from sitebook.basics.http_client import NotThere, is_private, judge, post
from sitebook.outbox.tests import receiver


def finding(*numbers: str) -> Any:
    """A name server that answers with these, and counts."""
    asked: list[str] = []

    def resolve(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]

    resolve.asked = asked  # type: ignore[attr-defined]
    return resolve


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
        "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1", "192.0.2.1", "240.0.0.1",
        # What the standard library calls global: site-local, carried numbers of both kinds, relays, shared servers.
        "fec0::1", "feff:ffff::1", "64:ff9b:1::a00:1", "64:ff9b::7f00:1", "2002:a00:1::1", "2002:c0a8:101::",
        "::10.0.0.1", "::8.8.8.8", "::ffff:0:10.0.0.1", "2001:0:808:808::f7f7:f7f7", "2001:1::1", "2001:20::1",
        "2001:4:112::1",
        "192.0.0.9", "192.0.0.170", "192.88.99.1", "192.31.196.1", "192.52.193.1", "192.175.48.1", "239.1.2.3",
        "198.18.0.1", "3fff::1", "5f00::1", "4000::1", "2620:4f:8000::1", "ff0e::1", "100::1", "::ffff:192.88.99.1",
        "64:ff9b::e000:1",
    ],
)  # fmt: skip
def test_numbers_of_ones_own_network_are_known(number: str):
    assert is_private(number)


@pytest.mark.parametrize(
    "number",
    [
        "93.184.215.14",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        "8.8.8.8",
        "2a00:1450:4001::1",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "::ffff:8.8.8.8",
    ],
)
def test_numbers_of_the_internet_are_called(number: str):
    assert not is_private(number)


@pytest.mark.parametrize(
    "url",
    ["ftp://x.example/", "https://", "https://user:pw@x.example/", "http://x.example:22/", "http://x.example:99999/",
     "x", "http://x.example/\r\nHost: y", "http://exa mple/x", "http://x.example/ü", "http://x.example/?q=a b"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url: str):
    with pytest.raises(NotThere):
        judge(url)


@pytest.mark.parametrize("numbers", [("10.0.0.1",), ("93.184.215.14", "10.0.0.1"), ("::ffff:127.0.0.1",), ()])
def test_a_name_that_leads_inside_is_not_called(numbers: tuple[str, ...]):
    outcome = post("https://inside.example/", b"{}", {}, resolve=finding(*numbers))
    assert outcome.status is None
    assert "private network" in outcome.fault


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/", "http://localhost:8000/", "http://[::1]:8000/", "http://2130706433:8000/"]
)
def test_an_address_inside_is_not_called_however_it_is_written(url: str):
    assert post(url, b"{}", {}).status is None


def test_a_name_is_looked_up_once_and_that_number_called():
    with receiver.listening(receiver.saying(200)) as there:
        port = int(there.url.split(":")[2].split("/")[0])
        names = finding("127.0.0.1")
        outcome = post(f"http://rebinding.example:{port}/hook", b"{}", {}, private=True, resolve=names)
    assert outcome.status == 200
    assert names.asked == ["rebinding.example"]
    assert there.heard[0][0]["Host"] == f"rebinding.example:{port}"


def test_a_number_of_the_newer_kind_is_named_in_brackets():
    with receiver.listening(receiver.saying(200)) as there:
        port = int(there.url.split(":")[2].split("/")[0])
        outcome = post(f"http://[::1]:{port}/hook", b"{}", {}, private=True, resolve=finding("127.0.0.1"))
    assert outcome.status == 200
    assert there.heard[0][0]["Host"] == f"[::1]:{port}"


def test_a_redirect_is_not_followed_and_said():
    inside = receiver.saying(302, Location="http://169.254.169.254/latest/meta-data/")
    with receiver.listening(inside) as there:
        outcome = post(there.url, b"{}", {}, private=True)
    assert (outcome.status, len(there.heard)) == (302, 1)
    assert "169.254.169.254" in outcome.fault
    assert not outcome.good


def test_who_says_nothing_is_left_after_a_while():
    never = threading.Event()
    with receiver.listening(receiver.once(never)) as there:
        outcome = post(there.url, b"{}", {}, private=True, deadline=1)
        assert (len(there.heard), never.is_set()) == (1, False)
        never.set()
    assert outcome.status is None
    assert "in time" in outcome.fault


def test_who_is_slow_is_left_after_a_while():
    """A letter each fifth of a second: a second's worth, and not the half thousand of the whole answer."""
    with receiver.listening(receiver.a_letter_at_a_time) as there:
        outcome = post(there.url, b"{}", {}, private=True, deadline=1)
        letters = there.sent
    assert outcome.status is None
    assert "in time" in outcome.fault
    assert 0 < letters < 100


def test_who_never_ends_is_read_only_a_little():
    """No more than what lay ready between the two machines; read until the deadline it would be gigabytes."""
    with receiver.listening(receiver.without_end) as there:
        outcome = post(there.url, b"{}", {}, private=True)
        taken = there.sent
    assert outcome.status == 200
    assert taken < 30_000_000


def test_who_hangs_up_and_who_is_not_there_are_told_apart():
    with receiver.listening(receiver.hanging_up) as there:
        assert "broke off" in post(there.url, b"{}", {}, private=True).fault
    assert "Nobody listens" in post(there.url, b"{}", {}, private=True).fault


def test_a_name_server_that_says_nothing_holds_up_nobody():
    asked, never = threading.Event(), threading.Event()

    def silent(*_asked: Any, **_more: Any) -> list[Any]:
        asked.set()
        never.wait(60)
        return []

    outcome = post("https://silent.example/", b"{}", {}, resolve=silent, deadline=0.3)
    assert (outcome.status, asked.is_set(), never.is_set()) == (None, True, False)
    never.set()
    assert "in time" in outcome.fault


def test_a_machine_nobody_knows_is_named():
    def nobody(*_asked: Any, **_more: Any) -> list[Any]:
        raise socket.gaierror

    assert "gone.example" in post("https://gone.example/", b"{}", {}, resolve=nobody).fault
