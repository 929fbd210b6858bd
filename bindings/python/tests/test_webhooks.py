"""The verifier of webhooks: what it accepts, and each reason for which it refuses.

PENBOX_TEST_MUTATIONS is the number of spoiled deliveries, 2,000 unless set.
"""

from __future__ import annotations

import base64
import copy
import hmac
import json
import os
import pickle
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import penbox
from deliveries import BODY, EVENT, ISSUER, KEYS, PUBLIC, URL, claims, delivery, digest, token
from penbox.webhooks import Verifier, WebhookEvent

MUTATIONS = int(os.environ.get("PENBOX_TEST_MUTATIONS", "2000"))
ALL = ["RS256", "RS384", "RS512", "ES256"]


def pinned(**settings: Any) -> Verifier:
    return Verifier(URL, **{"keys": KEYS, **settings})


def refusal(
    headers: Any, body: bytes = BODY, verifier: Verifier | None = None
) -> penbox.WebhookVerificationError:
    with pytest.raises(penbox.WebhookVerificationError) as raised:
        (verifier or pinned()).unwrap(headers, body)
    return raised.value


def test_a_delivery_is_read() -> None:
    event = pinned().unwrap(delivery(), BODY)
    assert type(event) is WebhookEvent is penbox.WebhookEvent
    assert event.events == EVENT["events"]
    assert event.has("responses:completed")
    assert event.has("responses:new")
    assert not event.has("responses")
    assert event.request is not None
    assert event.request.id == "f-1"
    assert event.data is not None
    assert event.data.type == "responses"
    assert event.to_dict() == EVENT
    assert "john@example.com" not in repr(event)
    pinned().verify(delivery(), BODY)


@pytest.mark.parametrize("body", [b"{}", b'{"events": "responses:completed"}', b'{"events": null}'])
def test_an_event_without_a_list_has_none(body: bytes) -> None:
    assert not pinned().unwrap(delivery(body), body).has("responses:completed")


@pytest.mark.parametrize("algorithm", ALL)
def test_each_algorithm_is_accepted_once_it_is_set(algorithm: str) -> None:
    headers = delivery(algorithm=algorithm)
    assert pinned(algorithms=[algorithm]).unwrap(headers, BODY).has("responses:updated")
    assert pinned(algorithms=ALL).unwrap(headers, BODY).has("responses:updated")
    if algorithm != "RS256":
        assert refusal(headers).reason == "algorithm"


