"""Calls that are repeated, as Python sees them: what is repeated when is in the conformance."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import pytest

import penbox
from raw import TOKEN, answer, serving, silence

FORM = {"id": "a"}


def limited(wait: float) -> bytes:
    return answer({"statusCode": 429, "message": "slow down", "retryAfter": wait}, status=429)


def test_a_call_waits_and_goes_on() -> None:
    with (
        serving(limited(0.2), answer(FORM)) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        started = time.monotonic()
        assert client.forms.get("a").id == "a"
        assert time.monotonic() - started >= 0.2


def test_settings_say_how_often_and_how_long() -> None:
    for settings in ({"max_attempts": 1}, {"max_retry_wait": 0}, {"max_retry_wait": 0.1}):
        given: dict[str, Any] = settings
        with (
            serving(limited(0.3)) as server,
            penbox.Client(TOKEN, base_url=server.url, **given) as client,
            pytest.raises(penbox.RateLimitError) as caught,
        ):
            client.forms.get("a")
        assert (caught.value.attempts, caught.value.retry_after) == (1, 0.3)


def test_options_of_a_call_say_how_often() -> None:
    down = answer({}, status=503)
    with (
        serving(down, answer(FORM)) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        form = client.with_options(max_attempts=2, retry_unsafe=True).forms.create(
            flow={"slug": "x"}
        )
        assert form.id == "a"
    with (
        serving(down) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
        pytest.raises(penbox.ServerError) as caught,
    ):
        client.with_options(max_attempts=1).forms.get("a")
    assert caught.value.attempts == 1


@pytest.mark.parametrize(
    "options",
    [{"max_attempts": 0}, {"max_attempts": "3"}, {"max_attempts": 1.5}, {"retry_unsafe": 1}],
)
def test_options_that_make_no_sense(options: dict[str, Any]) -> None:
    with silence() as server, penbox.Client(TOKEN, base_url=server.url) as client:
        with pytest.raises(penbox.InvalidArgumentError, match=next(iter(options))):
            client.with_options(**options)


@pytest.mark.parametrize("settings", [{"max_attempts": 0}, {"max_retry_wait": -1}])
def test_settings_that_make_no_sense(settings: dict[str, Any]) -> None:
    with pytest.raises(penbox.ConfigError, match=next(iter(settings))):
        penbox.Client(TOKEN, **settings)


def test_a_client_that_is_paused_sends_nothing_and_says_so(tmp_path: Path) -> None:
    file = io.BytesIO(b"hello")
    with (
        serving(limited(3600)) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        with pytest.raises(penbox.RateLimitError) as first:
            client.forms.get("a")
        assert (first.value.reason, first.value.outcome) == (None, "rejected")
        for call in (
            lambda: client.forms.create(flow={"slug": "x"}),
            lambda: client.attachments.upload(file, name="a.txt"),
            lambda: client.attachments.download("a", to=tmp_path / "a"),
            lambda: next(iter(client.forms.list())),
        ):
            with pytest.raises(penbox.RateLimitError) as caught:
                call()
            assert (caught.value.reason, caught.value.outcome) == ("paused", "not_sent")
        assert (file.tell(), list(tmp_path.iterdir())) == (0, [])
