"""The document is a valid one, and its own examples are what it says they are."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from contract.document import Document, Operation
from contract.exchange import Answer, Request
from contract.judge import Judge
from contract.scene import Things, plain

OPERATIONS = Document.read().operations
AUTHORIZED = {"authorization": "Bearer x"}


def _request(operation: Operation, headers: dict[str, str], body: bytes | None = None) -> Request:
    path = operation.path.replace("{id}", "550e8400-e29b-41d4-a716-446655440000")
    query = [("ids", "a")] if "ids" in operation.named("query") else []
    return Request(operation.method, f"/v1{path}", query, AUTHORIZED | headers, body)


def test_the_document_is_valid(document: Document) -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(document.raw).iter_errors()] == []


def test_the_validator_sees_what_is_not(document: Document) -> None:
    broken = {**document.raw, "paths": {"/forms/{id}": {"get": {"responses": {}}}}}
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


def test_ids_of_operations_are_unique(document: Document) -> None:
    raw = document.raw["paths"]
    ids = [raw[each.path][each.method]["operationId"] for each in OPERATIONS]
    assert ids, "the document names no operation"
    assert len(set(ids)) == len(ids)


def test_every_operation_has_a_plain_call(document: Document) -> None:
    things = Things(*(f"id-of-the-{each.name}" for each in fields(Things)))
    calls = list(plain(document, things))
    made = {(call.method.lower(), call.path) for call in calls}
    assert made == {(each.method, each.path) for each in OPERATIONS}
    assert [call.path for call in calls if not all(call.args.values())] == []
    update = next(call for call in calls if (call.method, call.path) == ("PATCH", "/forms/{id}"))
    assert update.args == {"id": "id-of-the-form"}
    assert update.json == {"archived": True}
    assert not list(plain(document, things, calls))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_examples_conform(judge: Judge, operation: Operation) -> None:
    media = "application/json"
    for sample in operation.bodies.get(media, {}).get("examples", {}).values():
        body = json.dumps(sample["value"]).encode()
        assert judge.of_request(_request(operation, {"content-type": media}, body)) == []
    for status, content in operation.answers.items():
        for sample in content.get(media, {}).get("examples", {}).values():
            number = int(status.replace("XX", "00"))
            data = json.dumps(sample["value"]).encode()
            answer = Answer(number, {"content-type": media}, data)
            assert judge.of_answer(_request(operation, {}), answer) == []
