#!/usr/bin/env python3
"""Writes the cases about webhooks: each delivery is signed here, with the public test key of RFC 7515, appendix A.2.

    tests/conformance/deliveries.py

The standard library is enough: an RSA signature of PKCS #1 1.5 is one power. No token has an end, or it ends in the year 2100, but where a case is about that.
"""

import base64
import hashlib
import hmac
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests/conformance/cases/webhooks"
KEYS = json.loads((ROOT / "core/tests/deliveries/keys.json").read_text(encoding="utf-8"))
URL = "https://example.com/hooks/penbox"
EVENT = {
    "events": ["responses:updated", "responses:completed"],
    "data": {"type": "responses", "id": "r-1"},
    "request": {"id": "f-1", "status": "completed", "user": {"email": "john@example.com"}},
}
BODY = json.dumps(EVENT, separators=(",", ":"))
LATER, LONG_AGO = 4_102_444_800, 1_500_000_000
# The prefixes of DER that RFC 8017, section 9.2, puts before a hash.
PREFIXES = {256: "3031300d060960864801650304020105000420", 384: "3041300d060960864801650304020205000430", 512: "3051300d060960864801650304020305000440"}


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(name):
    text = KEYS["rsa"][name]
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def public(**members):
    """The public key as JSON of a key set, with other members."""
    key = {name: KEYS["rsa"][name] for name in ("kty", "n", "e")} | {"kid": "rsa"} | members
    return json.dumps({"keys": [key]}, separators=(",", ":"))


def digest(body):
    return base64.b64encode(hashlib.sha512(body.encode()).digest()).decode()


def claims(**changed):
    """The claims of a delivery of the body; None takes one away."""
    usual = {"iss": "https://connect.penbox.io/", "aud": URL, "method": "POST", "digest": digest(BODY), "iat": LONG_AGO, "jti": "d-1"}
    return {name: value for name, value in (usual | changed).items() if value is not None}


def rs(bits, text):
    """The signature of a text by RSA."""
    size = (number("n").bit_length() + 7) // 8
    tail = bytes.fromhex(PREFIXES[bits]) + hashlib.new(f"sha{bits}", text.encode()).digest()
    block = b"\x00\x01" + b"\xff" * (size - len(tail) - 3) + b"\x00" + tail
    return pow(int.from_bytes(block), number("d"), number("n")).to_bytes(size)


def token(payload=None, header=None, by=256):
    """A token of these claims, or of this text; its header is changed by `header`, or is that text."""
    payload = claims() if payload is None else payload
    header = header if isinstance(header, str) else json.dumps({"alg": "RS256", "kid": "rsa"} | (header or {}), separators=(",", ":"))
    text = payload if isinstance(payload, str) else json.dumps(payload, separators=(",", ":"))
    signed = f"{encode(header.encode())}.{encode(text.encode())}"
    signature = hmac.digest(public().encode(), signed.encode(), "sha256") if by == "hmac" else rs(by, signed)
    return f"{signed}.{encode(signature)}"


def headers(signature=None, of=BODY):
    return [["Content-Type", "application/json"], ["Digest", f"SHA-512={digest(of)}"], ["X-Pnbx-Signature", signature or token()]]


def delivery(row, signature=None, **others):
    return {"name": row, "headers": headers(signature), "body": BODY} | others


