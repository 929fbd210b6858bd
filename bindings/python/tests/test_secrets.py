"""The token is in the core only."""

from __future__ import annotations

import copy
import gc
import logging
import pickle
import sys
import traceback
from collections import UserDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

import penbox
from raw import TOKEN, answer, serving, silence

PACKAGE = str(Path(penbox.__file__).parent)
SECRET = TOKEN.removeprefix("pnbx_")
# Keywords by which a token was given in the wrong place.
NAMED: dict[str, Any] = {TOKEN: 1}


def test_nothing_shows_it() -> None:
    with penbox.Client(TOKEN, base_url="http://127.0.0.1:9/v1") as client:
        assert repr(client) == "<penbox.Client base_url=http://127.0.0.1:9/v1 token=pnbx_***>"
        things = [client, client.forms, client.auth, client.with_options(timeout=3), client._native]
        for thing in things:
            for shown in (repr(thing), str(thing), f"{thing}", repr(dir(thing))):
                assert SECRET not in shown
            for name in dir(thing):
                assert SECRET not in repr(getattr(thing, name, None)), name


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.forms.list(**NAMED),
        lambda client: client.forms.list(user={TOKEN: "x"}),
        lambda client: client.forms.get("a", extra_query={TOKEN: 1}),
        lambda client: client.forms.get("a", extra_query={"key": TOKEN}),
        lambda client: client.forms.get("a", extra_headers={"x-key": TOKEN}),
        lambda client: client.forms.create(flow={"slug": "x"}, data={TOKEN: object()}),
        lambda client: client.forms.create(flow={"slug": "x"}, data={"a": [TOKEN]}),
        lambda client: client.with_options(body={"key": TOKEN}).forms.create(flow={"slug": "x"}),
        lambda client: penbox.Client(TOKEN, **NAMED),
    ],
)
def test_in_a_wrong_place_it_is_refused_and_not_shown(call: Callable[[penbox.Client], Any]) -> None:
    with (
        silence() as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
        pytest.raises((penbox.InvalidArgumentError, penbox.ConfigError)) as caught,
    ):
        list(call(client))
    error = caught.value
    assert error.outcome == "not_sent"
    assert SECRET not in f"{error} {error!r} {error.hint} {error.support_report()}"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_client_refuses_to_be_pickled(protocol: int) -> None:
    with penbox.Client(TOKEN) as client:
        for thing in (client, client.forms, client._native):
            with pytest.raises(TypeError, match="cannot be pickled"):
                pickle.dumps(thing, protocol)
        with pytest.raises(TypeError, match="cannot be pickled"):
            copy.copy(client)
        with pytest.raises(TypeError, match="cannot be pickled"):
            copy.deepcopy(client)


def test_python_keeps_no_reference_to_it() -> None:
    token = "".join(["pnbx_", "counted"])
    before = sys.getrefcount(token)
    client = penbox.Client(token)
    gc.collect()
    assert sys.getrefcount(token) == before
    client.close()


def made(token: str) -> penbox.ConfigError:
    with pytest.raises(penbox.ConfigError) as caught:
        penbox.Client(f"{token}\n", token_name="x")
    return caught.value


def test_a_traceback_that_shows_variables_does_not_find_it() -> None:
    error = made(TOKEN)
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    ours = [frame for frame in frames if frame.filename.startswith(PACKAGE)]
    assert len(ours) >= 2
    for frame in ours:
        assert SECRET not in str(frame.locals), frame
    assert SECRET not in "".join(traceback.format_exception(error))
    assert SECRET.encode() not in pickle.dumps(error)


def test_an_unknown_setting_beside_it_does_not_show_it() -> None:
    with pytest.raises(penbox.ConfigError) as caught:
        penbox.Client(TOKEN, tiemout=3)  # type: ignore[call-arg]
    stack = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    for frame in stack:
        if frame.filename.startswith(PACKAGE):
            assert SECRET not in str(frame.locals), frame


class Faulty(UserDict[str, str]):
    """A mapping that cannot be read."""

    def items(self) -> NoReturn:
        raise TypeError("not today")


def test_an_error_of_the_callers_own_shows_no_arguments_of_the_call() -> None:
    with penbox.Client(TOKEN) as client, pytest.raises(TypeError, match="not today") as caught:
        client.with_options(headers={"x-key": SECRET}, query=Faulty())
    stack = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    checked = [frame for frame in stack if frame.filename.endswith("_checked.py")]
    assert checked
    for frame in checked:
        assert SECRET not in str(frame.locals), frame


def test_a_call_logs_and_prints_nothing_of_it(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = {"statusCode": 401, "error": "Unauthorized", "message": f"bad token {TOKEN}"}
    with (
        serving(answer({"id": "a"}), answer(echo, status=401)) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        client.forms.get("a")
        with pytest.raises(penbox.AuthenticationError) as caught:
            client.forms.get("a")
    error = caught.value
    shown = [str(error), repr(error), str(error.body), error.support_report(), str(vars(error))]
    shown += [caplog.text, *capfd.readouterr(), repr(pickle.dumps(error))]
    for text in shown:
        assert SECRET not in text
