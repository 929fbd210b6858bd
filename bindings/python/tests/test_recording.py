"""Recordings: written with the sandbox, played without a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import penbox
import penbox.testing
from conftest import SANDBOX_TOKEN, Sandbox
from penbox.testing import Recording

CANARIES = ("jo@example.org", "Jolene", "32470123456", "98765", "crm-of-jolene", SANDBOX_TOKEN[5:])
LINE = {
    "recording": 1,
    "operation": "forms.get",
    "method": "GET",
    "path": "/forms/a",
    "answer": {
        "status": 200,
        "headers": [["content-type", "application/json"]],
        "json": {"id": "a"},
    },
}


def written(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def answered(status: int, body: object, **changes: object) -> dict[str, object]:
    answer = {"status": status, "headers": [["content-type", "application/json"]], "json": body}
    return {**LINE, "answer": answer, **changes}


def run(client: penbox.Client) -> list[object]:
    """The calls that are recorded, and played in the same order."""
    user: penbox.User = {"email": "jo@example.org", "given_name": "Jolene", "phone": "+32470123456"}
    made = []
    for _ in range(3):
        form = client.forms.create(
            flow={"slug": "client-onboarding"},
            user=user,
            data={"income": 98765},
            external_args={"crm": "crm-of-jolene"},
        )
        made.append(form.id)
    listed = [form.id for form in client.forms.list(user={"email": "jo@example.org"})]
    attachment = client.attachments.upload(b"Jolene", name="passport-of-jolene.txt")
    file = client.attachments.download(attachment.id)
    with pytest.raises(penbox.NotFoundError) as missing:
        client.forms.get("00000000-0000-0000-0000-000000000000")
    return [made, listed, attachment.id, file.size, missing.value.http_status]


def test_what_is_recorded_is_played_and_holds_no_contact(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "all.jsonl"
    settings = {"token": sandbox.token, "base_url": sandbox.url, "page_size": 2}
    with Recording.record(path, **settings) as live:
        recorded = run(live)
        assert len(recorded[0]) == 3  # type: ignore[arg-type]
    text = path.read_text()
    assert [canary for canary in CANARIES if canary in text] == []
    # The list has more than one page.
    assert sum('"operation":"forms.list"' in line for line in text.splitlines()) >= 2
    recording = Recording(str(path))
    assert recording.left["forms.create"] == 3
    threads, files = threading.active_count(), set(os.listdir("/proc/self/fd"))
    with recording.client(page_size=2) as played:
        assert run(played) == recorded
        assert threading.active_count() == threads
        assert set(os.listdir("/proc/self/fd")) == files
    assert recording.left == {}
    assert repr(recording) == "<penbox.testing.Recording 0 answers left>"


def test_a_rate_limit_is_played_without_a_wait(tmp_path: Path) -> None:
    limited = answered(429, {"retryAfter": 60})
    recording = Recording(written(tmp_path / "limited.jsonl", limited, LINE, limited))
    with recording.client() as client:
        begun = time.monotonic()
        assert client.forms.get("a").id == "a"
        with pytest.raises(penbox.RateLimitError) as raised:
            client.with_options(max_attempts=1).forms.get("a")
        assert raised.value.retry_after == 60
        assert time.monotonic() - begun < 30


def test_what_is_not_recorded_is_named_with_what_is(tmp_path: Path) -> None:
    flows = answered(200, {"n": 1}, operation="", path="/flows")
    recording = Recording(written(tmp_path / "few.jsonl", LINE, LINE, flows))
    assert recording.left == {"forms.get": 2, "GET /flows": 1}
    with recording.client() as client:
        with pytest.raises(penbox.InternalError) as raised:
            client.cases.get("c")
        error = raised.value
        assert (error.reason, error.outcome, error.operation) == (
            "not_recorded",
            "not_sent",
            "cases.get",
        )
        assert "cases.get (GET /cases/c)" in str(error)
        assert "left are those to forms.get (2), GET /flows (1)" in str(error)
        assert client.request("GET", "/flows") == {"n": 1}
        assert [client.forms.get("a").id, client.forms.get("b").id] == ["a", "a"]
        with pytest.raises(penbox.InternalError, match="no answer is left"):
            client.request("GET", "/flows")


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    huge = tmp_path / "huge.jsonl"
    with huge.open("wb") as file:
        file.truncate(100_000_000)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    newer = written(tmp_path / "newer.jsonl", {**LINE, "recording": 2})
    cut = tmp_path / "cut.jsonl"
    cut.write_text(json.dumps(LINE) + "\n" + json.dumps(LINE)[:-7])
    for path, words in (
        (newer, "line 1: the format's version is 2"),
        (cut, "line 2: EOF"),
        (huge, "100000000 bytes"),
        (tmp_path, "no regular file"),
        (pipe, "no regular file"),
        (tmp_path / "binary", "UTF-8"),
        (tmp_path / "none", "is no recording"),
    ):
        with pytest.raises(penbox.FileError, match=words):
            Recording(path)
    with pytest.raises(penbox.FileError):
        Recording.record(tmp_path / "no" / "folder", token=SANDBOX_TOKEN)


def test_settings_are_those_of_a_client(tmp_path: Path) -> None:
    recording = Recording(written(tmp_path / "one.jsonl", LINE))
    seen: list[object] = []
    with recording.client(on_response=seen.append, timeout=3) as client:
        client.forms.get("a")
    assert len(seen) == 1
    with pytest.raises(penbox.ConfigError, match="tokne"):
        recording.client(tokne="x")
    with pytest.raises(penbox.ConfigError):
        Recording.record(tmp_path / "two.jsonl", token="x")


def test_import_penbox_does_not_load_it() -> None:
    code = "import sys, penbox; sys.exit('penbox.testing' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
