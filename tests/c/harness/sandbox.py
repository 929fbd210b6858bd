"""A sandbox process, and the routes that steer it."""

import json
import os
import subprocess
import urllib.request
from pathlib import Path

from . import build

# The sample token of the authentication page, which every fresh sandbox takes.
TOKEN = "pnbx_1234567890abcdef1234567890abcdef1234567890abcdef"


class Sandbox:
    """A local Penbox that ends with this process."""

    def __init__(self) -> None:
        path = os.environ.get("PENBOX_SANDBOX_BIN")
        if path is None:
            build.cargo("build", "-q", "-p", "penbox-sandbox")
            path = build.TARGET / "debug/penbox-sandbox"
        self.process = subprocess.Popen(
            [Path(path), "--exit-on-stdin-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("http://127.0.0.1:"):
            raise build.Failed("the sandbox did not print its URL")

    def steer(self, method: str, path: str, body: object = None) -> dict:
        """Calls one of the sandbox's own routes."""
        return self._call(method, "/_sandbox/" + path, body)

    def call(self, method: str, path: str, body: object = None) -> dict:
        """Calls a route of the API."""
        return self._call(method, "/v1/" + path, body)

    def _call(self, method: str, path: str, body: object) -> dict:
        url = self.url.removesuffix("/v1") + path
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        request = urllib.request.Request(url, data, headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            return json.load(answer)

    def reset(self) -> None:
        self.steer("POST", "reset")

    def requests(self) -> list:
        return self.steer("GET", "requests")["requests"]

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()
