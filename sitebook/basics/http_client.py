"""One request to an address somebody wrote down: looked up once, judged, then called at exactly the number found.

So a name that resolves to the house's own network, or to another number the second time, leads nowhere. No redirect is
followed, and the whole of it has an end however slowly the other side speaks.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import urllib3
from django.utils.translation import gettext as _
from urllib3.connection import HTTPConnection, HTTPSConnection

DEADLINE, CONNECTING = 10.0, 5.0
MOST_READ = 16 * 1024
PORTS = {80, 443}
Resolve = Callable[..., list[Any]]
_NAT64, _UNICAST = ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2000::/3")
# Called global by the standard library, and yet for no single machine of the internet: IANA's registries of special
# addresses, of protocols' own numbers (a gateway of one's own among them), relays, shared servers and documentation.
_SPECIAL = [
    ipaddress.ip_network(each)
    for each in (
        *("192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24"),
        *("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20"),
    )
]


class Outcome(NamedTuple):
    """``status``: what came back, None where nothing did and ``fault`` says why."""

    status: int | None
    fault: str
    took_ms: int

    @property
    def good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Answer(NamedTuple):
    """``body``: its beginning, one byte longer than was wanted where there is more."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NotThere(Exception):
    """An address that is not called, or that did not answer; says why."""


class Inside(NotThere):
    """It lies in a private network."""


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: bool = False,
    deadline: float = DEADLINE,
    resolve: Resolve = socket.getaddrinfo,
) -> Outcome:
    """Send it. ``private``: also into the house's own network. Never raises for what the other side does."""
    began = time.monotonic()
    try:
        answer = call("POST", url, body, headers, private=private, deadline=deadline, resolve=resolve)
        status, fault = answer.status, _said_of(answer)
    except Inside as reason:
        status, fault = None, f"{reason} (SITEBOOK_WEBHOOKS_PRIVATE)"
    except NotThere as reason:
        status, fault = None, str(reason)
    return Outcome(status, fault[:200], round((time.monotonic() - began) * 1000))


def call(
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: bool,
    deadline: float,
    most: int = MOST_READ,
    resolve: Resolve = socket.getaddrinfo,
) -> Answer:
    """One request, from the look-up of the name to ``most`` bytes of the answer within ``deadline`` seconds.

    ``private``: also into the house's own network. Raises NotThere for whatever the other side does.
    """
    began = time.monotonic()
    try:
        return _called(method, url, body, headers, private=private, deadline=deadline, most=most, resolve=resolve)
    except ssl.SSLError as reason:
        raise NotThere(_("Its certificate is not good: %(why)s") % {"why": reason.reason or "TLS"}) from reason
    except (OSError, HTTPException, urllib3.exceptions.HTTPError, ValueError) as reason:
        late = time.monotonic() - began >= deadline - 0.1
        raise NotThere(_("It did not answer in time.") if late else _in_words(reason)) from reason


def judge(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of an address that may be called. Raises NotThere."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as fault:
        raise NotThere(_("This is no address: %(url)s") % {"url": url[:80]}) from fault
    if not url.isascii() or " " in url:
        raise NotThere(_("Write blanks and letters other than a to z percent-encoded, as the browser copies them."))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or not url.isprintable():
        raise NotThere(_("An address begins with https:// or http://, then the name of a machine."))
    if port < 1024 and port not in PORTS:
        raise NotThere(_("The port %(port)s is not one for the web. Use 443, 80, or one above 1023.") % {"port": port})
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port, path


def is_private(number: str) -> bool:
    """Whether an IP address lies in somebody's own network, or is for no single machine of the internet."""
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_private(str(inner))
        if address not in _UNICAST:
            return True
    elsewhere = any(address in each for each in _SPECIAL if each.version == address.version)
    return not address.is_global or address.is_multicast or address.is_reserved or elsewhere


def _called(
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: bool,
    deadline: float,
    most: int,
    resolve: Resolve,
) -> Answer:
    ends = time.monotonic() + deadline
    scheme, host, port, path = judge(url)
    number = _number(host, port, private=private, deadline=deadline, resolve=resolve)
    left = max(0.01, ends - time.monotonic())
    patience = min(CONNECTING, left)
    connection: HTTPConnection = (
        HTTPSConnection(
            number,
            port,
            timeout=patience,
            ssl_context=ssl.create_default_context(),
            server_hostname=host,
            assert_hostname=host,
        )
        if scheme == "https"
        else HTTPConnection(number, port, timeout=patience)
    )
    with _ended_after(left, connection):
        connection.connect()
        connection.timeout = left  # what it sets on its socket before each step
        named = (f"[{host}]" if ":" in host else host) + ("" if port in PORTS else f":{port}")
        connection.request(method, path, body=body or None, headers={"Host": named, **headers}, preload_content=False)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read(most + 1))


def _number(host: str, port: int, *, private: bool, deadline: float, resolve: Resolve) -> str:
    try:
        found = _within(deadline, lambda: resolve(host, port, type=socket.SOCK_STREAM))
    except TimeoutError:
        raise
    except OSError as fault:
        raise NotThere(_("There is no machine called %(host)s.") % {"host": host[:80]}) from fault
    numbers = [str(entry[4][0]) for entry in found]
    # One number that is not to be called is enough: who answers so has something in mind.
    if not numbers or (not private and any(is_private(number) for number in numbers)):
        text = _("%(host)s is in a private network, and that is not allowed here.")
        raise Inside(text % {"host": host[:80]})
    return numbers[0]


def _within(deadline: float, ask: Callable[[], list[Any]]) -> list[Any]:
    """A name server that says nothing holds up nobody. Raises TimeoutError and what ``ask`` raises."""
    answers: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put(ask())
        except Exception as fault:
            answers.put(fault)

    threading.Thread(target=run, name="look-up", daemon=True).start()
    try:
        found = answers.get(timeout=deadline)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(found, Exception):
        raise found
    return found


@contextmanager
def _ended_after(deadline: float, connection: HTTPConnection) -> Iterator[None]:
    """Who speaks a letter at a time never lets a read time out: the connection is cut."""

    def cut() -> None:
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(deadline, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()


def _said_of(answer: Answer) -> str:
    if 300 <= answer.status < 400:
        try:
            to = urlsplit(str(answer.headers.get("Location", ""))).hostname or _("nowhere")
        except ValueError:
            to = _("nowhere")
        return _("It points elsewhere (%(host)s). Write down the address it leads to.") % {"host": to[:80]}
    return "" if answer.status < 400 else _("It answered %(status)s.") % {"status": answer.status}


def _in_words(reason: Exception) -> str:
    if isinstance(reason, ConnectionRefusedError) or "refused" in str(reason).lower():
        return _("Nobody listens there.")
    if isinstance(reason, TimeoutError | urllib3.exceptions.TimeoutError):
        return _("It did not answer in time.")
    return _("The connection broke off.")