def test_keys_are_pinned_in_each_form() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from deliveries import SIGNERS

    pem = SIGNERS["RS"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    rsa = PUBLIC["rsa"]
    for keys in (KEYS, json.loads(KEYS), rsa, json.dumps(rsa), pem, pem.decode()):
        pinned(keys=keys).verify(delivery(), BODY)


def changed(**headers: str | None) -> dict[str, str]:
    """The headers with others over them; None takes one away."""
    names = {"signature": "X-Pnbx-Signature", "digest": "Digest"}
    all = delivery() | {names[name]: value for name, value in headers.items()}
    return {name: value for name, value in all.items() if value is not None}


def hmac_token() -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    signed = f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{part(claims())}"
    mac = hmac.digest(json.dumps(PUBLIC["rsa"]).encode(), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


NOW = int(time.time())
GOOD = token()
FAULTS: list[tuple[str, Any, bytes]] = [
    ("signature_missing", changed(signature=None), BODY),
    ("signature_missing", changed(signature=""), BODY),
    ("signature_missing", {}, BODY),
    ("digest_missing", changed(digest=None), BODY),
    ("digest_missing", changed(digest=f"SHA-256={digest(BODY)}"), BODY),
    ("header", [*delivery().items(), ("x-pnbx-signature", GOOD)], BODY),
    ("header", changed(signature=f"{GOOD},{GOOD}"), BODY),
    ("header", changed(signature=token(headers={"pad": "x" * 9000})), BODY),
    ("header", changed(signature=token(headers={"jku": "https://evil.example/"})), BODY),
    ("header", changed(signature=token(headers={"jwk": PUBLIC["rsa"]})), BODY),
    ("critical", changed(signature=token(headers={"crit": ["x"], "x": 1})), BODY),
    ("malformed", changed(signature="eyJhbGciOiJSUzI1NiJ9.e30"), BODY),
    ("malformed", changed(signature=f"Bearer {GOOD}"), BODY),
    ("malformed", changed(signature="\ud800"), BODY),
    ("malformed", changed(signature=token(claims(exp="tomorrow"))), BODY),
    ("algorithm", changed(signature=hmac_token()), BODY),
    ("algorithm", changed(signature=token(algorithm="RS512")), BODY),
    ("unknown_key", changed(signature=token(headers={"kid": "other"})), BODY),
    ("signature", changed(signature=GOOD[:-8] + "AAAAAAAA"), BODY),
    ("issuer", delivery(iss="https://evil.example/"), BODY),
    ("audience", delivery(aud=URL + "/"), BODY),
    ("method", delivery(method="PUT"), BODY),
    ("expired", delivery(exp=NOW - 3600), BODY),
    ("not_yet", delivery(nbf=NOW + 3600), BODY),
    ("digest", delivery(), BODY + b" "),
    ("digest", delivery(), json.dumps(EVENT).encode()),
    ("digest", delivery(), b""),
    ("digest", changed(digest=f"SHA-512={digest(b'other')}"), BODY),
    ("decode", delivery(b"[]"), b"[]"),
    ("decode", delivery(b"\xff"), b"\xff"),
]


@pytest.mark.parametrize(("reason", "headers", "body"), FAULTS)
def test_each_fault_has_its_reason(reason: str, headers: Any, body: bytes) -> None:
    error = refusal(headers, body)
    assert (error.kind, error.reason, error.outcome) == ("webhook", reason, "not_sent")
    assert not error.retryable
    assert GOOD not in str(error)
    if reason != "decode":
        with pytest.raises(penbox.WebhookVerificationError) as raised:
            pinned().verify(headers, body)
        assert raised.value.reason == reason


def test_both_addresses_are_told_where_they_differ() -> None:
    error = refusal(delivery(aud="https://other.example/hooks"))
    assert URL in str(error)
    assert "https://other.example/hooks" in str(error)


def test_a_body_that_was_written_again_is_told_as_such() -> None:
    assert "written again" in str(refusal(delivery(), json.dumps(EVENT).encode()))


def test_no_spoiled_delivery_is_accepted() -> None:
    verifier, chance = pinned(algorithms=ALL), random.Random(5)
    good = [delivery(algorithm=algorithm) for algorithm in ALL]
    letters = bytes(range(32, 127))
    accepted = []
    for _ in range(MUTATIONS):
        headers = dict(chance.choice(good))
        body = BODY
        where = chance.choice(["Digest", "X-Pnbx-Signature", "X-Pnbx-Signature", "body"])
        before = body if where == "body" else headers[where].encode()
        at, letter = chance.randrange(len(before)), chance.choice(letters)
        end = at + chance.choice([0, 1, 1, 1, 2])
        after = before[:at] + bytes([letter] * chance.choice([0, 1, 1])) + before[end:]
        if after == before:
            continue
        if where == "body":
            body = after
        else:
            headers[where] = after.decode("latin-1")
        try:
            verifier.unwrap(headers, body)
        except penbox.WebhookVerificationError:
            continue
        accepted.append((where, before, after))
    assert accepted == []


def test_a_clock_that_is_off_is_accepted_within_the_leeway() -> None:
    late = delivery(exp=int(time.time()) - 30)
    pinned().verify(late, BODY)
    assert refusal(late, verifier=pinned(leeway=0)).reason == "expired"
    assert refusal(late, verifier=pinned(leeway=0.5)).reason == "expired"


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"url": "/hooks/penbox"}, "https://"),
        ({"url": None}, "the setting url must be text"),
        ({"url": b"https://example.com"}, "the setting url must be text"),
        ({"keys": 5}, "the setting keys must be"),
        ({"keys": ""}, "public key"),
        ({"keys": {"keys": []}}, "public key"),
        ({"algorithms": ["none"]}, "RS256, RS384, RS512, ES256"),
        ({"algorithms": [5]}, "the setting algorithms must be a list of texts"),
        ({"algorithms": 5}, "the setting algorithms must be a list of texts"),
        ({"leeway": -1}, "the setting leeway must be a number of seconds"),
        ({"leeway": "5"}, "the setting leeway must be a number of seconds"),
        ({"leeway": float("nan")}, "leeway"),
        ({"leeway": float("inf")}, "leeway"),
        ({"leeway": 86_401}, "leeway"),
        ({"keys": None, "timeout": 0}, "timeout"),
        ({"method": ""}, "method"),
        ({"remember_deliveries": "yes"}, "add(id, seconds)"),
        ({"remember_deliveries": set()}, None),
        ({"remember_deliveries": object()}, "add(id, seconds)"),
        ({"keys": None, "keys_url": "http://keys.example.com/"}, "http"),
        ({"keys": None, "proxy": "ftp://a"}, "proxy"),
        ({"keys": None, "ca_file": "/nowhere/ca.pem"}, "ca"),
        ({"key": KEYS}, "there is no setting 'key'"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], part: str | None) -> None:
    url = settings.pop("url", URL)
    if part is None:
        # A set has both methods: it is asked, and then its answer says no.
        assert refusal(delivery(), verifier=pinned(**settings)).reason == "replay_store"
        return
    with pytest.raises(penbox.ConfigError) as raised:
        Verifier(url, **{"keys": KEYS, **settings})
    assert part in str(raised.value)


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (BODY.decode(), "not str"),
        (EVENT, "parsed already (dict)"),
        ([], "parsed already (list)"),
        (None, "not None"),
        (5, "not int"),
        (Path(), "Path"),
    ],
)
def test_a_body_that_is_no_bytes_is_refused_with_advice(body: Any, part: str) -> None:
    with pytest.raises(penbox.InvalidArgumentError) as raised:
        pinned().unwrap(delivery(), body)
    assert part in str(raised.value)
    for way in ("await request.body()", "request.get_data()", "request.body in Django"):
        assert way in (raised.value.hint or "")


