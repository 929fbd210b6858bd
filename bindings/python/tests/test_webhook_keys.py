"""The keys of the issuer: fetched over real sockets, by threads, in children, and amid signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import penbox
from children import ends_well, fork
from deliveries import BODY, KEYS, URL, delivery
from penbox.webhooks import Verifier
from raw import Request, Server


def found(text: str, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
    return (head + text).encode()


class Issuer:
    """A server of keys, which holds its answer until it is let go."""

    def __init__(self) -> None:
        self.answer = found(KEYS)
        self.asked, self.let_go = threading.Semaphore(0), threading.Event()
        self.let_go.set()
        self.server = Server(self.respond)

    def respond(self, _: Request) -> bytes:
        self.asked.release()
        self.let_go.wait(60)
        return self.answer

    def verifier(self, **settings: Any) -> Verifier:
        return Verifier(URL, **{"keys_url": f"{self.server.url}/keys.json", **settings})

    @property
    def requests(self) -> int:
        return len(self.server.requests)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.let_go.set()
    issuer.server.close()


def test_keys_are_fetched_once(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    assert issuer.requests == 0
    verifier.fetch_keys()
    for _ in range(5):
        verifier.unwrap(delivery(), BODY)
        verifier.fetch_keys()
    assert issuer.requests == 1
    headers = {name.lower(): value for name, value in issuer.server.requests[0].headers.items()}
    assert headers["user-agent"].startswith("penbox-python/")
    assert "authorization" not in headers


def test_random_keys_cause_no_request_within_half_a_minute(issuer: Issuer) -> None:
    from deliveries import token

    verifier = issuer.verifier()
    verifier.fetch_keys()
    for number in range(100):
        headers = delivery() | {"X-Pnbx-Signature": token(headers={"kid": str(number)})}
        with pytest.raises(penbox.WebhookVerificationError) as raised:
            verifier.unwrap(headers, BODY)
        assert raised.value.reason == "unknown_key"
    assert issuer.requests == 1


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (found("", "503 Service Unavailable"), penbox.ServerError, None),
        (found("", "404 Not Found"), penbox.NotFoundError, None),
        (found("<html>"), penbox.APIResponseError, "decode"),
        (found('{"keys": []}'), penbox.APIResponseError, "decode"),
        (found("", "302 Found\r\nLocation: /"), penbox.APIResponseError, "redirect"),
        (found("x" * 2_000_000), penbox.APIResponseError, "too_large"),
        (b"", penbox.APIConnectionError, None),
    ],
)
def test_an_issuer_that_is_away_is_no_forged_delivery(
    issuer: Issuer, answer: bytes, error: type[penbox.APIError], reason: str | None
) -> None:
    issuer.answer = answer
    with pytest.raises(error) as raised:
        issuer.verifier().unwrap(delivery(), BODY)
    assert not isinstance(raised.value, penbox.WebhookVerificationError)
    if reason:
        assert raised.value.reason == reason


def test_an_issuer_that_says_nothing_is_waited_for_until_the_limit(issuer: Issuer) -> None:
    issuer.let_go.clear()
    with pytest.raises(penbox.APITimeoutError):
        issuer.verifier(timeout=0.3).unwrap(delivery(), BODY)


def test_threads_that_need_keys_make_one_request_and_others_run(issuer: Issuer) -> None:
    issuer.let_go.clear()
    verifier = issuer.verifier()
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(verifier.unwrap, delivery(), BODY) for _ in range(8)]
        assert issuer.asked.acquire(timeout=60)
        # This thread has the GIL meanwhile, and a verifier with keys of its own verifies.
        Verifier(URL, keys=KEYS).unwrap(delivery(), BODY)
        assert not any(call.done() for call in calls)
        issuer.let_go.set()
        assert all(call.result(60).has("responses:updated") for call in calls)
    assert issuer.requests == 1


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT of another process")
@pytest.mark.parametrize("way", ["fetching", "waiting"])
def test_ctrl_c_ends_the_wait_for_keys(issuer: Issuer, way: str) -> None:
    issuer.let_go.clear()
    program = Path(__file__).with_name("fetching.py")
    command = [sys.executable, "-B", str(program), way, f"{issuer.server.url}/keys.json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        assert issuer.asked.acquire(timeout=60)
        if way == "waiting":
            assert process.stdout.readline() == "waits\n"
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        # Far below the limit of a request, which is 60 s there.
        assert time.monotonic() - began < 20
        issuer.let_go.set()
        # The next delivery is verified: an interrupt leaves no error behind.
        assert process.stdout.readline() == "verified\n"
        assert process.wait(60) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_child_fetches_keys_of_its_own(issuer: Issuer) -> None:
    verifier = issuer.verifier(remember_deliveries=True)
    headers = delivery()
    verifier.unwrap(headers, BODY)

    def child() -> bool:
        return verifier.unwrap(headers, BODY).has("responses:updated")

    for number in range(3):
        assert ends_well(fork(child), 60)
        assert issuer.requests == 2 + number
    with pytest.raises(penbox.WebhookVerificationError):
        verifier.unwrap(headers, BODY)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_fork_amid_a_fetch_waits_for_no_thread_of_the_parent(issuer: Issuer) -> None:
    issuer.let_go.clear()
    verifier = issuer.verifier()
    thread = threading.Thread(target=verifier.fetch_keys)
    thread.start()
    assert issuer.asked.acquire(timeout=60)
    pid = fork(lambda: verifier.unwrap(delivery(), BODY).has("responses:updated"))
    assert issuer.asked.acquire(timeout=60)
    issuer.let_go.set()
    assert ends_well(pid, 60)
    thread.join()


def test_the_issuers_proxy_is_that_of_the_environment(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.answer = found("", "403 Forbidden")
    monkeypatch.setenv("HTTPS_PROXY", issuer.server.url.removesuffix("/v1"))
    for settings in ({}, {"proxy": issuer.server.url.removesuffix("/v1")}):
        with pytest.raises(penbox.APIConnectionError) as raised:
            issuer.verifier(keys_url="https://keys.example.com/", **settings).fetch_keys()
        assert raised.value.reason == "proxy"
    assert [request.method for request in issuer.server.requests] == ["CONNECT"] * 2
