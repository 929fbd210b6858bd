"""The programs on webhooks: deliveries of the sandbox, right and spoiled, and keys over https."""

import queue
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from . import build
from .secure import Secure

FOLDER = build.WORK / "deliveries"
# How the sandbox spoils a delivery.
TAMPERINGS = ("body", "digest", "digest_header", "digest_missing", "signature", "signature_missing", "signature_twice")
TAMPERINGS += ("other_key", "unknown_kid", "audience", "issuer", "method", "expired", "not_yet", "claim_type")
TAMPERINGS += ("alg_none", "hmac", "critical", "malformed", "huge_header")
FORM = {"flow": {"slug": "client-onboarding"}, "user": {"email": "john@example.com"}}


class Receiver:
    """An address that takes deliveries, and says 204 to each."""

    def __init__(self) -> None:
        self.arrived: queue.Queue[tuple[list[tuple[str, str]], bytes]] = queue.Queue()
        arrived = self.arrived

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                arrived.put((self.headers.items(), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"
        self.thread = Thread(target=self.server.serve_forever, args=(0.05,))

    def __enter__(self) -> "Receiver":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def complete(sandbox, url: str) -> str:
    """Makes a form whose completion is delivered to an address, and completes it; its id."""
    form = sandbox.call("POST", "forms", FORM | {"webhooks": {url: ["responses:completed"]}})
    sandbox.steer("POST", f"forms/{form['id']}/complete", {})
    return form["id"]


def issuer(sandbox) -> str:
    return sandbox.url.removesuffix("v1")


def _collect(sandbox) -> str:
    """Writes a delivery and its spoiled copies to files NAME.head and NAME.body; the address that they are for."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    sandbox.reset()
    with Receiver() as receiver:
        complete(sandbox, receiver.url)
        for name in ("none", *TAMPERINGS):
            if name != "none":
                sandbox.steer("POST", "webhooks/deliveries/1/replay", {"fresh": True, "tamper": name})
            headers, body = receiver.arrived.get(timeout=30)
            lines = "".join(f"{name}: {value}\n" for name, value in headers)
            (FOLDER / f"{name}.head").write_bytes(lines.encode("latin-1"))
            (FOLDER / f"{name}.body").write_bytes(body)
        return receiver.url


def _run(suite, command: list, *arguments: object, **more: object) -> None:
    code, out, error = suite.end(suite.start([*command, *arguments], **more))
    assert (code, error) == (0, ""), f"it ended with {code}: {out}{error}"
    assert out.endswith(" checks, 0 failures\n"), out


def _delivered(suite, command: list) -> None:
    _run(suite, command, _collect(suite.sandbox), issuer(suite.sandbox), FOLDER)


def _secured(suite, command: list) -> None:
    with Secure(suite.sandbox.url) as secure:
        keys = secure.url.removesuffix("v1") + ".well-known/jwks.json"
        _run(suite, command, keys, secure.authority, more={"SSL_CERT_FILE": secure.authority})


BODIES = {
    "webhooks.c": _delivered,
    "webhooks.cpp": _delivered,
    "webhook_store.c": _run,
    "webhook_threads.c": _run,
    "webhook_network.c": _secured,
}


def tests(suite, lib: Path, valgrind: list[str]) -> Iterator[tuple[str, Callable[[], None]]]:
    """Names and bodies."""
    for source, body in BODIES.items():
        program = build.WORK / "bin" / source.replace(".", "-")
        yield f"{source}: compiles", lambda: build.program(build.HERE / source, program, lib, "-pthread")
        ways = [("runs", []), ("valgrind", valgrind)]
        if body is _secured:
            ways.pop()  # It takes what the assembler of TLS sends for bytes that nobody wrote.
        for how, prefix in ways:
            yield f"{source}: {how}", lambda: body(suite, [*prefix, program])
