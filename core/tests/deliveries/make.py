"""Signs deliveries by PyJWT, as Penbox's page on signatures describes them: pyjwt.json."""

import base64
import hashlib
import json
from pathlib import Path

import jwt
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

HERE = Path(__file__).resolve().parent
URL = "https://example.com/hooks/penbox"
ISSUER = "https://connect.penbox.io/"
# 1 March 2026: a fixed time, so that two runs differ in the ES256 signature only.
NOW = 1_772_323_200
# What the makers of both files sign: ASCII and not, with space and without.
BODIES = (
    '{"events":["responses:updated","responses:completed"],'
    '"data":{"type":"responses","id":"660e8400-e29b-41d4-a716-446655440000"},'
    '"request":{"id":"550e8400-e29b-41d4-a716-446655440000","status":"completed"}}',
    '{ "events": ["requests:archived"],\r\n  "request": {"id": "zo\u00eb \U0001f600"} }\n',
)


def main():
    """Writes the file."""
    keys = json.loads((HERE / "keys.json").read_text(encoding="utf-8"))
    rsa = RSAAlgorithm.from_jwk(json.dumps(keys["rsa"]))
    elliptic = ECAlgorithm.from_jwk(json.dumps(keys["ec"]))
    signers = [(name, rsa, "rsa") for name in ("RS256", "RS384", "RS512")]
    signers.append(("ES256", elliptic, "ec"))
    deliveries = [
        {"algorithm": name, "body": body, **signed(body, name, key, kid)}
        for name, key, kid in signers
        for body in BODIES
    ]
    made = {
        "by": f"PyJWT {jwt.__version__}",
        "url": URL,
        "issuer": ISSUER,
        "now": NOW,
        "deliveries": deliveries,
    }
    text = json.dumps(made, indent=1, ensure_ascii=False)
    (HERE / "pyjwt.json").write_text(text + "\n", encoding="utf-8")


def signed(body, name, key, kid):
    """The headers of a delivery."""
    digest = base64.b64encode(hashlib.sha512(body.encode()).digest()).decode()
    claims = {
        "iss": ISSUER,
        "aud": URL,
        "method": "POST",
        "digest": digest,
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 1000,
        "jti": f"{name}-{len(body)}",
    }
    token = jwt.encode(claims, key, algorithm=name, headers={"kid": kid})
    return {"signature": token, "digest": f"SHA-512={digest}"}


if __name__ == "__main__":
    main()
