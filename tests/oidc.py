"""A small real OpenID Connect provider on loopback, for tests: discovery, keys, token; RS256."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


class Provider:
    """What it says about whom can be changed by a test: `claims`, `key` (signs), `kid`, `algorithm`."""

    def __init__(self, client_id: str) -> None:
        self.client_id = client_id
        self.key: Any = rsa.generate_private_key(65537, 2048)
        self._published = self.key.public_key()
        self.kid, self.algorithm = "one", "RS256"
        self.claims: dict[str, Any] = {}
        self.asked: list[dict[str, list[str]]] = []
        self.nonce = ""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(provider.discovery() if "well-known" in self.path else provider.keys())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.asked.append(parse_qs(body))
                self._answer({"access_token": "x", "token_type": "Bearer", "id_token": provider.token()})

            def _answer(self, body: dict[str, Any]) -> None:
                sent = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Close the socket."""
        self.server.shutdown()
        self.server.server_close()

    def discovery(self) -> dict[str, Any]:
        """What it says about itself."""
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{end}" for name, end in ends.items()}}

    def keys(self) -> dict[str, Any]:
        """The public key that it signs with."""
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(self._published, as_dict=True)
        return {"keys": [{**jwk, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def token(self) -> str:
        """A signed id_token; `claims` override what is right."""
        now = int(time.time())
        right = {"iss": self.issuer, "aud": self.client_id, "sub": "clerk-1", "iat": now, "exp": now + 300}
        claims = {**right, "nonce": self.nonce, **self.claims}
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.key, algorithm=self.algorithm, headers={"kid": self.kid})

    def visit(self, client: Any, *, state: str = "") -> Any:
        """Go the whole way as a browser does; the last answer."""
        away = urlsplit(client.get("/account/sso/").headers["Location"])
        asked = {name: values[0] for name, values in parse_qs(away.query).items()}
        self.nonce = asked["nonce"]
        return client.get("/account/sso/back/", {"code": "c", "state": state or asked["state"]})
