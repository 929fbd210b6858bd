"""Every answer of the sandbox is one the document promises, and every promise is kept."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from contract.document import Document
from contract.exchange import Exchange
from contract.judge import Judge
from contract.members import held, members
from contract.reasons import Reasons

UNANSWERED = Reasons("unanswered")
UNSEEN = Reasons("unseen")
PROMISES = [line for line in Document.read().promises() if not UNANSWERED.covers(line)]


def _kept(document: Document, exchange: Exchange) -> str | None:
    """The promise an answer keeps."""
    operation = document.operation(exchange.request.method, exchange.request.path)
    answer = exchange.answer
    return operation.promise(answer.status_code, answer.media) if operation else None


@pytest.fixture(scope="module")
def by_promise(document: Document, exchanges: list[Exchange]) -> dict[str | None, list[Exchange]]:
    found = defaultdict(list)
    for exchange in exchanges:
        found[_kept(document, exchange)].append(exchange)
    return found


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_is_kept(
    judge: Judge, by_promise: dict[str | None, list[Exchange]], promise: str
) -> None:
    found = by_promise.get(promise, [])
    assert found, "no exchange had this answer"
    for each in found:
        assert judge.of_answer(each.request, each.answer) == []


def test_nothing_else_is_answered(by_promise: dict[str | None, list[Exchange]]) -> None:
    others = by_promise.get(None, [])
    assert [(each.request.method, each.request.path, each.answer) for each in others] == []


def test_what_the_sandbox_took_was_a_valid_request(judge: Judge, exchanges: list[Exchange]) -> None:
    for each in exchanges:
        if each.answer.status_code < 300:
            assert judge.of_request(each.request) == []


def test_every_documented_member_is_seen(document: Document, exchanges: list[Exchange]) -> None:
    """Hardly a member is required, so an answer could conform by being empty."""
    seen: dict[str, set[str]] = defaultdict(set)
    for exchange in exchanges:
        operation = document.operation(exchange.request.method, exchange.request.path)
        answer = exchange.answer
        if operation and answer.status_code < 300 and answer.media == "application/json":
            seen[operation.name] |= held(json.loads(answer.data))
    missing = [
        f"{operation.name}: {name}"
        for operation in document.operations
        for status, content in operation.answers.items()
        if status.startswith("2") and "application/json" in content
        for name in members(document, content["application/json"]["schema"])
        if name not in seen[operation.name]
    ]
    assert UNSEEN.faults(missing) == []


def test_both_texts_of_a_401_and_the_short_one(exchanges: list[Exchange]) -> None:
    texts = {each.answer.data for each in exchanges if each.answer.status_code == 401}
    assert texts == {
        b'{"statusCode":401,"error":"Unauthorized","message":"Missing authorization header"}',
        b'{"statusCode":401,"error":"Unauthorized","message":"Invalid token"}',
        b'{"statusCode":401,"error":"Unauthorized"}',
    }


def test_every_exception_is_needed(
    document: Document,
    by_promise: dict[str | None, list[Exchange]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = [line for line in document.promises() if line not in by_promise]
    assert UNANSWERED.faults(broken) == []
    called = {line.rsplit(" ", 2)[0] for line in by_promise if line}
    current = [each for each in document.operations if not each.deprecated]
    old = [each.name for each in document.operations if each.deprecated]
    with capsys.disabled():
        print(
            f"\n{sum(each.name in called for each in current)} of {len(current)} operations and "
            f"{sum(name in called for name in old)} of {len(old)} deprecated ones, "
            f"{len(document.promises()) - len(broken)} of {len(document.promises())} documented "
            f"answers in {sum(map(len, by_promise.values()))} exchanges; "
            f"{len(broken)} that a sandbox cannot give, by {len(UNANSWERED.patterns)} reasons"
        )
