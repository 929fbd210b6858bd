"""The document is a valid one, and its own examples are what it says they are."""

from __future__ import annotations

import json

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from contract.document import Document, Operation
from contract.exchange import Answer, Request
from contract.judge import Judge

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
    assert len(set(ids)) == len(ids) == 33


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
