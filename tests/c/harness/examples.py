"""The examples of ffi/examples, in C and C++: compiled, run natively and under valgrind, and what they print, write and say."""

import csv
import hashlib
import re
import shutil
import time
from pathlib import Path
from typing import Callable, Iterator

from . import build, receivers
from .scripted import Scripted

FOLDER = build.ROOT / "ffi/examples"
PLACE = build.WORK / "examples"
NAMES = ("collect_pdf", "start_case", "extract_document", "export_csv", "read_form")
UUID = "[0-9a-f-]{36}"
HOSTILE = '=SUM("\u00e9",\n1)'


def tests(suite, lib: Path, valgrind: list[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    """The tests, in their order: the programs are compiled by the first of each language."""
    yield "every example is tested", _all_known
    for language in ("c", "cpp"):
        for name in NAMES:
            yield f"{name}.{language}: compiles", lambda: _compile(name, language, lib)
            for how, prefix in (("runs", []), ("valgrind", valgrind)):
                yield f"{name}.{language}: {how}", lambda: GOOD[name](Runs(suite, [*prefix, _program(name, language)]))
            yield f"{name}.{language}: a revoked token", lambda: _revoked(Runs(suite, [_program(name, language)]))
            yield f"{name}.{language}: what goes wrong", lambda: BAD[name](Runs(suite, [_program(name, language)]))
        yield from receivers.tests(suite, FOLDER / f"{receivers.NAME}.{language}", lib, valgrind)


class Runs:
    """A program, to be run in an empty folder against a sandbox as it began."""

    def __init__(self, suite, command: list) -> None:
        self.suite = suite
        self.sandbox = suite.sandbox
        self.command = command
        self.sandbox.reset()
        shutil.rmtree(PLACE, ignore_errors=True)
        PLACE.mkdir(parents=True)

    def start(self, *arguments: object, **options: object):
        return self.suite.start([*self.command, *arguments], cwd=PLACE, **options)

    def fails(self, *arguments: object, **options: object) -> str:
        """What a run that must fail says."""
        code, _, error = self.suite.end(self.start(*arguments, **options))
        assert code == 1, f"it ended with {code}: {error}"
        return error

    def lines(self, *arguments: object, **options: object) -> list[str]:
        """What a run that must end well prints."""
        code, out, error = self.suite.end(self.start(*arguments, **options))
        assert (code, error) == (0, ""), f"it ended with {code}: {error}"
        return out.splitlines()


def _all_known() -> None:
    files = {path.name for path in FOLDER.iterdir()}
    names = (*NAMES, receivers.NAME)
    assert files == {"example.h", "server.h", *(f"{name}.{end}" for name in names for end in ("c", "cpp"))}, sorted(files)


def _program(name: str, language: str) -> Path:
    return build.WORK / "bin" / f"example-{name}-{language}"


def _compile(name: str, language: str, lib: Path) -> None:
    build.program(FOLDER / f"{name}.{language}", _program(name, language), lib)


def _revoked(runs: Runs) -> None:
    token = runs.sandbox.steer("POST", "tokens")["token"]
    runs.sandbox.steer("POST", "tokens/revoke", {"token": token})
    (PLACE / "document.pdf").write_bytes(b"%PDF-1.4\n")
    error = runs.fails(token=token)
    assert "(authentication, HTTP 401, " in error and "expired or revoked" in error, error
    assert "may exist" not in error, error


def _collect(runs: Runs, *arguments: object):
    """Runs collect_pdf until it has asked for the answer; the program, and the form's id."""
    process = runs.start("jane@example.com", "kyc-renewal", *arguments)
    created = re.fullmatch(f"created ({UUID})\n", process.stdout.readline())
    assert created, process.communicate(timeout=60)
    deadline = time.monotonic() + 60
    while all(sent["method"] != "GET" for sent in runs.sandbox.requests()):
        assert time.monotonic() < deadline, "it never asks"
    return process, created[1]


def _collect_pdf(runs: Runs) -> None:
    process, form = _collect(runs, PLACE)
    done = runs.sandbox.steer("POST", f"forms/{form}/complete", {"data": {"city": "Ghent"}})
    code, out, error = runs.suite.end(process)
    assert (code, error) == (0, ""), error
    file = PLACE / f"answer-{done['response_id']}.pdf"
    content = file.read_bytes()
    assert content.startswith(b"%PDF")
    last = f"saved {file}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}"
    assert out.splitlines()[-1] == last, out
    assert list(PLACE.iterdir()) == [file]


def _collect_pdf_fails(runs: Runs) -> None:
    process, form = _collect(runs)
    runs.sandbox.steer("POST", f"forms/{form}/complete", {"declined": True})
    code, _, error = runs.suite.end(process)
    assert (code, error) == (1, "the contact declined\n"), error
    runs.sandbox.reset()
    process, _ = _collect(runs, ".", 0)
    code, _, error = runs.suite.end(process)
    assert (code, error) == (1, "no answer within 0 s; the form stays open\n"), error
    assert not list(PLACE.iterdir())
    with Scripted({}) as server:
        error = runs.fails(url=server.url)
    assert error.startswith("the form may exist: look for it") and "outcome: unknown" in error, error
    assert server.posted == ["/v1/forms"], server.posted


def _start_case(runs: Runs) -> None:
    lines = runs.lines("jane@example.com", "Jane & Co")
    (case,) = runs.sandbox.call("GET", "cases")["data"]
    assert lines[:6] == [
        f"created {case['id']} from the template Client onboarding",
        "started send_welcome",
        "the case is in_progress and waits for: contact",
        "- Welcome email: started",
        "- Collect documents: pending",
        "- Final review: pending",
    ], lines
    assert lines[6].startswith("a second start is a conflict: ") and len(lines) == 7, lines
    case = runs.sandbox.call("GET", f"cases/{case['id']}")
    assert case["contacts"][0]["email"] == "jane@example.com"
    assert case["schema"][0]["key"] == "company_name" and case["schema"][0]["value"] == "Jane & Co"


def _start_case_fails(runs: Runs) -> None:
    case = {"id": "c", "data": [{"id": "t"}], "steps": [{"id": "a"}, {"id": "1", "key": "b"}]}
    with Scripted({}, case) as server:
        error = runs.fails(url=server.url)
    assert error.startswith("the case may exist: look for it") and "outcome: unknown" in error, error
    assert server.posted == ["/v1/cases"], server.posted
    answers = dict.fromkeys(("/v1/cases", "/v1/cases/c/data", "/v1/cases/c/start/b"), 200)
    with Scripted(answers | {"/v1/cases/c/start/a": 422}, case) as server:
        lines = runs.lines("a@example.com", "A", "t", url=server.url)
    assert re.match("a cannot be started: ", lines[1]) and lines[2] == "started b", lines
    refused = {"/v1/cases/c/start/a": 422, "/v1/cases/c/start/b": 409}
    with Scripted(answers | refused, case) as server:
        assert runs.fails(url=server.url) == "no step can be started\n"
    with Scripted({}, {"data": []}) as server:
        assert runs.fails(url=server.url) == "there is no case template\n"


def _extract_document(runs: Runs) -> None:
    (PLACE / "passport.pdf").write_bytes(b"%PDF-1.4\n")
    runs.sandbox.steer("PUT", "settings", {"extraction_delay_ms": 300})
    lines = runs.lines("passport.pdf")
    assert re.fullmatch(rf"uploaded passport\.pdf as {UUID}", lines[0]), lines
    assert lines[1] == 'firstname: "Jane" (confidence: high)', lines
    assert re.fullmatch(r'birthday: "\d{4}-\d\d-\d\d" \(confidence: high\)', lines[2]), lines
    assert re.fullmatch(r"amount: \d+ \(confidence: high\)", lines[3]) and len(lines) == 4, lines


def _extract_document_fails(runs: Runs) -> None:
    error = runs.fails("none.pdf")
    assert "none.pdf" in error and "(file, attachments.upload, outcome: not_sent)" in error, error
    assert not runs.sandbox.requests()


def _export_csv(runs: Runs) -> None:
    runs.sandbox.steer("POST", "forms", {"count": 5, "created_at": "2023-12-31T00:00:00Z"})
    many = {"count": 230, "created_at": "2024-06-01T00:00:00Z", "step_ms": 1000}
    ids = runs.sandbox.steer("POST", "forms", many)["ids"]
    flow = {"slug": "client-onboarding"}
    runs.sandbox.call("POST", "forms", {"flow": flow, "draft": True})
    contact = {"email": "jane@example.com", "given_name": HOSTILE, "phone": "+32470000000"}
    last = runs.sandbox.call("POST", "forms", {"flow": flow, "user": contact})
    assert runs.lines("2024-01-01", "f.csv") == ["wrote 231 forms to f.csv"]
    with (PLACE / "f.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, strict=True)
    assert head == ["id", "created_at", "status", "template", "email", "given_name", "phone"], head
    assert [row[0] for row in rows] == [*ids, last["id"]]
    shown = ["pending", "client-onboarding", "jane@example.com", f"'{HOSTILE}", "'+32470000000"]
    assert rows[-1] == [last["id"], last["created_at"], *shown], rows[-1]
    assert [path.name for path in PLACE.iterdir()] == ["f.csv"]


def _export_csv_fails(runs: Runs) -> None:
    error = runs.fails("not a date")
    assert "(bad_request, HTTP 400, forms.list, outcome: rejected)" in error, error
    assert not (PLACE / "forms.csv").exists()
    error = runs.fails("2024-01-01", "none/forms.csv")
    assert "none/forms.csv" in error, error


def _read_form(runs: Runs) -> None:
    form = runs.sandbox.call("POST", "forms", {"flow": {"slug": "client-onboarding"}})
    assert runs.lines(form["id"]) == [f"{form['id']} pending"]


def _read_form_fails(runs: Runs) -> None:
    assert runs.fails() == "there is no such form\n"
    runs.sandbox.steer("PUT", "rate_limit", {"requests": 1, "window_ms": 60_000, "retry_after": 60})
    runs.sandbox.call("POST", "forms", {"flow": {"slug": "client-onboarding"}})
    assert runs.fails() == "too many requests: wait 60 s\n"
    with Scripted({}, {"message": "down"}, read=503) as server:
        error = runs.fails(url=server.url)
    assert error.startswith("the service failed; for Penbox's support:\nPenbox support report\n"), error
    assert "\ntoken name: CRM\n" in error and "pnbx_" not in error, error


GOOD = dict(zip(NAMES, (_collect_pdf, _start_case, _extract_document, _export_csv, _read_form), strict=True))
BAD = dict(
    zip(
        NAMES,
        (_collect_pdf_fails, _start_case_fails, _extract_document_fails, _export_csv_fails, _read_form_fails),
        strict=True,
    )
)
