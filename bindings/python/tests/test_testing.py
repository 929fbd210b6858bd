"""`penbox.testing.Sandbox` and the fixtures: the sandbox, run and steered from Python."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import penbox
from conftest import PROGRAM
from penbox.testing import Sandbox, SandboxError


@pytest.fixture(scope="module")
def started() -> Iterator[Sandbox]:
    with Sandbox(PROGRAM) as sandbox:
        yield sandbox


@pytest.fixture
def own(started: Sandbox) -> Sandbox:
    started.reset()
    return started


def form(client: penbox.Client) -> penbox.Form:
    return client.forms.create(flow={"slug": "client-onboarding"}, user={"email": "j@example.com"})


def test_the_contact_answers(own: Sandbox) -> None:
    with own.client() as client:
        made = form(client)
        done = own.complete_form(
            made.id, data={"company": "Acme"}, attachments={"a.txt": b"abc"}, signature="sign"
        )
        assert client.forms.get(made.id).status == "completed"
        data = client.responses.get(done["response_id"]).data
        assert data is not None
        assert data["company"] == "Acme"
        assert client.attachments.download(done["attachment_ids"][0]).content == b"abc"
        assert client.signatures.get(done["signature_id"]).id == done["signature_id"]
        declined = form(client)
        own.complete_form(declined.id, declined=True)
        assert client.forms.get(declined.id).status != "completed"


def test_tokens_are_made_and_revoked(own: Sandbox) -> None:
    token = own.create_token(workspaces=["globex"], name="ours")
    with own.client(token=token) as client:
        assert [each.slug for each in client.workspaces.list()] == ["globex"]
        own.revoke_token(token)
        with pytest.raises(penbox.AuthenticationError):
            client.forms.get("x")
    with own.client() as client:
        own.revoke_token()
        with pytest.raises(penbox.AuthenticationError):
            client.forms.get("x")


def test_rates_and_faults(own: Sandbox) -> None:
    with own.client(max_attempts=1) as client:
        (id,) = own.create_forms(1)
        own.limit_rate(1, 3600, retry_after=7)
        client.forms.get(id)
        with pytest.raises(penbox.RateLimitError) as limited:
            client.forms.get(id)
        assert limited.value.retry_after == 7
        own.limit_rate(None)
    with own.client(max_attempts=1) as client:
        own.add_fault("/forms/{id}", method="GET", count=1, status=503, retry_after=9)
        own.add_fault("/cases", count=1, status=500, latency=0.01)
        with pytest.raises(penbox.ServerError) as failed:
            client.forms.get(id)
        assert (failed.value.http_status, failed.value.retry_after) == (503, 9)
        with pytest.raises(penbox.ServerError):
            client.cases.list().page(1)
        own.add_fault("/forms/{id}", status=500)
        own.reset()
        assert own.create_forms(1)
        assert list(client.forms.list())


def test_what_was_asked_is_told_without_a_token(own: Sandbox) -> None:
    with own.client() as client:
        own.create_cases(2, title="Many")
        assert len(list(client.cases.list())) == 2
    (request,) = own.requests()
    assert (request["method"], request["path"]) == ("GET", "/v1/cases")
    assert own.token not in str(own.requests())


def test_its_clock_moves(own: Sandbox) -> None:
    own.set_clock(datetime(2030, 1, 1, tzinfo=UTC))
    own.advance_clock(timedelta(days=1).total_seconds())
    with own.client() as client:
        assert str(form(client).created_at).startswith("2030-01-02")
    own.set_clock(None)
    now = own.control("PUT", "clock", {"advance_ms": 0})["now"]
    assert not now.startswith("2030")
    with pytest.raises(SandboxError, match="no zone"):
        own.set_clock(datetime(2030, 1, 1))


def test_deliveries_are_told_and_replayed(own: Sandbox) -> None:
    hooks = {"http://127.0.0.1:9/hook": ["requests:created"]}
    with own.client() as client:
        client.forms.create(flow={"slug": "client-onboarding"}, webhooks=hooks)
    (delivery,) = own.deliveries()
    again = own.replay_delivery(delivery["id"], fresh=True, tamper="audience")
    assert again["replay_of"] == delivery["id"]
    assert own.rotate_keys() != own.rotate_keys()


def test_what_it_refuses_is_said(own: Sandbox) -> None:
    with pytest.raises(SandboxError, match="404"):
        own.complete_form("nothing")
    with pytest.raises(SandboxError, match="400"):
        own.add_fault("/forms", stauts=500)
    # A fault that was refused is not sent again with the next one.
    own.add_fault("/forms", count=1, status=500)


def test_a_program_that_is_missing_or_no_sandbox_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PENBOX_SANDBOX_BIN", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="pip install penbox-sandbox"):
        Sandbox()
    with pytest.raises(SandboxError, match="did not start"):
        Sandbox(tmp_path / "missing")
    with pytest.raises(SandboxError, match="gave no address"):
        Sandbox("/bin/true")
    monkeypatch.setenv("PENBOX_SANDBOX_BIN", str(PROGRAM))
    with Sandbox() as found:
        assert found.url.startswith("http://127.0.0.1:")


def test_it_ends_with_the_process_that_started_it() -> None:
    code = (
        "import sys, penbox.testing; s = penbox.testing.Sandbox(sys.argv[1]);"
        "print(s._end.peek()[2][0].pid); import os; sys.stdout.flush(); os._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, PROGRAM], capture_output=True, text=True, check=True
    )
    gone = Path(f"/proc/{int(done.stdout)}")
    # Its own output is inherited by nobody else: the pipe's end is the process's.
    for _ in range(2000):
        if not gone.exists() or "Z" in (gone / "stat").read_text().rsplit(")", 1)[1][:3]:
            break
        subprocess.run(["sleep", "0.01"], check=True)
    else:
        pytest.fail("the sandbox lives on")


def test_the_fixtures_of_pytest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["penbox.pytest_plugin"]\n')
    (tmp_path / "test_ours.py").write_text(
        "def test_one(penbox_client, penbox_sandbox):\n"
        "    penbox_sandbox.create_forms(3)\n"
        "    assert len(list(penbox_client.forms.list())) == 3\n\n\n"
        "def test_two(penbox_client):\n"
        "    assert not list(penbox_client.forms.list())\n"
    )
    monkeypatch.setenv("PENBOX_SANDBOX_BIN", str(PROGRAM))
    # The package that is tested, also where it is not an installed one.
    monkeypatch.setenv("PYTHONPATH", str(Path(penbox.__file__).parents[1]))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