def test_a_body_that_was_not_awaited_is_told_as_such() -> None:
    async def read() -> bytes:
        return BODY

    with pytest.raises(penbox.InvalidArgumentError, match="not awaited"):
        pinned().unwrap(delivery(), read())  # type: ignore[arg-type]


def test_each_kind_of_bytes_is_a_body() -> None:
    view = memoryview(b"--" + BODY)[2:]
    for body in (BODY, bytearray(BODY), memoryview(BODY), view, memoryview(bytearray(BODY))):
        assert pinned().unwrap(delivery(), body).has("responses:updated")


@pytest.mark.parametrize(
    "headers", [None, 5, "Digest: x", b"x", ["Digest"], [("Digest",)], object()]
)
def test_what_is_no_headers_is_refused_with_advice(headers: Any) -> None:
    with pytest.raises(penbox.InvalidArgumentError) as raised:
        pinned().unwrap(headers, BODY)
    assert "headers" in str(raised.value)
    assert "request.headers" in (raised.value.hint or "")


def test_arguments_are_named_where_they_do_not_fit() -> None:
    with pytest.raises(penbox.InvalidArgumentError, match="body"):
        pinned().unwrap(delivery())  # type: ignore[call-arg]
    with pytest.raises(penbox.ConfigError, match="url"):
        Verifier()  # type: ignore[call-arg]


def test_a_verifier_cannot_be_pickled_or_copied() -> None:
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="make one in each process"):
            copied(pinned())
    assert repr(pinned()) == f"<penbox.webhooks.Verifier url={URL!r}>"
    assert pinned().url == URL
    event = pinned().unwrap(delivery(), BODY)
    assert pickle.loads(pickle.dumps(event)) == event


@pytest.mark.parametrize(
    ("program", "loaded"),
    [
        ("import penbox", False),
        ("import penbox; penbox.webhooks.Verifier", True),
        ("import penbox.webhooks", True),
        ("from penbox import webhooks", True),
        ("from penbox.webhooks import Verifier", True),
        ("import penbox; dir(penbox)", False),
    ],
)
def test_the_module_is_loaded_when_it_is_used(program: str, loaded: bool) -> None:
    look = f"import sys; {program}; print('penbox.webhooks' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == str(loaded)


def test_the_issuer_is_the_one_of_production() -> None:
    assert ISSUER in str(refusal(delivery(iss="https://connect.penbox.io")))
