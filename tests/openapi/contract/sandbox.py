"""The sandbox as a process, and the calls that are made to it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from contract.exchange import Answer, Exchange, Request

ROOT = Path(__file__).resolve().parents[3]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PROGRAM = os.environ.get("PENBOX_SANDBOX_BIN") or TARGET / "debug" / "penbox-sandbox"
ACME = "pnbx_" + "1234567890abcdef" * 3
GLOBEX = "pnbx_" + "sandbox_globex_test_token"


@dataclass(frozen=True)
class Call:
    """A request to make: a path of the document with what its variables stand for."""

    method: str
    path: str
    args: dict[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    json: Any = None
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    token: str | None = ACME

    def request(self) -> Request:
        args = {name: quote(value, safe="") for name, value in self.args.items()}
        headers = dict(self.headers)
        body = self.body
        if self.json is not None:
            headers |= {"content-type": "application/json"}
            body = json.dumps(self.json).encode()
        if self.token is not None:
            headers |= {"authorization": f"Bearer {self.token}"}
        return Request(
            self.method, f"/v1{self.path.format(**args)}", list(self.query), headers, body
        )

    def but(self, **changes: Any) -> Call:
        """The same call with some of it changed."""
        return replace(self, **changes)


class Sandbox:
    """A running sandbox. It keeps every exchange of the API, none of its controls."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.exchanges: list[Exchange] = []
        address = urlsplit(url)
        self._connection = HTTPConnection(str(address.hostname), address.port, timeout=30)

    def make(self, call: Call) -> Answer:
        request = call.request()
        answer = self._send(request)
        self.exchanges.append(Exchange(request, answer))
        return answer

    def made(self, call: Call) -> Any:
        """The JSON of an answer that has to be a success."""
        answer = self.make(call)
        assert answer.status_code < 300, (call.method, call.path, answer.data)
        return json.loads(answer.data)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None and method != "PUT" else json.dumps(body).encode()
        answer = self._send(Request(method, f"/_sandbox/{path}", body=data))
        assert answer.status_code < 300, (method, path, answer.data)
        return json.loads(answer.data)

    def close(self) -> None:
        self._connection.close()

    def _send(self, request: Request) -> Answer:
        target = request.path + (f"?{urlencode(request.query)}" if request.query else "")
        method = request.method.upper()
        self._connection.request(method, target, request.body, request.headers)
        with self._connection.getresponse() as answer:
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers, answer.read())


@contextmanager
def running() -> Iterator[Sandbox]:
    """A fresh sandbox. It ends when its standard input does."""
    process = subprocess.Popen(
        [PROGRAM, "--exit-on-stdin-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        sandbox = Sandbox(process.stdout.readline().strip())
        try:
            yield sandbox
        finally:
            sandbox.close()
            process.stdin.close()
            code = process.wait(20)
        assert code == 0, f"the sandbox ended with {code}"
