"""Settings: every one is validated, none is read from elsewhere than it says."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import penbox
from raw import TOKEN, Request, Server, answer, serving, silence

BAD_TOKENS: dict[str, tuple[Any, str]] = {
    "empty": ("", "empty"),
    "bearer": (f"Bearer {TOKEN}", "Bearer"),
    "newline": (f"{TOKEN}\n", "line break|newline|white"),
    "space": (f" {TOKEN}", "space|white"),
    "another service": ("sk_live_123", "pnbx_"),
    "placeholder": ("YOUR_TOKEN", "placeholder|pnbx_"),
    "placeholder with prefix": ("pnbx_your_token_here", "placeholder"),
    "prefix only": ("pnbx_", "pnbx_"),
    "number": (3, "token must be text"),
    "bytes": (b"pnbx_x", "token must be text"),
}


@pytest.mark.parametrize(("token", "words"), BAD_TOKENS.values(), ids=BAD_TOKENS)
def test_a_bad_token_is_refused_without_being_shown(token: Any, words: str) -> None:
    with pytest.raises(penbox.ConfigError, match=words) as caught:
        penbox.Client(token)
    assert caught.value.outcome == "not_sent"
    if len(str(token)) > 10:
        assert str(token).strip() not in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_a_missing_token_says_where_to_get_one() -> None:
    with pytest.raises(penbox.ConfigError, match="PENBOX_API_TOKEN"):
        penbox.Client()


@pytest.mark.parametrize(
    "url",
    [
        "http://connect.penbox.io/v1",
        "http://localhost.example.com/v1",
        "https://user:word@connect.penbox.io/v1",
        "https://connect.penbox.io/v1?x=1",
        "https://connect.penbox.io/v1#x",
        "ftp://connect.penbox.io",
        "connect.penbox.io",
        "",
        3,
    ],
)
def test_a_bad_address_is_refused(url: Any) -> None:
    with pytest.raises(penbox.ConfigError):
        penbox.Client(TOKEN, base_url=url)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"tiemout": 3}, "there is no setting 'tiemout'.*Did you mean timeout"),
        ({"timeout_ms": 3}, "there is no setting 'timeout_ms'"),
        ({"timeout": "3"}, "timeout must be a duration"),
        ({"timeout": 0}, "timeout must be a duration"),
        ({"timeout": -1}, "timeout must be a duration"),
        ({"timeout": True}, "timeout must be a duration"),
        ({"timeout": float("nan")}, "timeout must be a duration"),
        ({"timeout": 1e300}, "timeout must be a duration"),
        ({"connect_timeout": 10**6}, "connect_timeout must be a duration"),
        ({"page_size": 101}, "page_size must be a whole number from 1 to 100"),
        ({"page_size": 2.0}, "page_size must be a whole number"),
        ({"pool_size": True}, "pool_size must be a whole number"),
        ({"max_response_bytes": 0}, "max_response_bytes must be a whole number"),
        ({"allow_insecure_http": "yes"}, "allow_insecure_http must be true or false"),
        ({"user_agent_suffix": "a\r\nb: c"}, "user_agent_suffix must be one printable line"),
        ({"token_name": object()}, "token_name must be"),
        ({"environment": "qa"}, "environment is not known"),
    ],
)
def test_a_bad_setting_is_refused(setting: dict[str, Any], words: str) -> None:
    arguments = setting if "environment" in setting else {"token": TOKEN, **setting}
    with pytest.raises(penbox.ConfigError, match=words) as caught:
        penbox.Client(**arguments)
    assert caught.value.__context__ is None


def test_settings_are_given_by_name() -> None:
    with pytest.raises(penbox.ConfigError, match="by name"):
        penbox.Client(TOKEN, "dev")  # type: ignore[arg-type, call-arg]


def test_a_token_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PENBOX_API_TOKEN", TOKEN)
    monkeypatch.setenv("PENBOX_BASE_URL", "http://127.0.0.1:9/v1")
    client = penbox.Client()
    assert client.base_url == "http://127.0.0.1:9/v1"
    assert "PENBOX_API_TOKEN" in client.auth.source
    assert penbox.Client(base_url="https://x.example/v1").base_url == "https://x.example/v1"
    assert "given" in penbox.Client("pnbx_other").auth.source


def test_a_named_environment_is_asked_for_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PENBOX_API_TOKEN", TOKEN)
    with pytest.raises(penbox.ConfigError, match="PENBOX_API_TOKEN_DEV"):
        penbox.Client(environment="dev")
    monkeypatch.setenv("PENBOX_API_TOKEN_DEV", "pnbx_dev")
    assert "PENBOX_API_TOKEN_DEV" in penbox.Client(environment="dev").auth.source


def test_a_token_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place = tmp_path / "token"
    place.write_text(f"{TOKEN}\n")
    monkeypatch.setenv("PENBOX_API_TOKEN_FILE", str(place))
    client = penbox.Client()
    assert str(place) in client.auth.source
    digits = client.auth.fingerprint or ""
    assert digits == penbox.Client(TOKEN).auth.fingerprint
    assert len(digits) == 8
    assert digits not in TOKEN


def test_settings_reach_the_wire() -> None:
    with (
        serving(answer({"data": []})) as server,
        penbox.Client(
            TOKEN, base_url=server.url, page_size=7, user_agent_suffix="batch/1"
        ) as client,
    ):
        assert list(client.forms.list()) == []
        request = server.requests[0]
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert request.headers["user-agent"] == f"penbox-python/{penbox.__version__} batch/1"
        assert ("page[size]", "7") in request.query


def test_max_response_bytes() -> None:
    with (
        serving(answer({"id": "a" * 200})) as server,
        penbox.Client(TOKEN, base_url=server.url, max_response_bytes=100) as client,
        pytest.raises(penbox.APIResponseError) as caught,
    ):
        client.forms.get("a")
    assert caught.value.reason == "too_large"


def test_durations_are_seconds() -> None:
    released = threading.Event()

    def hold(_: Request) -> bytes:
        released.wait(30)
        return b""

    server = Server(hold)
    try:
        with penbox.Client(TOKEN, base_url=server.url) as client:
            for limited in (
                client.with_options(timeout=0.2),
                penbox.Client(TOKEN, base_url=server.url, read_timeout=0.2),
            ):
                with pytest.raises(penbox.APITimeoutError) as caught:
                    limited.forms.get("a")
                assert caught.value.phase
            with pytest.raises(penbox.APITimeoutError):
                client.forms.get("a", timeout=0.2)
    finally:
        released.set()
        server.close()


def test_a_client_sends_nothing_by_itself() -> None:
    with silence() as server:
        with penbox.Client(TOKEN, base_url=server.url) as client:
            assert isinstance(client.auth, penbox.Auth)
        assert client.base_url == server.url