def refusals():
    """The rows of deliveries that are refused, each with its reason."""
    good = token()
    header, payload, signature = good.split(".")
    without = [pair for pair in headers() if pair[0] != "Digest"]
    yield "signature_missing", delivery("no_signature", headers=headers()[:2])
    yield "signature_missing", delivery("empty_signature", headers=[*headers()[:2], ["x-pnbx-signature", ""]])
    yield "digest_missing", delivery("no_digest", headers=without)
    yield "digest_missing", delivery("other_digest_algorithm", headers=[*without, ["Digest", "SHA-256=YWJj"]])
    yield "header", delivery("two_signatures", headers=[*headers(), ["x-pnbx-signature", good]])
    yield "header", delivery("two_digests", headers=[*headers(), ["digest", f"SHA-512={digest(BODY)}"]])
    yield "header", delivery("joined_signatures", headers=[*headers()[:2], ["x-pnbx-signature", f"{good}, {good}"]])
    yield "header", delivery("huge_header", token(header={"pad": "x" * 9000}))
    yield "digest", delivery("other_body", body=BODY.replace("f-1", "f-2"))
    yield "digest", delivery("body_with_a_space", body=BODY + " ")
    yield "digest", delivery("empty_body", body="")
    yield "digest", delivery("body_written_again", body=json.dumps(EVENT))
    yield "digest", delivery("other_digest_header", headers=[*headers(of="other")[:2], ["x-pnbx-signature", good]])
    yield "digest", delivery("other_digest_claim", token(claims(digest=digest("other"))))
    yield "digest_missing", delivery("no_digest_claim", token(claims(digest=None)))
    yield "issuer", delivery("other_issuer", token(claims(iss="https://evil.example/")))
    yield "issuer", delivery("issuer_without_slash", token(claims(iss="https://connect.penbox.io")))
    yield "audience", delivery("other_audience", token(claims(aud=URL + "/")))
    yield "malformed", delivery("audience_in_a_list", token(claims(aud=[URL])))
    yield "method", delivery("other_method", token(claims(method="PUT")))
    yield "method", delivery("method_in_lower_case", token(claims(method="post")))
    yield "expired", delivery("expired", token(claims(exp=LONG_AGO)))
    yield "not_yet", delivery("not_yet", token(claims(nbf=LATER)))
    yield "malformed", delivery("end_as_text", token(claims(exp="tomorrow")))
    yield "malformed", delivery("end_as_null", token(json.dumps(claims())[:-1] + ', "exp": null}'))
    yield "malformed", delivery("two_issuers", token(json.dumps(claims())[:-1] + ', "iss": "https://evil.example/"}'))
    yield "malformed", delivery("claims_in_a_list", token("[]"))
    yield "malformed", delivery("two_algorithms", token(header='{"alg":"RS256","alg":"none"}'))
    yield "malformed", delivery("two_parts", f"{header}.{payload}")
    yield "malformed", delivery("four_parts", f"{good}.e30")
    yield "malformed", delivery("padded", good + "=")
    yield "malformed", delivery("no_base64url", good.replace(".", ".+", 1))
    yield "malformed", delivery("bearer", "Bearer " + good)
    yield "signature", delivery("other_claims", f"{header}.{encode(json.dumps(claims(jti='d-2')).encode())}.{signature}")
    yield "signature", delivery("other_signature", f"{header}.{payload}.{encode(rs(256, 'other'))}")
    yield "signature", delivery("short_signature", f"{header}.{payload}.AAAA")
    yield "algorithm", delivery("none", token(header={"alg": "none"}).rsplit(".", 1)[0] + ".")
    yield "algorithm", delivery("hmac_with_the_public_key", token(header={"alg": "HS256"}, by="hmac"))
    yield "algorithm", delivery("algorithm_not_set", token(header={"alg": "RS512"}, by=512))
    yield "algorithm", delivery("algorithm_in_lower_case", token(header={"alg": "rs256"}))
    yield "critical", delivery("critical", token(header={"crit": ["exp"], "exp": LATER}))
    yield "unknown_key", delivery("unknown_key", token(header={"kid": "other"}))
    for name in ("jku", "x5u"):
        yield "header", delivery(name, token(header={name: "https://evil.example/keys"}))
    yield "header", delivery("jwk", token(header={"jwk": json.loads(public())["keys"][0]}))
    yield "header", delivery("b64", token(header={"b64": False}))
    yield "decode", delivery("signed_text", token(claims(digest=digest("hello"))), body="hello", headers=headers(token(claims(digest=digest("hello"))), "hello"))
    yield "decode", delivery("signed_list", body="[]", headers=headers(token(claims(digest=digest("[]"))), "[]"))


