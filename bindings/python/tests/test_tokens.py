"""Callables, commands and changes of the token, as Python sees them."""

from __future__ import annotations

import os
import threading
import traceback
from pathlib import Path
from typing import Any

import pytest

import penbox
from raw import TOKEN, answer, serving

FORM = {"id": "a"}
OLD, NEW = TOKEN + "-old", TOKEN + "-new"
REFUSED = answer({"statusCode": 401, "message": "Invalid token"}, status=401)


def tokens(server: Any) -> list[str]:
    return [each.headers["authorization"].removeprefix("Bearer ") for each in server.requests]


def locals_of_the_package(error: BaseException) -> str:
    """The variables of the package's own frames, as tools show them beside a traceback."""
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    own = [frame for frame in frames if Path(frame.filename).parent.name == "penbox"]
    assert own
    return str([frame.locals for frame in own])


def test_a_callable_is_called_at_the_first_call_and_again_after_a_401() -> None:
    given = [OLD, NEW]
    with (
        serving(REFUSED, answer(FORM), answer(FORM)) as server,
        penbox.Client(
            token_provider=lambda: given.pop(0), base_url=server.url, max_attempts=1
        ) as client,
    ):
        assert len(given) == 2
        assert client.auth.fingerprint is None
        assert client.forms.create(flow={"slug": "x"}).id == "a"
        assert client.with_options(timeout=5).forms.get("a").id == "a"
        assert client.auth.fingerprint == penbox.Client(NEW).auth.fingerprint
    assert tokens(server) == [OLD, NEW, NEW]


def test_a_callable_is_called_once_on_a_callers_thread() -> None:
    threads: list[int] = []
    start = threading.Barrier(20)
    callers: list[int] = []

    def give() -> str:
        threads.append(threading.get_ident())
        return TOKEN

    def call() -> None:
        start.wait()
        callers.append(threading.get_ident())
        client.forms.get("a")

    with (
        serving(*[answer(FORM)] * 20) as server,
        penbox.Client(token_provider=give, base_url=server.url) as client,
    ):
        running = [threading.Thread(target=call) for _ in range(20)]
        for each in running:
            each.start()
        for each in running:
            each.join()
    assert len(threads) == 1
    assert threads[0] in callers


class Sealed(Exception):
    """The error of a secret manager."""


def raising() -> str:
    raise Sealed("no token pnbx_0123456789abcdef for you")


async def later() -> str:
    return TOKEN


def nothing() -> Any:
    return None


def number() -> Any:
    return 7


def lone() -> str:
    return "pnbx_\ud800"


def broken() -> str:
    return f"{TOKEN}\n"


