"""Receivers: what each framework gives is taken, and the examples receive deliveries.

PENBOX_TEST_DELIVERIES is the number of deliveries to the FastAPI receiver, 200 unless set.
"""

from __future__ import annotations

import email.message
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.headers import Headers as WsgiHeaders

import flask
import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.datastructures import Headers as StarletteHeaders
from starlette.testclient import TestClient
from werkzeug.datastructures import EnvironHeaders
from werkzeug.datastructures import Headers as WerkzeugHeaders

import penbox
from conftest import ROOT, Sandbox
from deliveries import BODY, KEYS, URL, delivery
from penbox.webhooks import Verifier

EXAMPLES = ROOT / "bindings/python/examples"
DELIVERIES = int(os.environ.get("PENBOX_TEST_DELIVERIES", "200"))

PAIRS = list(delivery().items())
RAW = [(name.lower().encode(), value.encode()) for name, value in PAIRS]
ENVIRON = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in PAIRS}


def message(pairs: list[tuple[str, str]]) -> email.message.Message:
    made = email.message.Message()
    for name, value in pairs:
        made[name] = value
    return made


@pytest.mark.parametrize(
    "headers",
    [
        PAIRS,
        tuple(PAIRS),
        [list(pair) for pair in PAIRS],
        dict(PAIRS),
        {name.upper(): value for name, value in PAIRS},
        {name: [value] for name, value in PAIRS},
        {name: value.encode() for name, value in PAIRS},
        RAW,
        [list(pair) for pair in RAW],
        dict(RAW),
        ENVIRON | {"REQUEST_METHOD": "POST", "wsgi.version": (1, 0)},
        EnvironHeaders(ENVIRON),
        WerkzeugHeaders(PAIRS),
        WsgiHeaders(PAIRS),
        StarletteHeaders(raw=RAW),
        httpx2.Headers(PAIRS),
        message(PAIRS),
    ],
    ids=lambda headers: type(headers).__name__,
)
def test_headers_of_each_framework_are_taken(headers: Any) -> None:
    assert Verifier(URL, keys=KEYS).unwrap(headers, BODY).has("responses:updated")


@pytest.mark.parametrize(
    "headers",
    [
        [*PAIRS, PAIRS[2]],
        [*RAW, RAW[2]],
        {name: [value, value] for name, value in PAIRS},
        dict(PAIRS) | {PAIRS[2][0].lower(): PAIRS[2][1]},
        dict(PAIRS) | ENVIRON,
        WerkzeugHeaders([*PAIRS, PAIRS[1]]),
        WsgiHeaders([*PAIRS, PAIRS[1]]),
        StarletteHeaders(raw=[*RAW, RAW[1]]),
        httpx2.Headers([*PAIRS, PAIRS[1]]),
        message([*PAIRS, PAIRS[1]]),
    ],
    ids=lambda headers: type(headers).__name__,
)
def test_a_header_that_is_there_twice_is_noticed(headers: Any) -> None:
    with pytest.raises(penbox.WebhookVerificationError) as raised:
        Verifier(URL, keys=KEYS).unwrap(headers, BODY)
    assert raised.value.reason == "header"


def test_flask_gives_the_headers_and_the_body_as_they_were_received() -> None:
    app, verifier = flask.Flask("receiver"), Verifier(URL, keys=KEYS)

    @app.post("/hooks")
    def receive() -> str:
        event = verifier.unwrap(flask.request.headers, flask.request.get_data())
        assert verifier.unwrap(flask.request.environ, flask.request.get_data()) == event
        return ",".join(event.events or ())

    answered = app.test_client().post("/hooks", data=BODY, headers=delivery())
    assert answered.text == "responses:updated,responses:completed,responses:new"


