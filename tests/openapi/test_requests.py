"""The SDK's own requests are what the document takes: those of the cases, and some more."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from contract import spec
from contract.document import Document
from contract.exchange import Request
from contract.judge import Judge
from contract.reasons import Reasons
from contract.recorder import recording
from contract.replay import Case, cases

HERE = Path(__file__).resolve().parent
PYTHON = os.environ.get("PENBOX_PYTHON") or HERE.parents[1] / ".venv" / "bin" / "python"
OPERATIONS = spec.operations()
MOVES_A_FILE = {each.id for each in OPERATIONS if each.moves_a_file}
# Of a request of the caller's own, and of one for a key set, the document knows nothing.
OTHERS = MOVES_A_FILE | {"request", "webhook.unwrap", "webhook.verify", "webhook.forget"}
CASES = [each for each in cases() if each.operation not in OTHERS]
REASONS = Reasons("requests")


def _lines(name: str, faults: list[str]) -> list[str]:
    return [f"{name}: {fault}" for fault in faults]


@pytest.fixture(scope="module")
def sent() -> list[Request]:
    """What the Python package sends where no case has it: all of it is the core's making."""
    with recording() as server:
        command = [str(PYTHON), str(HERE / "sdk_calls.py"), server.url]
        subprocess.run(command, check=True, timeout=60)
        return server.requests


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_sends_a_valid_request(judge: Judge, case: Case) -> None:
    faults = judge.of_request(case.request)
    assert [line for line in _lines(case.name, faults) if not REASONS.covers(line)] == []


def test_files_are_sent_as_documented(judge: Judge, sent: list[Request]) -> None:
    assert len(sent) == 9
    for request in sent:
        lines = _lines(f"{request.method} {request.path}", judge.of_request(request))
        assert [line for line in lines if not REASONS.covers(line)] == []


def test_every_exception_is_needed(judge: Judge, sent: list[Request]) -> None:
    lines = [line for case in CASES for line in _lines(case.name, judge.of_request(case.request))]
    for request in sent:
        lines += _lines(f"{request.method} {request.path}", judge.of_request(request))
    assert REASONS.faults(lines) == []


def test_every_operation_sends_one_without_a_fault(
    document: Document, judge: Judge, sent: list[Request]
) -> None:
    """The same path is another operation under another `Accept`."""
    whole = {case.operation for case in CASES if not judge.of_request(case.request)}
    valid = [request for request in sent if not judge.of_request(request)]
    found = {
        (operation.name, request.headers["accept"])
        for request in valid
        if (operation := document.operation(request.method, request.path))
    }
    assert {each.id for each in OPERATIONS} - whole == {*MOVES_A_FILE, "cases.update_contacts"}
    assert found == {
        ("POST /attachments", "application/json"),
        ("GET /attachments", "application/pdf"),
        ("GET /attachments/{id}", "application/octet-stream"),
        ("GET /responses/{id}", "application/pdf"),
        ("GET /signatures/{id}", "application/octet-stream"),
        ("POST /cases/{id}/contacts", "application/json"),
    }
