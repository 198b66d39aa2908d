"""An OpenID Connect provider for tests: signs with a key of its own and holds a client to its word."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "sitebook", "between us"


class StandIn:
    """``claims``: what its tokens say beside the usual. ``userinfo``: what it answers there. ``key``: signs tokens;
    ``shown``: the key it shows. ``config``: changes to its description. ``asked``: every request, by path.
    ``subjects``: whom a code is for. ``raw``: what it says at a path instead.
    ``silent``: while it is set, requests are taken and not answered."""

    def __init__(self) -> None:
        self.key = self.shown = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.algorithm, self.key_id = "RS256", "one"
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.config: dict[str, Any] = {}
        self.asked: list[str] = []
        self.heard = threading.Condition()
        self.subjects: dict[str, str] = {}
        self.raw: dict[str, bytes] = {}
        self.silent: threading.Event | None = None
        self.codes: dict[str, dict[str, str]] = {}
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stand_in.answer(self, {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                stand_in.answer(self, {name: values[0] for name, values in parse_qs(body).items()})

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def has_heard(self, count: int) -> None:
        """Wait until so many requests have come."""
        with self.heard:
            assert self.heard.wait_for(lambda: len(self.asked) >= count, timeout=60)

    def agree(self, address: str) -> str:
        """What the person does there: say yes to the request at ``address``. Returns where the browser goes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.issuer}/authorize?")
        assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    def answer(self, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        path = urlsplit(handler.path).path
        with self.heard:
            self.asked.append(path)
            self.heard.notify_all()
        if self.silent:
            self.silent.wait(60)
            return
        status, said = {
            "/.well-known/openid-configuration": lambda: (200, self._description()),
            "/keys": lambda: (200, {"keys": [self._shown()]}),
            "/token": lambda: self._token(form),
            "/userinfo": lambda: (200, self.userinfo),
        }.get(path, lambda: (404, {}))()
        body = self.raw.get(path, json.dumps(said).encode())
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        } | self.config

    def _shown(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.shown.public_key(), as_dict=True)
        return public | {"kid": self.key_id if self.shown is self.key else "one", "use": "sig", "alg": "RS256"}

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or (form["client_id"], form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return 400, {"error": "invalid_grant"}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if challenge.decode() != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "b-1", "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"], **self.claims}
        claims |= {"sub": self.subjects[form["code"]]} if form["code"] in self.subjects else {}
        signed_with: Any = self.key if self.algorithm == "RS256" else CLIENT_SECRET.ljust(64, ".")
        if self.algorithm == "none":
            signed_with = None
        token = jwt.encode(
            {name: value for name, value in claims.items() if value is not None},
            signed_with,
            algorithm=self.algorithm,
            headers={"kid": self.key_id},
        )
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": token}
