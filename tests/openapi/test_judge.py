"""The checks can fail: one thing wrong at a time, and the judge has to name it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from contract.document import Document, Operation
from contract.exchange import Answer, Exchange, Request
from contract.judge import Judge
from contract.reasons import Reasons
from contract.sandbox import Call
from contract.scene import FORM, MULTIPART, NEW_CASE, NEW_FORM, NEW_JOB

ID = "550e8400-e29b-41d4-a716-446655440000"
GET_FORM = Call("GET", "/forms/{id}", {"id": ID}).request()
JSON = {"content-type": "application/json"}
TEXT = {"content-type": "text/plain"}


def _answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, headers or JSON, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (_answer({"status": "pending"}), "'id' is a required property"),
        (_answer({"id": "no-uuid"}), "'no-uuid' is not a 'uuid'"),
        (_answer({"id": ID, "created_at": "yesterday"}), "'yesterday' is not a 'date-time'"),
        (_answer({"id": ID, "status": "lost"}), "'lost' is not one of"),
        (_answer({"id": ID, "archived": "no"}), "$.archived: 'no' is not of type 'boolean'"),
        (_answer({"id": ID, "archivedAt": None}), "'archivedAt' was unexpected"),
        (_answer({"id": ID, "user": {"mail": "a"}}), "$.user: Additional properties"),
        (_answer({"id": ID, "responses": [{}]}), "$.responses[0]: 'id' is a required property"),
        (_answer({"id": ID, "flow": None}), "$.flow: None is not of type 'object'"),
        (_answer([]), "[] is not of type 'object'"),
        (_answer({"id": ID}, 201), "status: 201"),
        (_answer({"statusCode": 409, "error": "Conflict"}, 409), "status: 409"),
        (_answer({"statusCode": "404", "error": "Not Found"}, 404), "$.statusCode: '404'"),
        (_answer({"statusCode": 404}, 404), "'error' is a required property"),
        (_answer({"errors": []}, 503), "'statusCode' is a required property"),
        (_answer({"id": ID}, headers={"content-type": "text/html"}), "text/html"),
        (Answer(200, JSON, b'{"id": '), "Failed to deserialize"),
        (Answer(200, JSON, b""), "Missing response data"),
    ],
)
def test_a_wrong_answer_is_reported(judge: Judge, answer: Answer, fault: str) -> None:
    assert judge.of_answer(GET_FORM, _answer({"id": ID})) == []
    faults = judge.of_answer(GET_FORM, answer)
    assert any(fault in each for each in faults), faults


def _body(method: str, path: str, body: Any) -> Request:
    return Call(method, path, {"id": ID}, json=body).request()


def _query(path: str, name: str, value: str) -> Request:
    return Call("GET", path, query=((name, value),)).request()


def _form(body: bytes) -> Request:
    return Call("POST", "/attachments", body=body, headers=MULTIPART).request()


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (Call("GET", "/form", {}).request(), "Path not found"),
        (Call("PUT", "/forms/{id}", {"id": ID}).request(), "Operation put not found"),
        (Call("GET", "/forms/{id}", {"id": "5"}).request(), "path id: $: '5' is not a 'uuid'"),
        (Call("GET", "/forms", token=None).request(), "Security not found"),
        (Call("GET", "/forms", token="a b").request(), "authorization: not a bearer token"),
        (_query("/forms", "user[mail]", "a"), "query user[mail]: not documented"),
        (_query("/forms", "user[email]", "a"), "query user[email]: $: 'a' is not a 'email'"),
        (_query("/forms", "archived", "maybe"), "query archived"),
        (_query("/forms", "page[size]", "101"), "101 is greater than the maximum of 100"),
        (_query("/forms", "page[number]", "one"), "query page[number]"),
        (_query("/cases", "parent_status", "lost"), "'lost' is not one of"),
        (_query("/attachments", "filename", "a"), "Missing required query parameter: ids"),
        (_body("POST", "/forms", {}), "'flow' is a required property"),
        (_body("POST", "/forms", {**NEW_FORM, "flow": {"slug": 5}}), "$.flow.slug: 5 is not"),
        (_body("POST", "/forms", {**NEW_FORM, "drafts": True}), "'drafts' was unexpected"),
        (_body("POST", "/cases", {**NEW_CASE, "contacts": [{"mail": "a"}]}), "$.contacts[0]"),
        (_body("POST", "/document_intelligence", {**NEW_JOB, "template": {}}), "valid under each"),
        (_body("POST", "/document_intelligence", {**NEW_JOB, "attachments": []}), "non-empty"),
        (_body("PATCH", "/forms/{id}", {"archived": "yes"}), "'yes' is not of type 'boolean'"),
        (Call("POST", "/forms").request(), "Missing required request body"),
        (Call("POST", "/forms", body=b"a", headers=TEXT).request(), "text/plain"),
        (Call("GET", "/forms", body=b"a").request(), "body: none is documented"),
        (_form(b"--edge--"), "'file' is a required property"),
        (_form(FORM.replace(b'"file"', b'"sent"')), "part sent: not documented"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_reported(judge: Judge, request_: Request, fault: str) -> None:
    faults = judge.of_request(request_)
    assert any(fault in each for each in faults), faults


def test_a_right_request_is_not(judge: Judge) -> None:
    assert judge.of_request(_body("POST", "/forms", NEW_FORM)) == []
    assert judge.of_request(_body("POST", "/cases", NEW_CASE)) == []
    assert judge.of_request(_form(FORM)) == []


def test_each_answer_of_the_sandbox_is_looked_into(judge: Judge, exchanges: list[Exchange]) -> None:
    """No object with an id gets by without it, nowhere in the answers that have one."""
    mutated = 0
    for exchange in exchanges:
        if exchange.answer.media != "application/json" or exchange.answer.status_code >= 300:
            continue
        data = json.loads(exchange.answer.data)
        if isinstance(data, dict) and "id" in data:
            data["id"] = 7
            answer = replace(exchange.answer, data=json.dumps(data).encode())
            assert "$.id: 7 is not of type 'string'" in judge.of_answer(exchange.request, answer)
            mutated += 1
    assert mutated > 20


def test_an_undocumented_answer_keeps_no_promise(document: Document) -> None:
    operation = document.operation("GET", "/v1/forms/count")
    assert operation is not None
    assert operation.path == "/forms/count"
    assert operation.promise(200, "application/json") == "GET /forms/count 200 application/json"
    assert operation.promise(503, "application/json") == "GET /forms/count 5XX application/json"
    assert operation.promise(200, "text/html") is None
    assert operation.promise(404, "application/json") is None


def test_an_answer_without_a_body_is_a_promise_too() -> None:
    operation = Operation("delete", "/forms/{id}", False, (), {}, {"204": {}})
    assert list(operation.promises()) == ["DELETE /forms/{id} 204 -"]
    assert operation.promise(204, "") == "DELETE /forms/{id} 204 -"
    assert operation.promise(200, "") is None


def test_a_reason_for_nothing_is_reported() -> None:
    reasons = Reasons("sdk_only")
    faults = reasons.faults(["responses.get reads raw", "forms.get reads colour"])
    assert "no reason: forms.get reads colour" in faults
    assert "sdk_only: nothing is like cases.count reads by" in faults
    assert "sdk_only: nothing is like responses.get reads raw" not in faults