def acceptances():
    """The rows of deliveries that are accepted, with the settings that accept them."""
    yield delivery("usual", settings={})
    yield delivery("names_in_any_case", headers=[[name.upper(), value] for name, value in headers()], settings={})
    yield delivery("with_an_end", token(claims(exp=LATER, nbf=LONG_AGO)), settings={})
    yield delivery("end_with_a_fraction", token(claims(exp=LATER + 0.5)), settings={})
    yield delivery("without_a_key_id", token(header='{"alg":"RS256"}'), settings={})
    yield delivery("other_members", token(claims(new=1), {"typ": "JWT", "new": 1}), settings={})
    for bits in (384, 512):
        yield delivery(f"rs{bits}", token(header={"alg": f"RS{bits}"}, by=bits), settings={"algorithms": ["RS256", f"RS{bits}"]})
    yield delivery("another_method", token(claims(method="PUT")), settings={"method": "PUT"})
    yield delivery("another_issuer", token(claims(iss="http://127.0.0.1:4010/")), settings={"issuer": "http://127.0.0.1:4010/"})


def wrong_settings():
    """The rows of settings that make no verifier, each with the reason or none, and a part of the message."""
    weak = json.dumps({"kty": "RSA", "n": encode(b"\xff" * 128), "e": "AQAB"})
    yield "path_only", "/hooks/penbox", {}, None, "https://"
    yield "leeway", URL, {"leeway_ms": 86_401_000}, None, "leeway"
    yield "timeout", URL, {"timeout_ms": 0}, None, "timeout"
    yield "no_method", URL, {"method": ""}, None, "method"
    yield "no_algorithm", URL, {"algorithms": []}, None, "RS256"
    yield "hmac", URL, {"algorithms": ["HS256"]}, None, "RS256"
    yield "keys_on_plain_http", URL, {"keys_url": "http://keys.example.com/"}, "insecure_http", "http"
    yield "no_keys", URL, {"keys": '{"keys": []}'}, None, "keys"
    yield "keys_for_other_algorithms", URL, {"keys": public(), "algorithms": ["ES256"]}, "algorithm", "ES256"
    yield "weak_key", URL, {"keys": weak}, "weak_key", "2048"


REQUEST = {
    "method": "GET",
    "path": "/keys.json",
    "headers": {"accept": "application/json, application/jwk-set+json", "authorization": None},
}
FETCHING = {"url": URL, "settings": {"keys_url": "${ORIGIN}/keys.json"}, "headers": headers(), "body": BODY}


def fetched(doc, answer, error=None, **webhook):
    """A case whose verifier asks the server for keys."""
    expect = {"requests": [REQUEST], **({"error": error} if error else {"result": EVENT})}
    return {"doc": doc, "operation": "webhook.unwrap", "settings": {"token": None}, "webhook": FETCHING | webhook, "answers": [answer], "expect": expect}


def guarded(doc, before, error=None, operation="webhook.unwrap", result=EVENT):
    """A case whose verifier accepts each delivery once."""
    webhook = {"url": URL, "settings": {"keys": public(), "remember_deliveries": True}, "headers": headers(), "body": BODY, "before": before}
    expect = {"requests": [], **({"error": error} if error else {"result": result})}
    return {"doc": doc, "operation": operation, "webhook": webhook, "answers": [], "expect": expect}


