"""One request to an address somebody wrote down: looked up once, judged, then called at exactly the number found.

So a name that resolves to the house's own network, or to another number the second time, leads nowhere. No redirect is
followed, and the whole of it has an end however slowly the other side speaks.
"""

from __future__ import annotations

import ipaddress
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
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Outcome(NamedTuple):
    """``status``: what came back, None where nothing did and ``fault`` says why."""

    status: int | None
    fault: str
    took_ms: int

    @property
    def good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class NotThere(Exception):
    """An address that is not called; says why."""


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
        status, fault = _post(url, body, headers, private=private, deadline=deadline, resolve=resolve)
    except NotThere as reason:
        status, fault = None, str(reason)
    except ssl.SSLError as reason:
        status, fault = None, _("Its certificate is not good: %(why)s") % {"why": reason.reason or "TLS"}
    except (OSError, HTTPException, urllib3.exceptions.HTTPError, ValueError) as reason:
        late = time.monotonic() - began >= deadline - 0.1
        status, fault = None, _("It did not answer in time.") if late else _in_words(reason)
    return Outcome(status, fault[:200], round((time.monotonic() - began) * 1000))


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
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_private(str(inner))
    return not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified


def _post(
    url: str, body: bytes, headers: Mapping[str, str], *, private: bool, deadline: float, resolve: Resolve
) -> tuple[int, str]:
    scheme, host, port, path = judge(url)
    number = _number(host, port, private=private, resolve=resolve)
    patience = urllib3.Timeout(connect=CONNECTING, read=deadline)
    connection: HTTPConnection = (
        HTTPSConnection(
            number,
            port,
            timeout=patience.connect_timeout,
            ssl_context=ssl.create_default_context(),
            server_hostname=host,
            assert_hostname=host,
        )
        if scheme == "https"
        else HTTPConnection(number, port, timeout=patience.connect_timeout)
    )
    with _ended_after(deadline, connection):
        connection.connect()
        if connection.sock is not None:
            connection.sock.settimeout(deadline)
        named = (f"[{host}]" if ":" in host else host) + ("" if port in PORTS else f":{port}")
        connection.request("POST", path, body=body, headers={"Host": named, **headers}, preload_content=False)
        answer = connection.getresponse()
        answer.read(MOST_READ)
        return answer.status, _said_of(answer)


def _number(host: str, port: int, *, private: bool, resolve: Resolve) -> str:
    try:
        found = resolve(host, port, type=socket.SOCK_STREAM)
    except OSError as fault:
        raise NotThere(_("There is no machine called %(host)s.") % {"host": host[:80]}) from fault
    numbers = [str(entry[4][0]) for entry in found]
    # One number that is not to be called is enough: who answers so has something in mind.
    if not numbers or (not private and any(is_private(number) for number in numbers)):
        text = _("%(host)s is in a private network, and that is not allowed here (SITEBOOK_WEBHOOKS_PRIVATE).")
        raise NotThere(text % {"host": host[:80]})
    return numbers[0]


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


def _said_of(answer: Any) -> str:
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
