"""What the firm's OpenID Connect provider is asked: how it describes itself, its keys, and who came back from it.

Each talk has an end, only a few are under way at a time, and none holds a connection of the database: a provider that
says nothing holds up nobody but who asked for it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

import jwt

from sitebook.basics.http_client import NotThere, call, judge

# Seconds for everything that one sign-in asks of the provider, and how many may be asking (server/lanes.py).
DEADLINE, AT_A_TIME = 5.0, 3
KEPT_SECONDS = 600
MOST_READ = 256 * 1024
LONGEST_SUBJECT = 191
# Only signatures by a key pair: with a shared secret, whoever reads our settings could sign.
_SIGNED_WITH = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_CLOCKS_DIFFER_SECONDS = 60
_NOT_UNDERSTOOD = (jwt.PyJWTError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_places = threading.BoundedSemaphore(AT_A_TIME)
_kept: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}

Json = dict[str, Any]


class ProviderFault(Exception):
    """What is wrong with the provider or what it says; for the log."""


class Busy(ProviderFault):
    """As many as may are asking already."""


class Given(NamedTuple):
    """The client we are at the provider."""

    issuer: str
    client_id: str
    client_secret: str


class Told(NamedTuple):
    """Who it is, in the provider's words. ``email`` is "" where it tells none; ``vouched``: that it is theirs."""

    subject: str
    email: str
    vouched: bool


def description(given: Given) -> Json:
    """How the provider describes itself, asked for every ten minutes. Raises ProviderFault."""
    if (known := _known(given.issuer, "description")) is not None:
        return known
    with _talk(given) as talk:
        return talk.description()


def who_came_back(given: Given, *, code: str, verifier: str, redirect: str) -> Told:
    """Whom the provider names for the code it sent them back with. Raises ProviderFault.

    The token is held to everything OpenID Connect Core 1.0, 3.1.3.7, asks for, though it comes over TLS from the
    provider itself.
    """
    with _talk(given) as talk:
        answer = talk.redeem(code, verifier, redirect)
        claims = talk.claims(answer.get("id_token"), nonce=nonce_of(verifier))
        if "email" not in claims and "userinfo_endpoint" in talk.description():
            claims |= talk.user_information(answer.get("access_token"), subject=claims["sub"])
    email = claims.get("email")
    return Told(claims["sub"], email if isinstance(email, str) else "", claims.get("email_verified") is True)


def nonce_of(verifier: str) -> str:
    """Bound to this sign-in: the verifier is kept in the session and never shown."""
    return hashlib.sha256(b"nonce " + verifier.encode()).hexdigest() if verifier else ""


def forget() -> None:
    """Ask for everything anew."""
    _kept.clear()


@contextmanager
def _talk(given: Given) -> Iterator[_Talk]:
    if not _places.acquire(blocking=False):
        raise Busy("too many are asking the provider at the moment")
    try:
        yield _Talk(given)
    except NotThere as reason:
        raise ProviderFault(str(reason)) from reason
    finally:
        _places.release()


