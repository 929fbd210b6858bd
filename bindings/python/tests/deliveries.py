"""Deliveries for the tests of a verifier, signed by PyJWT with the public test keys of RFC 7515."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import Any

import jwt
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from conftest import ROOT

URL = "https://example.com/hooks/penbox"
ISSUER = "https://connect.penbox.io/"
EVENT = {
    "events": ["responses:updated", "responses:completed", "responses:new"],
    "data": {"type": "responses", "id": "r-1"},
    "request": {"id": "f-1", "status": "completed", "user": {"email": "john@example.com"}},
}
BODY = json.dumps(EVENT, separators=(",", ":")).encode()
SECRET_KEYS = json.loads((ROOT / "core/tests/deliveries/keys.json").read_text())
PRIVATE = ("d", "p", "q", "dp", "dq", "qi")
PUBLIC = {
    name: {member: value for member, value in key.items() if member not in PRIVATE}
    for name, key in SECRET_KEYS.items()
}
KEYS = json.dumps({"keys": list(PUBLIC.values())})
SIGNERS: dict[str, Any] = {
    "RS": RSAAlgorithm.from_jwk(json.dumps(SECRET_KEYS["rsa"])),
    "ES": ECAlgorithm.from_jwk(json.dumps(SECRET_KEYS["ec"])),
}


def digest(body: bytes) -> str:
    return base64.b64encode(hashlib.sha512(body).digest()).decode()


def claims(body: bytes = BODY, **changed: Any) -> dict[str, Any]:
    """The claims of a delivery; None takes one away."""
    now = int(time.time())
    usual = {
        "iss": ISSUER,
        "aud": URL,
        "method": "POST",
        "digest": digest(body),
        "iat": now,
        "exp": now + 1000,
        "jti": "d-1",
    }
    return {name: value for name, value in (usual | changed).items() if value is not None}


def token(
    payload: dict[str, Any] | None = None,
    algorithm: str = "RS256",
    headers: dict[str, Any] | None = None,
) -> str:
    """A token, signed by the key for the algorithm."""
    family = algorithm[:2]
    names = {"kid": PUBLIC["rsa" if family == "RS" else "ec"].get("kid"), **(headers or {})}
    return jwt.encode(
        payload or claims(),
        SIGNERS[family],
        algorithm=algorithm,
        headers={name: value for name, value in names.items() if value is not None},
    )


def delivery(body: bytes = BODY, algorithm: str = "RS256", **changed: Any) -> dict[str, str]:
    """The headers of a delivery of a body."""
    return {
        "Content-Type": "application/json",
        "Digest": f"SHA-512={digest(body)}",
        "X-Pnbx-Signature": token(claims(body, **changed), algorithm),
    }
