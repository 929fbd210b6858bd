"""Errors: every class of the table, its place, its members, and what pickling keeps."""

from __future__ import annotations

import copy
import json
import pickle
import re
from typing import Any

import pytest

import penbox
from conftest import ROOT
from penbox import _native, errors
from raw import TOKEN, answer, serving

TABLE = json.loads((ROOT / "tests/spec/errors.json").read_text())
KINDS: list[dict[str, Any]] = TABLE["kinds"]
MEMBERS = {
    "message": "slow down",
    "hint": "wait",
    "reason": "r",
    "phase": "total",
    "http_status": 429,
    "title": "Too Many Requests",
    "body": "{}",
    "operation": "forms.get",
    "method": "GET",
    "path": "/forms/{id}",
    "attempts": 2,
    "retry_after": 1.5,
    "outcome": "rejected",
    "retryable": True,
    "request_id": "q",
    "occurred_at": "2026-11-24T10:00:00.000Z",
}


@pytest.mark.parametrize("row", KINDS + TABLE["bases"], ids=lambda row: row["class"])
def test_every_class_of_the_table(row: dict[str, Any]) -> None:
    cls = getattr(errors, row["class"])
    assert getattr(penbox, row["class"]) is cls
    assert cls.__module__ == "penbox.errors"
    assert issubclass(cls, penbox.PenboxError)
    if row["parent"]:
        assert cls.__bases__[0] is getattr(errors, row["parent"])
    if "kind" in row:
        assert cls.kind == row["kind"]


def test_built_in_bases() -> None:
    assert issubclass(penbox.APITimeoutError, TimeoutError)
    assert issubclass(penbox.APIConnectionError, ConnectionError)
    assert issubclass(penbox.TLSError, ConnectionError)
    assert not issubclass(penbox.APIResponseError, OSError)


@pytest.mark.parametrize("row", KINDS, ids=lambda row: row["class"])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_whole(row: dict[str, Any], protocol: int) -> None:
    members: dict[str, Any] = dict(MEMBERS)
    error = getattr(penbox, row["class"])(members.pop("message"), **members)
    error.add_note("noted")
    for again in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error)):
        assert type(again) is type(error)
        assert {name: getattr(again, name) for name in MEMBERS} == MEMBERS
        assert str(again) == str(error)
        assert again.support_report() == error.support_report()
        assert again.__notes__ == ["noted"]


def test_a_subclass_of_the_users_pickles_too() -> None:
    again = pickle.loads(pickle.dumps(Mine("a", "b")))
    assert (type(again), again.extra, again.message, str(again)) == (Mine, "b", "a", str(again))
    assert penbox.PenboxError not in Mine.__bases__


class Mine(penbox.NotFoundError):
    def __init__(self, one: str, two: str) -> None:
        super().__init__(one)
        self.extra = two


def test_an_error_made_by_hand_reads_like_one_of_the_clients() -> None:
    error = penbox.RateLimitError("slow down", http_status=429, operation="forms.get", hint="Wait.")
    text = "slow down (rate_limit, HTTP 429, forms.get, outcome: not_sent). Wait."
    assert str(error) == text
    assert repr(error) == f"RateLimitError({text!r})"
    assert "error: rate_limit" in error.support_report()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", error.occurred_at)


STATUSES = [(row["http_status"], row["class"]) for row in KINDS if row["http_status"]]


@pytest.mark.parametrize(
    ("status", "name"),
    [*STATUSES, (500, "ServerError"), (502, "ServerError"), (408, "APIStatusError")],
)
def test_a_status_has_its_class(status: int, name: str) -> None:
    body = {"statusCode": status, "error": "Title", "message": "The server's words"}
    headers = {"X-Request-Id": "req-1", "Retry-After": "7"}
    with (
        serving(answer(body, status=status, headers=headers)) as server,
        penbox.Client(TOKEN, base_url=server.url, token_name="Nightly", max_attempts=1) as client,
        pytest.raises(penbox.PenboxError) as caught,
    ):
        client.forms.get("a")
    error = caught.value
    assert type(error).__name__ == name
    assert isinstance(error, penbox.APIStatusError)
    assert error.http_status == status
    assert error.title == "Title"
    assert error.message == "The server's words"
    assert error.body is not None
    assert json.loads(error.body) == body
    assert (error.operation, error.method, error.path) == ("forms.get", "GET", "/forms/{id}")
    assert (error.attempts, error.request_id) == (1, "req-1")
    assert error.hint or status == 408
    assert error.outcome in TABLE["outcomes"]
    assert str(error).startswith(f"The server's words ({error.kind}, HTTP {status}, forms.get")
    assert "Nightly" in error.support_report()
    assert f"status: {status}" in error.support_report()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", error.occurred_at)
    assert error.__cause__ is None
    assert error.__context__ is None
    assert type(pickle.loads(pickle.dumps(error))) is type(error)
    if name == "RateLimitError":
        assert error.retry_after == 7.0
        assert type(error.retry_after) is float
        assert error.retryable is True


@pytest.mark.parametrize("text", ["", "{", "<html>", "null", "3", "[]", '"x"', "\x00", "[" * 5000])
def test_any_answer_of_no_use_is_a_response_error(text: str) -> None:
    with (
        serving(answer(text=text)) as server,
        penbox.Client(TOKEN, base_url=server.url, max_attempts=1) as client,
        pytest.raises(penbox.APIResponseError) as caught,
    ):
        client.forms.get("a")
    assert caught.value.outcome == "done"


def test_a_refused_connection() -> None:
    with serving() as server:
        pass
    with (
        penbox.Client(TOKEN, base_url=server.url, max_attempts=1) as client,
        pytest.raises(penbox.APIConnectionError) as caught,
    ):
        client.forms.get("a")
    assert (caught.value.reason, caught.value.outcome) == ("refused", "not_sent")
    assert isinstance(caught.value, ConnectionError)


def test_a_connection_cut_after_sending_is_of_unknown_outcome() -> None:
    with (
        serving(b"") as server,
        penbox.Client(TOKEN, base_url=server.url, max_attempts=1) as client,
        pytest.raises(penbox.APIConnectionError) as caught,
    ):
        client.forms.create(flow={"slug": "x"})
    assert caught.value.outcome == "unknown"
    assert caught.value.retryable is False


@pytest.mark.parametrize("detached", [True, False])
def test_a_panic_is_an_internal_error(detached: bool, capfd: pytest.CaptureFixture[str]) -> None:
    provoke_panic = getattr(_native, "_provoke_panic", None)
    assert provoke_panic, "the module was built without the feature test-hooks"
    with pytest.raises(penbox.InternalError) as caught:
        provoke_panic(detached)
    assert isinstance(caught.value, Exception)
    assert caught.value.outcome == "unknown"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "panicked" in capfd.readouterr().err
