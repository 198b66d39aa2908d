"""A passkey in software: makes credentials and signs challenges as a browser would, or worse."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

RP = "testserver"
PRESENT_AND_VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class SoftPasskey:
    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = b"soft passkey 1234"

    def _client_data(self, kind: str, challenge: str, origin: str, **more: Any) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, **more}).encode()

    def made(self, challenge: str, *, origin: str = "https://testserver", counter: int = 0) -> dict[str, Any]:
        """What a browser sends when a passkey is added."""
        public = ES256.from_cryptography_key(self.key.public_key())
        about = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        flags = PRESENT_AND_VERIFIED | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(hashlib.sha256(RP.encode()).digest(), flags, counter, about)
        response = {
            "clientDataJSON": _text(self._client_data("webauthn.create", challenge, origin)),
            "attestationObject": _text(bytes(AttestationObject.create("none", data, {}))),
        }
        return self._credential(response) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def signed(self, challenge: str, user: str, *, origin: str, counter: int, **more: Any) -> dict[str, Any]:
        """What a browser sends when it signs in."""
        client = self._client_data("webauthn.get", challenge, origin, **more)
        data = bytes(AuthenticatorData.create(hashlib.sha256(RP.encode()).digest(), PRESENT_AND_VERIFIED, counter))
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": _text(client),
            "authenticatorData": _text(data),
            "signature": _text(signature),
            "userHandle": _text(user.encode()),
        }
        return self._credential(response) | {"clientExtensionResults": {}}

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        return {"id": _text(self.id), "rawId": _text(self.id), "type": "public-key", "response": response}