class _Talk:
    def __init__(self, given: Given) -> None:
        self.given, self.ends = given, time.monotonic() + DEADLINE

    def description(self) -> Json:
        if (known := _known(self.given.issuer, "description")) is not None:
            return known
        told = self._ask(f"{self.given.issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != self.given.issuer:
            raise ProviderFault(f"the provider calls itself {told.get('issuer')!r:.100}, not {self.given.issuer!r}")
        for name in (*_NEEDED, *({"userinfo_endpoint"} & told.keys())):
            self._must_be_address(name, told.get(name))
        return _keep(self.given.issuer, "description", told)

    def redeem(self, code: str, verifier: str, redirect: str) -> Json:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        told, headers, given = self.description(), {}, self.given
        methods = told.get("token_endpoint_auth_methods_supported")
        methods = methods if isinstance(methods, list) else []
        if "client_secret_basic" in methods and "client_secret_post" not in methods:
            pair = f"{quote(given.client_id, safe='')}:{quote(given.client_secret, safe='')}"  # RFC 6749, 2.3.1
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form |= {"client_id": given.client_id, "client_secret": given.client_secret}
        return self._ask(told["token_endpoint"], form, headers)

    def user_information(self, token: object, *, subject: str) -> Json:
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ProviderFault("the provider gave no key to its user information")
        told = self._ask(self.description()["userinfo_endpoint"], headers={"Authorization": f"Bearer {token}"})
        if told.get("sub") != subject:
            raise ProviderFault("the user information is about somebody else")
        return {name: told.get(name) for name in ("email", "email_verified")}

    def claims(self, token: object, *, nonce: str) -> Json:
        if not isinstance(token, str):
            raise ProviderFault("the token is missing")
        key = self._signing_key(token)
        try:
            claims: Json = jwt.decode(
                token,
                key=key,
                algorithms=_SIGNED_WITH,
                audience=self.given.client_id,
                issuer=self.given.issuer,
                leeway=_CLOCKS_DIFFER_SECONDS,
                options={"require": ["iss", "aud", "exp", "iat", "sub"]},
            )
        except _NOT_UNDERSTOOD as fault:
            raise ProviderFault(f"the token is not accepted: {fault!s:.200}") from fault
        if not nonce or not hmac.compare_digest(
            str(claims.get("nonce", "")).encode("utf-8", "replace"), nonce.encode()
        ):
            raise ProviderFault("the token was made for another sign-in")
        # Made for several programs, it must say to which it was given: 3.1.3.7, 4 and 5.
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self.given.client_id) != self.given.client_id:
            raise ProviderFault("the token was made for another program")
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
            raise ProviderFault("the token names nobody, or by a name that is too long or odd")
        return claims

    def _signing_key(self, token: str) -> jwt.PyJWK:
        try:
            wanted = jwt.get_unverified_header(token).get("kid")
        except _NOT_UNDERSTOOD as fault:
            raise ProviderFault(f"the token is not accepted: {fault!s:.200}") from fault
        fitting = _fitting(self._keys(anew=False), wanted) or _fitting(self._keys(anew=True), wanted)
        if len(fitting) != 1:
            raise ProviderFault(f"the token is signed with a key the provider does not show: {wanted!r:.100}")
        return fitting[0]

    def _keys(self, *, anew: bool) -> Json:
        if not anew and (known := _known(self.given.issuer, "keys")) is not None:
            return known
        return _keep(self.given.issuer, "keys", self._ask(self.description()["jwks_uri"]))

    def _ask(self, url: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> Json:
        """One answer that must be a JSON object. Raises ProviderFault, NotThere."""
        where = urlsplit(url).path[:80]
        body = urlencode(form).encode() if form else b""
        sent = {"Accept": "application/json", "User-Agent": "Sitebook", **(headers or {})}
        if form:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        answer = call(
            "POST" if form else "GET",
            url,
            body,
            sent,
            private=urlsplit(url).hostname == urlsplit(self.given.issuer).hostname,
            deadline=max(0.01, self.ends - time.monotonic()),
            most=MOST_READ,
        )
        if answer.status != 200 or len(answer.body) > MOST_READ:
            raise ProviderFault(f"{where} answered {answer.status}, {len(answer.body)} bytes")
        try:
            told = json.loads(answer.body)
        except (ValueError, RecursionError) as fault:
            raise ProviderFault(f"{where} answered no JSON") from fault
        if not isinstance(told, dict):
            raise ProviderFault(f"{where} answered {type(told).__name__} and not an object")
        return told

    def _must_be_address(self, name: str, url: object) -> None:
        """The issuer is written down by the operator; where it leads is judged like any address."""
        plain = self.given.issuer.startswith("http://")
        try:
            scheme, *_rest = judge(url if isinstance(url, str) else "")
        except NotThere as reason:
            raise ProviderFault(f"its {name} is no address: {reason}") from reason
        if scheme != "https" and not plain:
            raise ProviderFault(f"its {name} does not begin with https://")


def _fitting(told: Json, wanted: object) -> list[jwt.PyJWK]:
    try:
        keys = jwt.PyJWKSet.from_dict(told).keys
    except _NOT_UNDERSTOOD as fault:
        raise ProviderFault(f"its keys are not understood: {fault!s:.200}") from fault
    return [key for key in keys if key.public_key_use in (None, "sig") and wanted in (None, key.key_id)]


def _known(issuer: str, what: str) -> Json | None:
    until, told = _kept.get((issuer, what), (0.0, {}))
    return told if time.monotonic() < until else None


def _keep(issuer: str, what: str, told: Json) -> Json:
    _kept[issuer, what] = (time.monotonic() + KEPT_SECONDS, told)
    return told
