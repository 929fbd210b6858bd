"""Hooks, stats, alerts and the log, as Python has them."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import penbox
from raw import Request, Server, answer

TOKEN = "pnbx_" + "Qw3rTy7uIoP0aSdF2gHjK5lZxC8vBnM1eXaMpLe"


def respond(request: Request) -> bytes:
    return answer({"id": request.path.rsplit("/", 1)[1]})


@pytest.fixture
def server() -> Any:
    server = Server(respond)
    yield server
    server.close()


def traced(url: str, lines: list[str]) -> penbox.Client:
    """A client whose hooks write what they see."""

    def add_trace(request: penbox.RequestEvent) -> None:
        request.headers["x-trace-id"] = "4bf92f3577b34da6"

    def note(response: penbox.ResponseEvent) -> None:
        lines.append(f"{response.operation} {response.http_status} in {response.elapsed:.3f} s")

    def note_retry(retry: penbox.RetryEvent) -> None:
        lines.append(f"{retry.operation} again in {retry.wait:.1f} s after {retry.error}")

    return penbox.Client(
        TOKEN,
        base_url=url,
        on_request=add_trace,
        on_response=note,
        on_retry=note_retry,
        on_alert=lambda alert: lines.append(alert.message),
    )


def test_hooks_see_each_attempt(server: Server) -> None:
    lines: list[str] = []
    with traced(server.url, lines) as client:
        client.forms.get("a")
    assert len(lines) == 1
    assert re.fullmatch(r"forms.get 200 in \d+\.\d{3} s", lines[0])
    assert server.requests[0].headers["x-trace-id"] == "4bf92f3577b34da6"


def test_an_exception_of_on_request_ends_the_call_and_is_its_cause(server: Server) -> None:
    own = RuntimeError("this program only reads")

    def refuse(request: penbox.RequestEvent) -> None:
        raise own

    with penbox.Client(TOKEN, base_url=server.url, on_request=refuse) as client:
        with pytest.raises(penbox.CancelledError) as caught:
            client.forms.get("a")
        with pytest.raises(penbox.CancelledError):
            list(client.forms.list())
        with pytest.raises(penbox.CancelledError):
            client.attachments.upload(io.BytesIO(b"x"), name="a.txt")
        with pytest.raises(penbox.CancelledError):
            client.responses.download_pdf("a", to=io.BytesIO())
    error = caught.value
    assert error.__cause__ is own
    assert (error.reason, error.outcome, error.attempts) == ("hook", "not_sent", 0)
    assert str(error).startswith("on_request ended the call: RuntimeError: this program only reads")
    assert not server.requests


@pytest.mark.parametrize("hook", ["on_request", "on_response"])
def test_what_is_no_error_of_a_program_is_raised_as_it_is(server: Server, hook: str) -> None:
    def interrupted(event: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait(5)

    settings: Any = {hook: interrupted}
    with penbox.Client(TOKEN, base_url=server.url, **settings) as client:
        with pytest.raises(KeyboardInterrupt):
            client.forms.get("a")
        client.close()


def test_an_exception_of_an_observer_changes_nothing_and_is_counted(server: Server) -> None:
    def fail(event: object) -> None:
        raise RuntimeError("of no importance")

    with penbox.Client(TOKEN, base_url=server.url, on_response=fail) as client:
        assert client.forms.get("a").id == "a"
        assert client.stats().hook_errors == 1


def test_an_async_hook_is_refused(server: Server) -> None:
    async def hook(event: object) -> None:
        raise AssertionError("nobody awaits it")

    with penbox.Client(TOKEN, base_url=server.url, on_request=hook) as client:
        with pytest.raises(penbox.CancelledError) as caught:
            client.forms.get("a")
    assert isinstance(caught.value.__cause__, TypeError)


@pytest.mark.parametrize("name", ["Authorization", "host", "x y"])
def test_a_reserved_header_is_refused(server: Server, name: str) -> None:
    def add(request: penbox.RequestEvent) -> None:
        request.headers[name] = "x"

    with penbox.Client(TOKEN, base_url=server.url, on_request=add) as client:
        with pytest.raises(penbox.InvalidArgumentError):
            client.forms.get("a")
    assert not server.requests


@pytest.mark.parametrize("value", [None, 5, object()])
def test_a_header_that_is_no_text_ends_the_call(server: Server, value: Any) -> None:
    def add(request: penbox.RequestEvent) -> None:
        request.headers["x-a"] = value

    with penbox.Client(TOKEN, base_url=server.url, on_request=add) as client:
        with pytest.raises(penbox.CancelledError) as caught:
            client.forms.get("a")
    assert isinstance(caught.value.__cause__, TypeError)


def test_a_hook_must_be_callable() -> None:
    with pytest.raises(penbox.ConfigError, match="on_retry must be callable"):
        penbox.Client(TOKEN, on_retry="print")  # type: ignore[arg-type]


def test_a_hook_may_call_its_client_also_from_threads_and_asyncio(server: Server) -> None:
    clients: list[penbox.Client] = []

    def look(event: object) -> None:
        clients[0].forms.get("inner")

    settings: Any = {"rate_limit": "1000/s", "on_request": look, "on_response": look}
    with penbox.Client(TOKEN, base_url=server.url, **settings) as client:
        clients.append(client)
        assert client.forms.get("a").id == "a"

        async def both() -> list[penbox.Form]:
            calls = (asyncio.to_thread(client.forms.get, each) for each in "bc")
            return await asyncio.gather(*calls)

        assert [form.id for form in asyncio.run(both())] == ["b", "c"]
        stats = client.stats()
        assert (stats.calls, stats.hook_errors) == (9, 0)


def test_stats_tell_what_a_client_did(server: Server) -> None:
    with penbox.Client(
        TOKEN + "stats", base_url=server.url, token_name="nightly job", rate_limit="10/min"
    ) as client:
        assert client.stats().last_used_at is None
        for name in "abc":
            client.forms.get(name)
        stats = client.stats()
    assert (stats.calls, stats.attempts, stats.repeats, stats.rate_limited) == (3, 3, 0, 0)
    assert stats.token_name == "nightly job"
    assert stats.token_fingerprint == client.auth.fingerprint
    assert stats.operations["forms.get"].calls == 3
    assert 0 < stats.operations["forms.get"].max <= stats.operations["forms.get"].total < 30
    assert stats.operations["forms.get"].histogram[-1].up_to is None
    assert [(rate.requests, rate.window, rate.left) for rate in stats.rate_left] == [(10, 60, 7)]
    assert stats.errors == {}
    assert stats.bytes_sent > 300
    assert stats.last_used_at is not None
    assert stats.to_dict()["operations"]["forms.get"]["calls"] == 3
    of_token = [one for one in penbox.process_stats() if one.token_name == "nightly job"]
    assert [one.calls for one in of_token] == [3]


def test_refusals_in_a_row_call_on_alert_once() -> None:
    server = Server(lambda request: answer({}, status=401))
    lines: list[str] = []
    try:
        with traced(server.url, lines) as client:
            for _ in range(8):
                with pytest.raises(penbox.AuthenticationError):
                    client.forms.get("a")
            assert client.stats().unusual == ["refusals"]
    finally:
        server.close()
    assert [line for line in lines if "unusual" in line] == [
        "unusual use: 5 answers in a row refused the token (401 or 403)"
    ]


def test_a_line_a_request_is_logged(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with penbox.Client(TOKEN, base_url=server.url) as client:
        with caplog.at_level(logging.WARNING, "penbox"):
            client.forms.get("off")
        assert not caplog.records
        with caplog.at_level(logging.INFO, "penbox"):
            client.forms.get("jane.roe")
        [record] = caplog.records
        assert (record.name, record.levelname) == ("penbox", "INFO")
        assert re.fullmatch(r"GET /forms/\{id\} 200, \d+\.\d ms, attempt 1", record.getMessage())
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "penbox"):
            client.forms.get("jane.roe")
        text = caplog.text
    assert len(caplog.records) == 2
    assert "jane" not in text
    assert TOKEN[5:] not in text


def test_a_filter_that_fails_ends_no_call(server: Server) -> None:
    class Odd(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            raise RuntimeError("a filter of the program")

    logger, odd = logging.getLogger("penbox"), Odd()
    seen: list[Any] = []
    before, sys.unraisablehook = sys.unraisablehook, seen.append
    logger.addFilter(odd)
    logger.setLevel(logging.INFO)
    try:
        with penbox.Client(TOKEN, base_url=server.url) as client:
            assert client.forms.get("a").id == "a"
    finally:
        logger.removeFilter(odd)
        logger.setLevel(logging.NOTSET)
        sys.unraisablehook = before
    assert len(seen) == 1


QUIET = """
import sys
import penbox
client = penbox.Client(sys.argv[2], base_url=sys.argv[1])
for _ in range(6):
    try:
        client.forms.get("a")
    except penbox.AuthenticationError:
        pass
assert client.stats().alerts == 1
"""


def test_a_program_that_set_no_logging_up_has_nothing_printed() -> None:
    server = Server(lambda request: answer({}, status=401, headers={"Sunset": "soon"}))
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-c", QUIET, server.url, TOKEN],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        server.close()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


FORK = """
import os, sys, threading
import penbox
client = penbox.Client(sys.argv[2], base_url=sys.argv[1])
stop = threading.Event()
def call():
    while not stop.is_set():
        client.forms.get("a")
        penbox.process_stats()
threads = [threading.Thread(target=call) for _ in range(4)]
[thread.start() for thread in threads]
for _ in range(20):
    child = os.fork()
    if child == 0:
        before = client.stats().calls, len(penbox.process_stats())
        client.forms.get("b")
        after = client.stats().calls, sum(one.calls for one in penbox.process_stats())
        os._exit(0 if (before[0], after) == (0, (1, 1)) else 1)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
[thread.join() for thread in threads]
assert client.stats().calls > 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_child_begins_at_zero_and_waits_for_nothing(server: Server) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-W", "ignore", "-c", FORK, server.url, TOKEN],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parent,
    )
    assert done.returncode == 0, done.stderr
