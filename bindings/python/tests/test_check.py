"""The check of a client, the command `doctor`, and the curl line of an error."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import penbox
from conftest import Sandbox
from raw import TOKEN, answer, serving


def ids(report: penbox.CheckReport) -> dict[str, str]:
    """The findings that are not well, with their levels."""
    return {one.id: one.level for one in report.findings if one.level != "ok"}


def test_a_client_that_is_well(sandbox: Sandbox) -> None:
    with penbox.Client(sandbox.token, base_url=sandbox.url, token_name="CRM") as client:
        report = client.check(workspace="acme-corp")
        assert ids(client.check(workspace="elsewhere")) == {"wrong_workspace": "error"}
    assert report.ok
    assert bool(report)
    assert ids(report) == {}
    assert all(one.message for one in report.findings)
    assert str(report).endswith("0 errors, 0 warnings")
    assert report.to_dict()["findings"][0]["id"] == report.findings[0].id
    assert "text" not in report.to_dict()
    assert report.curl is not None
    assert "$PENBOX_API_TOKEN" in report.curl
    shown = f"{report} {report!r} {report.findings!r} {report.to_dict()}"
    assert sandbox.token[5:20] not in shown


def test_a_failing_call_is_a_finding_in_the_words_of_python() -> None:
    with (
        serving(answer({"message": "Invalid token"}, status=401)) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        report = client.check()
        assert len(server.requests) == 1
    assert ids(report)["token_not_accepted"] == "error"
    assert not report.ok
    assert not report
    fixes = {one.id: one.fix for one in report.findings}
    assert "Set token_name to" in str(fixes["token_name_missing"])


def test_only_a_closed_client_raises(sandbox: Sandbox) -> None:
    client = penbox.Client(sandbox.token, base_url=sandbox.url)
    for wrong in (5, ["acme"], {"slug": "acme"}):
        with pytest.raises(penbox.InvalidArgumentError):
            client.check(workspace=wrong)  # type: ignore[arg-type]
    token = penbox.CancelToken()
    token.cancel()
    with pytest.raises(penbox.CancelledError):
        client.with_options(cancel=token).check()
    client.close()
    with pytest.raises(penbox.ClosedError):
        client.check()


def test_an_error_has_its_call_as_a_curl_line() -> None:
    email = "o'brien $(id)@example.com"
    with (
        serving(answer({"message": "no"}, status=403)) as server,
        penbox.Client(TOKEN, base_url=server.url) as client,
    ):
        with pytest.raises(penbox.PermissionDeniedError) as caught:
            client.forms.list(user={"email": email}).collect()
        url = server.url.removesuffix("/v1") + server.requests[0].target
    error = caught.value
    line = error.curl()
    assert line is not None
    script = f"curl() {{ printf '%s\\n' \"$@\"; }}\n{line}"
    env = {"PENBOX_API_TOKEN": "from the environment"}
    done = subprocess.run(["/bin/sh", "-c", script], env=env, capture_output=True, text=True)
    assert url in done.stdout.splitlines()
    assert "Authorization: Bearer from the environment" in done.stdout.splitlines()
    assert pickle.loads(pickle.dumps(error)).curl() == line
    assert "brien" not in f"{error} {error!r} {error.support_report()}"
    assert penbox.RateLimitError("made by hand").curl() is None


def doctor(*arguments: str, url: str, token: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "penbox", "doctor", *arguments]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PENBOX_")}
    own = {"PENBOX_BASE_URL": url, "PENBOX_API_TOKEN": token, **env}
    return subprocess.run(command, env={**clean, **own}, capture_output=True, text=True)


def test_the_command_doctor(sandbox: Sandbox) -> None:
    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return doctor(*arguments, url=sandbox.url, token=sandbox.token, **env)

    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert "token_accepted: " in done.stdout
    assert "penbox-python/" in done.stdout
    report: dict[str, Any] = json.loads(run("--json", "--workspace", "acme-corp").stdout)
    assert report["ok"] is True
    done = run("--workspace=elsewhere")
    assert done.returncode == 1
    assert "wrong_workspace: " in done.stdout
    assert run("--curl").stdout.startswith(f"curl -X GET '{sandbox.url}/workspaces")
    assert sandbox.token[5:20] not in done.stdout
    for wrong in ("--jsn", "--workspace", "\udcff"):
        done = run(wrong)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Usage: python -m penbox doctor" in done.stderr
    # A workspace that the terminal cannot show.
    done = run("--workspace=été", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 1
    assert "wrong_workspace" in done.stdout


def test_the_command_without_a_client(tmp_path: Path) -> None:
    done = doctor(url="", token="")
    assert done.returncode == 1
    assert "token_missing: " in done.stdout
    assert "fix: " in done.stdout
    for arguments, code in (((), 2), (("--help",), 0), (("dcotor",), 2)):
        command = [sys.executable, "-m", "penbox", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == code
        assert "python -m penbox doctor" in (done.stdout if code == 0 else done.stderr)


def test_a_reader_that_has_read_enough_is_no_failure(sandbox: Sandbox) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    own = {"PENBOX_BASE_URL": sandbox.url, "PENBOX_API_TOKEN": sandbox.token}
    command = [sys.executable, "-m", "penbox", "doctor"]
    env = {**os.environ, **own}
    try:
        done = subprocess.run(command, env=env, stdout=writer, stderr=subprocess.PIPE)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