@pytest.mark.parametrize(
    ("provider", "reason"),
    [
        (raising, "provider_failed"),
        (nothing, "provider_empty"),
        (number, "provider_type"),
        (later, "provider_type"),
        (lone, "provider_type"),
        (broken, "token_malformed"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_each_fault_of_a_callable_has_its_reason(provider: Any, reason: str) -> None:
    with (
        serving() as server,
        penbox.Client(token_provider=provider, base_url=server.url) as client,
        pytest.raises(penbox.ConfigError) as caught,
    ):
        client.forms.create(flow={"slug": "x"})
    error = caught.value
    assert (error.reason, error.outcome, error.attempts) == (reason, "not_sent", 0)
    assert isinstance(error.__cause__, Sealed) == (provider is raising)
    shown = f"{error} {error!r} {error.support_report()}"
    assert "0123456789" not in shown
    assert TOKEN not in shown


def test_an_interrupt_in_a_callable_is_raised_as_it_is() -> None:
    def give() -> str:
        raise KeyboardInterrupt

    with (
        serving() as server,
        penbox.Client(token_provider=give, base_url=server.url) as client,
        pytest.raises(KeyboardInterrupt),
    ):
        client.forms.get("a")


def test_a_callable_that_calls_its_own_client_is_told_so() -> None:
    with (
        serving() as server,
        penbox.Client(
            token_provider=lambda: client.forms.get("a").id, base_url=server.url
        ) as client,
        pytest.raises(penbox.ConfigError) as caught,
    ):
        client.forms.get("a")
    assert isinstance(caught.value.__cause__, penbox.ConfigError)
    assert caught.value.__cause__.reason == "provider_loop"


def test_a_command_is_a_list_or_a_text() -> None:
    shell = ["sh", "-c", "P=pnbx; echo $P'_of-a-command'"]
    with (
        serving(answer(FORM)) as server,
        penbox.Client(token_command=shell, base_url=server.url) as client,
    ):
        client.forms.get("a")
        assert client.auth.source == "the token command sh"
    assert tokens(server) == ["pnbx_" + "of-a-command"]
    client = penbox.Client(token_command="vault read secret")
    assert client.auth.source == "the token command vault"
    for wrong in ("pass 'a b'", [], ["a", 1], 7, {"a": 1}):
        given: Any = wrong
        with pytest.raises(penbox.ConfigError):
            penbox.Client(token_command=given)
    with pytest.raises(penbox.ConfigError, match="only one of"):
        penbox.Client(TOKEN, token_command=shell)
    not_callable: Any = "vault"
    with pytest.raises(penbox.ConfigError, match="a function"):
        penbox.Client(token_provider=not_callable)


def test_a_token_is_replaced() -> None:
    with (
        serving(answer(FORM), answer(FORM), answer(FORM)) as server,
        penbox.Client(OLD, base_url=server.url) as client,
    ):
        patient = client.with_options(timeout=30)
        client.forms.get("a")
        client.set_token(NEW)
        client.forms.get("a")
        patient.forms.get("a")
        for wrong in ("", f"{NEW}\n", 7, None, "pnbx_\ud800"):
            given: Any = wrong
            with pytest.raises(penbox.ConfigError) as caught:
                client.set_token(given)
            assert NEW not in locals_of_the_package(caught.value)
    assert tokens(server) == [OLD, NEW, NEW]
    with pytest.raises(penbox.ClosedError):
        client.set_token(NEW)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_asks_for_itself_while_the_parent_asks() -> None:
    """The parent's question is open at the fork, and its answer never comes to the child."""
    asked, go_on = threading.Event(), threading.Event()
    parent = os.getpid()

    def give() -> str:
        if os.getpid() == parent:
            asked.set()
            go_on.wait()
        return TOKEN

    with (
        serving(answer(FORM), answer(FORM)) as server,
        penbox.Client(token_provider=give, base_url=server.url, timeout=20) as client,
    ):
        thread = threading.Thread(target=client.forms.get, args=("a",))
        thread.start()
        asked.wait()
        child = os.fork()
        if child == 0:
            try:
                client.forms.get("a")
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        go_on.set()
        thread.join()
    assert tokens(server) == [TOKEN, TOKEN]


def test_a_set_of_workspaces() -> None:
    with (
        serving(answer(FORM), answer(FORM)) as server,
        penbox.WorkspaceClients(
            {"sales": OLD, "hr": {"token_provider": lambda: NEW}}, base_url=server.url, timeout=9
        ) as clients,
    ):
        assert list(clients) == ["sales", "hr"]
        assert "hr" in clients
        clients["sales"].forms.get("a")
        clients.get("hr").forms.get("a")
        with pytest.raises(penbox.InvalidArgumentError, match="known are: hr, sales") as caught:
            clients["legal"]
        assert caught.value.reason == "unknown_workspace"
        assert OLD not in repr(clients)
    assert tokens(server) == [OLD, NEW]
    with pytest.raises(penbox.ClosedError):
        clients["hr"].forms.get("a")
    with pytest.raises(penbox.ConfigError, match="a and b have the same token"):
        penbox.WorkspaceClients({"a": OLD, "b": OLD})
    with pytest.raises(penbox.ConfigError) as wrong:
        penbox.WorkspaceClients({"a": OLD, "b": "Bearer x"})
    assert wrong.value.__notes__ == ["In the settings of the workspace 'b'."]
    assert OLD not in locals_of_the_package(wrong.value)


class Vault:
    """What the page on tokens reads from."""

    def read(self, name: str) -> str:
        return f"{TOKEN}-of-{name}"


def test_the_page_on_tokens_shows_what_works() -> None:
    vault, token = Vault(), TOKEN
    client = penbox.Client(token_provider=lambda: vault.read("kv/penbox"))
    assert client.auth.source == "the token provider given to the client"
    client = penbox.Client(token_command=["vault", "kv", "get", "-field=token", "kv/penbox"])
    assert client.auth.source == "the token command vault"
    own = {"token_command": ["pass", "show", "penbox-hr"]}
    with penbox.WorkspaceClients({"sales": token, "hr": own}, timeout=30) as clients:
        sales, hr = clients["sales"], clients["hr"]
    assert sales.auth.source != hr.auth.source
