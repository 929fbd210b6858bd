"""The examples, run as users run them: what they print, what they write, and how they fail."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import penbox
from conftest import PROGRAM, ROOT, Sandbox
from penbox.params import Flow, User
from raw import TOKEN, Request, Server, answer

EXAMPLES = ROOT / "bindings/python/examples"
UUID = "[0-9a-f-]{36}"


def start(
    name: str, *arguments: object, url: str, token: str, cwd: Path | None = None
) -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PENBOX")}
    return subprocess.Popen(
        [sys.executable, "-X", "dev", "-W", "error", EXAMPLES / name, *map(str, arguments)],
        env={**clean, "PENBOX_API_TOKEN": token, "PENBOX_BASE_URL": url, "PYTHONUTF8": "1"},
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """The exit code and both outputs."""
    with process:
        out, error = process.communicate(timeout=60)
    return process.returncode, out, error


def good(name: str, *arguments: object, sandbox: Sandbox) -> list[str]:
    code, out, error = end(start(name, *arguments, url=sandbox.url, token=sandbox.token))
    assert (code, error) == (0, ""), error
    return out.splitlines()


def test_export_async(sandbox: Sandbox, tmp_path: Path) -> None:
    with penbox.Client(sandbox.token, base_url=sandbox.url) as client:
        made = {client.forms.create(flow={"slug": "client-onboarding"}).id for _ in range(7)}
    path = tmp_path / "forms.jsonl"
    code, out, error = end(start("export_async.py", path, url=sandbox.url, token=sandbox.token))
    # In development mode asyncio tells of a step that took long, such as an import.
    told = [line for line in error.splitlines() if not line.startswith("Executing ")]
    assert (code, out, told) == (0, f"wrote 7 forms to {path}\n", [])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert {penbox.Form.from_json(line).id for line in lines} == made
    code, out, error = end(start("export_async.py", path, url=sandbox.url, token=TOKEN))
    assert (code, out) == (1, "")
    assert "Traceback" not in error
    assert "outcome: rejected" in error


def test_collect_pdf(sandbox: Sandbox, tmp_path: Path) -> None:
    arguments = ("jane@example.com", "kyc-renewal", tmp_path)
    process = start("collect_pdf.py", *arguments, url=sandbox.url, token=sandbox.token)
    assert process.stdout is not None
    created = process.stdout.readline().removeprefix("created ").strip()
    assert re.fullmatch(UUID, created)
    # It has to ask twice.
    deadline = time.monotonic() + 30
    while all(sent["method"] != "GET" for sent in sandbox.control("GET", "requests")["requests"]):
        assert time.monotonic() < deadline, "it never asks"
    done = sandbox.control("POST", f"forms/{created}/complete", {"data": {"city": "Ghent"}})
    code, out, error = end(process)
    assert (code, error) == (0, "")
    file = tmp_path / f"answer-{done['response_id']}.pdf"
    content = file.read_bytes()
    assert content.startswith(b"%PDF")
    assert out.splitlines()[-1] == (
        f"saved {file}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}"
    )
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize(
    ("declined", "message"),
    [(True, "the contact declined\n"), (False, "no answer within 0 s; the form stays open\n")],
)
def test_collect_pdf_without_an_answer(
    sandbox: Sandbox, tmp_path: Path, declined: bool, message: str
) -> None:
    arguments = ("jane@example.com", "kyc-renewal", tmp_path, 60 if declined else 0)
    process = start("collect_pdf.py", *arguments, url=sandbox.url, token=sandbox.token)
    assert process.stdout is not None
    created = process.stdout.readline().split()[1]
    if declined:
        sandbox.control("POST", f"forms/{created}/complete", {"declined": True})
    code, _, error = end(process)
    assert (code, error) == (1, message)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "path", "message"),
    [
        ("collect_pdf.py", "/v1/forms", "the form may exist: look for it"),
        ("start_case.py", "/v1/cases", "the case may exist: look for it"),
    ],
)
def test_a_create_of_unknown_outcome_is_not_repeated(name: str, path: str, message: str) -> None:
    def respond(request: Request) -> bytes:
        """Closes the connection on the create."""
        return answer({"data": [{"id": "t"}]}) if request.method == "GET" else b""

    server = Server(respond)
    try:
        code, _, error = end(start(name, url=server.url, token=TOKEN))
    finally:
        server.close()
    assert code == 1
    assert message in error
    assert "outcome: unknown" in error
    assert [request.path for request in server.requests if request.method == "POST"] == [path]


def test_start_case(sandbox: Sandbox, client: penbox.Client) -> None:
    lines = good("start_case.py", "jane@example.com", "Jane's Bakery", sandbox=sandbox)
    (case,) = (client.cases.get(case.id) for case in client.cases.list())
    assert lines[:6] == [
        f"created {case.id} from the template Client onboarding",
        "started send_welcome",
        "the case is in_progress and waits for: contact",
        "- Welcome email: started",
        "- Collect documents: pending",
        "- Final review: pending",
    ]
    assert lines[6].startswith("a second start is a conflict: ")
    assert len(lines) == 7
    assert (case.contacts or [])[0].email == "jane@example.com"
    assert {field.key: field.value for field in case.schema or []}["company_name"] == (
        "Jane's Bakery"
    )


def test_start_case_goes_on_to_the_next_step() -> None:
    steps = [{"id": "a", "status": "x"}, {"key": "b", "id": "1", "status": "y"}]
    case = {"id": "c", "parent_status": "draft", "steps": steps}
    refusals = {"/v1/cases/c/start/a": 422}

    def respond(request: Request) -> bytes:
        return answer(case, status=refusals.get(request.path, 200))

    server = Server(respond)
    try:
        arguments = ("a@example.com", "A", "t")
        code, out, error = end(start("start_case.py", *arguments, url=server.url, token=TOKEN))
        assert (code, error) == (0, "")
        assert "a cannot be started: " in out
        assert "started b\n" in out
        refusals["/v1/cases/c/start/b"] = 409
        code, _, error = end(start("start_case.py", *arguments, url=server.url, token=TOKEN))
        assert (code, error) == (1, "no step can be started\n")
    finally:
        server.close()


def test_extract_document(sandbox: Sandbox, tmp_path: Path) -> None:
    document = tmp_path / "passport.pdf"
    document.write_bytes(b"%PDF-1.4\n")
    sandbox.control("PUT", "settings", {"extraction_delay_ms": 300})
    lines = good("extract_document.py", document, sandbox=sandbox)
    assert re.fullmatch(rf"uploaded passport\.pdf as {UUID}", lines[0])
    assert lines[1] == 'firstname: "Jane" (confidence: high)'
    assert re.fullmatch(r'birthday: "\d{4}-\d\d-\d\d" \(confidence: high\)', lines[2])
    assert re.fullmatch(r"amount: \d+ \(confidence: high\)", lines[3])
    assert len(lines) == 4


def test_extract_document_without_the_document(sandbox: Sandbox, tmp_path: Path) -> None:
    process = start(
        "extract_document.py", tmp_path / "none.pdf", url=sandbox.url, token=sandbox.token
    )
    code, out, error = end(process)
    assert (code, out) == (1, "")
    assert "none.pdf" in error
    assert "(file, attachments.upload, outcome: not_sent)" in error


def test_export_csv(sandbox: Sandbox, client: penbox.Client, tmp_path: Path) -> None:
    sandbox.control("POST", "forms", {"count": 5, "created_at": "2023-12-31T00:00:00Z"})
    old = {"count": 230, "created_at": "2024-06-01T00:00:00Z", "step_ms": 1000}
    ids = sandbox.control("POST", "forms", old)["ids"]
    flow: Flow = {"slug": "client-onboarding"}
    client.forms.create(flow=flow, draft=True)
    hostile: User = {
        "email": "jane@example.com",
        "given_name": '=HYPERLINK("https://evil.example", "é, ü\n")',
        "phone": "+32470000000",
    }
    last = client.forms.create(flow=flow, user=hostile)
    file = tmp_path / "forms.csv"
    assert good("export_csv.py", "2024-01-01", file, sandbox=sandbox) == [
        f"wrote 231 forms to {file}"
    ]
    with file.open(encoding="utf-8", newline="") as opened:
        head, *rows = csv.reader(opened)
    assert head[:4] == ["id", "created_at", "status", "template"]
    assert [row[0] for row in rows] == [*ids, last.id]
    assert rows[-1][2:] == [
        "pending",
        "client-onboarding",
        "jane@example.com",
        f"'{hostile['given_name']}",
        "'+32470000000",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["forms.csv"]


def test_export_csv_leaves_no_half_file(sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "forms.csv"
    process = start("export_csv.py", "not a date", file, url=sandbox.url, token=sandbox.token)
    code, out, error = end(process)
    assert (code, out) == (1, "")
    assert "(bad_request, HTTP 400, forms.list, outcome: rejected)" in error
    assert not file.exists()
    nowhere = tmp_path / "none" / "forms.csv"
    process = start("export_csv.py", "2024-01-01", nowhere, url=sandbox.url, token=sandbox.token)
    code, _, error = end(process)
    assert code == 1
    assert str(nowhere) in error
    assert "Traceback" not in error


def test_read_form(sandbox: Sandbox, client: penbox.Client) -> None:
    form = client.forms.create(flow={"slug": "client-onboarding"})
    assert good("read_form.py", form.id, sandbox=sandbox) == [f"{form.id} pending"]
    agent = dict(sandbox.control("GET", "requests")["requests"][-1]["headers"])["user-agent"]
    assert agent.endswith(" crm-sync/2.1")

    def refused() -> tuple[int, str, str]:
        return end(start("read_form.py", url=sandbox.url, token=sandbox.token))

    assert refused() == (1, "", "there is no such form\n")
    limit = {"requests": 1, "window_ms": 60_000, "retry_after": 60}
    sandbox.control("PUT", "rate_limit", limit)
    client.forms.get(form.id)
    assert refused() == (1, "", "too many requests: wait 60 s\n")


def test_read_form_from_a_service_that_fails() -> None:
    server = Server(lambda _: answer({"message": "down"}, status=503))
    try:
        code, out, error = end(start("read_form.py", url=server.url, token=TOKEN))
    finally:
        server.close()
    assert (code, out, len(server.requests)) == (1, "", 2)
    assert error.startswith("the service failed; for Penbox's support:\nPenbox support report\n")
    assert "\ntoken name: CRM\n" in error
    assert TOKEN not in error


@pytest.mark.parametrize(
    "name",
    ["collect_pdf.py", "start_case.py", "extract_document.py", "export_csv.py", "read_form.py"],
)
def test_a_revoked_token(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    token = sandbox.control("POST", "tokens")["token"]
    sandbox.control("POST", "tokens/revoke", {"token": token})
    (tmp_path / "document.pdf").write_bytes(b"%PDF-1.4\n")
    code, out, error = end(start(name, url=sandbox.url, token=token, cwd=tmp_path))
    assert (code, out) == (1, "")
    assert "(authentication, HTTP 401, " in error
    assert "expired or revoked" in error
    assert "Traceback" not in error
    assert "may exist" not in error
    assert token.removeprefix("pnbx_")[:12] not in error


def test_every_example_is_tested() -> None:
    here = Path(__file__).parent
    files = ("test_examples.py", "test_package.py", "test_receivers.py")
    tested = "".join((here / name).read_text() for name in files)
    assert all(path.name in tested for path in EXAMPLES.glob("*.py"))


def test_tracing(sandbox: Sandbox) -> None:
    sandbox.control("POST", "forms", {"count": 3})
    assert good("tracing.py", sandbox=sandbox) == ["GET /forms", "open: 3", "open forms"]


def test_export_pandas(sandbox: Sandbox) -> None:
    sandbox.control("POST", "forms", {"count": 3})
    sandbox.control("POST", "forms", {"count": 2, "status": "completed"})
    lines = good("export_pandas.py", sandbox=sandbox)
    assert [line.split() for line in lines[1:]] == [
        ["client-onboarding", "completed", "2"],
        ["pending", "3"],
    ]
    sandbox.control("POST", "reset")
    process = start("export_pandas.py", url=sandbox.url, token=sandbox.token)
    assert end(process) == (1, "", "there are no forms\n")


def test_upload_progress(sandbox: Sandbox, tmp_path: Path, client: penbox.Client) -> None:
    files = [tmp_path / "a.pdf", tmp_path / "b.bin"]
    files[0].write_bytes(b"%PDF-1.4\n")
    files[1].write_bytes(bytes(3_000_000))
    process = start("upload_progress.py", *files, url=sandbox.url, token=sandbox.token)
    code, out, error = end(process)
    assert code == 0, error
    ids = [line.rsplit(" ", 1)[1] for line in out.splitlines()]
    sizes = [len(client.attachments.download(id).content or b"") for id in ids]
    assert sizes == [9, 3_000_000]
    assert "b.bin: 100%" in error
    assert "3.00M/3.00M" in error


def test_batch_processes(sandbox: Sandbox, tmp_path: Path, client: penbox.Client) -> None:
    file = tmp_path / "addresses"
    addresses = [f"p{number}@example.com" for number in range(6)]
    file.write_text("\n".join([*addresses, "no-address"]))
    lines = good("batch_processes.py", file, 3, sandbox=sandbox)
    assert [line.split(":")[0] for line in lines] == [*addresses, "no-address"]
    assert "outcome: rejected" in lines[-1]
    assert {form.user.email for form in client.forms.list() if form.user} == set(addresses)


def test_the_example_of_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PENBOX_SANDBOX_BIN", str(PROGRAM))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    command += ["--rootdir", str(EXAMPLES), "-W", "error", str(EXAMPLES / "test_onboarding.py")]
    done = subprocess.run(command, cwd=EXAMPLES, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_gevent_pool(sandbox: Sandbox) -> None:
    sandbox.control("POST", "forms", {"count": 3})
    sandbox.control("POST", "forms", {"count": 2, "status": "completed"})
    # Both wait for the server at the same time, or the second would not have been sent yet.
    sandbox.control("PUT", "faults", {"faults": [{"path": "/forms", "latency_ms": 2000}]})
    process = start("gevent_pool.py", url=sandbox.url, token=sandbox.token)
    code, out, error = end(process)
    assert (code, out) == (0, "open, completed: 3 2\n"), error
    moments = [sent["at"] for sent in sandbox.control("GET", "requests")["requests"]]
    first, second = (datetime.fromisoformat(moment) for moment in moments[:2])
    assert second - first < timedelta(seconds=2)