def cases():
    refused = {"kind": "webhook", "reason": "${reason}", "outcome": "not_sent", "retryable": False, "attempts": 0}
    rows = [row | {"reason": reason} for reason, row in refusals()]
    webhook = {"url": URL, "settings": {"keys": public()}, "headers": "${headers}", "body": "${body}"}
    yield "refused", {
        "doc": "A delivery that must not be trusted is refused for its own reason.",
        "operation": "webhook.unwrap",
        "webhook": webhook,
        "answers": [],
        "expect": {"requests": [], "error": refused},
        "rows": rows,
    }
    yield "accepted", {
        "doc": "A delivery that was signed by the key is read as an event.",
        "operation": "webhook.unwrap",
        "webhook": webhook | {"settings": "${settings}"},
        "answers": [],
        "expect": {"requests": [], "result": EVENT},
        "rows": [row | {"settings": {"keys": public()} | row["settings"]} for row in acceptances()],
    }
    yield "settings", {
        "doc": "Settings that make no verifier are refused.",
        "operation": "webhook.verify",
        "webhook": {"url": "${url}", "settings": "${settings}", "headers": [], "body": ""},
        "answers": [],
        "expect": {"requests": [], "error": {"kind": "config", "reason": "${reason}", "message_contains": "${part}"}},
        "rows": [dict(zip(("name", "url", "settings", "reason", "part"), row, strict=True)) for row in wrong_settings()],
    }
    replayed = {"kind": "webhook", "reason": "replayed", "retryable": False}
    yield "replayed", guarded("With a replay guard a delivery is accepted once.", ["unwrap"], replayed)
    yield "forgotten", guarded("A delivery that was forgotten is accepted again.", ["unwrap", "forget"])
    yield "verified_before", guarded("The guard is unwrap's: verify may be called before it, and remembers nothing.", ["verify", "verify"])
    yield "verified_after", guarded("A delivery that was accepted can still be verified.", ["unwrap"], operation="webhook.verify", result=None)
    yield "forget", guarded("What was never accepted can be forgotten.", [], operation="webhook.forget", result=None)
    forged = guarded("Nobody but the issuer makes the guard forget a delivery.", [], replayed | {"reason": "signature"}, "webhook.forget")
    forged["webhook"]["headers"] = headers(token().rsplit(".", 1)[0] + "." + encode(rs(256, "other")))
    yield "forget_forged", forged
    text = {"status": 200, "text": public()}
    yield "keys_fetched", fetched("The issuer's keys are fetched once, without a token, and kept.", text, before=["unwrap", "verify"])
    unknown = {"headers": headers(token(header={"kid": "other"}))}
    refusal = {"kind": "webhook", "reason": "unknown_key", "outcome": "not_sent", "retryable": False}
    yield "keys_asked_once", fetched("Tokens of unknown keys cause no request within half a minute.", text, refusal, **unknown, before=["unwrap", "unwrap"])
    for name, what, answer, error in (
        ("keys_missing", "has no keys", {"status": 404}, {"kind": "not_found", "http_status": 404}),
        ("keys_no_set", "answers with no key set", {"status": 200, "text": "<html>"}, {"kind": "response", "reason": "decode"}),
        ("keys_empty", "has an empty key set", {"status": 200, "text": '{"keys": []}'}, {"kind": "response", "reason": "decode", "http_status": 200, "outcome": "done"}),
        ("keys_elsewhere", "sends elsewhere for its keys", {"status": 302, "headers": {"location": "/other.json"}}, {"kind": "response", "reason": "redirect"}),
        ("keys_away", "is away", {"status": 503}, {"kind": "server", "http_status": 503, "retryable": True, "outcome": "rejected"}),
    ):
        yield name, fetched(f"An issuer that {what} is an error of the request, so that a receiver can tell it from a forged delivery.", answer, error)


def main():
    CASES.mkdir(exist_ok=True)
    for name, case in cases():
        if "rows" in case:
            doc = case.pop("doc").rstrip(".")
            case["rows"] = [{"doc": f"{doc}: {row['name'].replace('_', ' ')}."} | row for row in case["rows"]]
        text = json.dumps(case, indent=2, ensure_ascii=False)
        (CASES / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