def test_fastapi_gives_the_headers_and_the_body_as_they_were_received() -> None:
    app, verifier = FastAPI(), Verifier(URL, keys=KEYS)

    async def receive(request: Request) -> list[str]:
        body = await request.body()
        event = verifier.unwrap(request.headers, body)
        assert verifier.unwrap(request.scope["headers"], body) == event
        return event.events or []

    receive.__annotations__["request"] = Request
    app.post("/hooks", response_model=None)(receive)
    with TestClient(app) as client:
        answered = client.post("/hooks", content=BODY, headers=delivery())
    assert answered.json() == ["responses:updated", "responses:completed", "responses:new"]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def receiving(name: str, sandbox: Sandbox) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """An example that receives at an address, and trusts the sandbox."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/hooks/penbox"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PENBOX")}
    ours = {
        "PENBOX_WEBHOOK_URL": url,
        "PENBOX_ISSUER": sandbox.url.removesuffix("v1"),
        "PORT": str(port),
        "PYTHONUTF8": "1",
    }
    with subprocess.Popen(
        [sys.executable, "-B", EXAMPLES / name],
        env=clean | ours,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            until = time.monotonic() + 60
            while True:
                assert process.poll() is None, "it ended"
                assert time.monotonic() < until, "it does not listen"
                with socket.socket() as caller:
                    if caller.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield process, url
        finally:
            process.kill()


def printed(process: subprocess.Popen[str]) -> str:
    """The next line that a receiver prints of an event."""
    assert process.stdout is not None
    while True:
        line = process.stdout.readline()
        assert line, "it ended"
        if ":" in line and line[8] == "-":
            return line.strip()


def settled(sandbox: Sandbox, count: int) -> list[dict[str, Any]]:
    """The deliveries, when there are so many and each was answered."""
    until = time.monotonic() + 60
    while True:
        made = sandbox.control("GET", "webhooks/deliveries")["deliveries"]
        if len(made) >= count and all(each["attempts"] for each in made):
            return list(made)
        assert time.monotonic() < until, made
        time.sleep(0.05)


@pytest.mark.parametrize("name", ["flask_receiver.py", "fastapi_receiver.py"])
def test_an_example_receives(sandbox: Sandbox, client: penbox.Client, name: str) -> None:
    sandbox.control("PUT", "webhooks", {"attempts": 1})
    with receiving(name, sandbox) as (process, url):
        webhooks = {url: ["responses:completed"]}
        form = client.forms.create(flow={"slug": "client-onboarding"}, webhooks=webhooks)
        sandbox.control("POST", f"forms/{form.id}/complete", {"data": {"city": "Ghent"}})
        line = printed(process)
        assert line.startswith(form.id)
        assert "responses:completed" in line
        # A replay is answered as accepted, a forged one as refused.
        sandbox.control("POST", "webhooks/deliveries/1/replay")
        for fault in ("body", "signature", "alg_none", "audience", "expired", "other_key"):
            sandbox.control("POST", "webhooks/deliveries/1/replay", {"tamper": fault})
        made = settled(sandbox, 8)
        statuses = [each["attempts"][-1]["status"] for each in made]
        assert statuses == [204, 204, 401, 401, 401, 401, 401, 401]
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, BODY)
        assert raised.value.code == 401
        raised.value.close()


@pytest.mark.parametrize("name", ["flask_receiver.py", "fastapi_receiver.py"])
def test_an_example_asks_again_while_the_issuer_is_away(
    sandbox: Sandbox, client: penbox.Client, name: str
) -> None:
    sandbox.control("PUT", "webhooks", {"attempts": 1, "key_set": "error"})
    with receiving(name, sandbox) as (process, url):
        webhooks = {url: ["requests:created"]}
        form = client.forms.create(flow={"slug": "client-onboarding"}, webhooks=webhooks)
        assert settled(sandbox, 1)[0]["attempts"][-1]["status"] == 503
        sandbox.control("PUT", "webhooks", {"attempts": 1, "key_set": "served"})
        until = time.monotonic() + 60
        while True:
            # A request for keys that failed is made again after a second.
            sandbox.control("POST", "webhooks/deliveries/1/replay", {"fresh": True})
            made = sandbox.control("GET", "webhooks/deliveries")["deliveries"]
            made = settled(sandbox, len(made))
            if made[-1]["attempts"][-1]["status"] == 204:
                break
            assert time.monotonic() < until
            time.sleep(0.5)
        assert printed(process).startswith(form.id)


@pytest.mark.timeout(120 + DELIVERIES)
def test_each_of_many_deliveries_is_received_once(sandbox: Sandbox, client: penbox.Client) -> None:
    with receiving("fastapi_receiver.py", sandbox) as (process, url):
        webhooks = {url: ["requests:created"]}
        began, received = time.monotonic(), []
        for done in range(0, DELIVERIES, 100):
            batch = range(done, min(done + 100, DELIVERIES))
            made = {
                client.forms.create(flow={"slug": "client-onboarding"}, webhooks=webhooks).id
                for _ in batch
            }
            heard = [printed(process).split()[0] for _ in batch]
            assert set(heard) == made
            received += heard
        assert len(received) == len(set(received)) == DELIVERIES
        print(f"{DELIVERIES} deliveries received once in {time.monotonic() - began:.1f} s")
