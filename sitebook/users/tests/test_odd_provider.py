"""Whatever the provider of single sign-on says, the sign-in page answers in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sitebook.users.tests.provider import StandIn
from sitebook.users.tests.test_single_sign_on import BEGIN, FAILED, come_back, links, provider, told

__all__ = ["provider"]

ODD = [
    7,
    1.5,
    True,
    ["bob.baker@northwind.example"],
    {"a": "b"},
    "bob.baker@northwind.example\0",
    "x" * 99_000,
    "",
    "\0",
]


@pytest.mark.parametrize("email", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("by", ["claims", "userinfo"])
def test_an_odd_address_is_answered_in_words(provider: StandIn, email: object, by: str) -> None:
    told_them: dict[str, Any] = {"email": email, "email_verified": True}
    provider.claims, provider.userinfo = (told_them, {}) if by == "claims" else ({}, {"sub": "b-1"} | told_them)
    client = Client()
    told(client, come_back(provider, client))
    assert links() == []


DOCUMENTS = [b"null", b"[]", b"7", b'"x"', b"", b"{", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000,
             b"9" * 9_999, b'{"keys": [null, 7, {}, {"kty": 7}]}',
             b'{"keys": null, "issuer": null, "sub": null, "id_token": null}',
             b'{"id_token": {"sub": "b-1"}, "access_token": {}}', b'{"id_token": ["a.b.c"]}', b'{"id_token": "a.b.c"}',
             b'{"id_token": "bnVsbA.bnVsbA.bnVsbA"}', b" " * 300_000]  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS, ids=range(len(DOCUMENTS)))
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"])
def test_a_document_that_is_none_is_answered_in_words(provider: StandIn, path: str, document: bytes) -> None:
    if path == "/userinfo":
        provider.claims = {}
    client = Client()
    if path.endswith("configuration"):
        provider.raw[path] = document
        assert FAILED in told(client, client.get(BEGIN))
        return
    back = provider.agree(client.get(BEGIN).headers["Location"])
    provider.raw[path] = document
    assert FAILED in told(client, client.get(back))
    assert links() == []


@pytest.mark.parametrize("endpoint", [None, 7, "", "javascript:alert(1)", "file:///etc/passwd", "http://x.example:22/",
                                      "//x.example/", ["https://x.example"], "https://x.example/\r\nx: y"])  # fmt: skip
@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
def test_an_endpoint_that_is_no_address_is_not_called(provider: StandIn, name: str, endpoint: object) -> None:
    provider.config[name] = endpoint
    client = Client()
    assert FAILED in told(client, client.get(BEGIN))


def test_a_description_leads_to_no_other_machine_inside(provider: StandIn) -> None:
    provider.config["jwks_uri"] = provider.issuer.replace("127.0.0.1", "localhost") + "/keys"
    client = Client()
    assert FAILED in told(client, come_back(provider, client))
    assert "/keys" not in provider.asked
