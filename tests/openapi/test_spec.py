"""The SDK and the document name the same operations, parameters and members."""

from __future__ import annotations

import pytest

from contract import spec
from contract.document import Document
from contract.members import read, sent
from contract.reasons import Reasons

OPERATIONS = spec.operations()
SDK_ONLY = Reasons("sdk_only")
DOCUMENT_ONLY = Reasons("document_only")


def _differences(document: Document) -> tuple[list[str], list[str]]:
    """What only the SDK names, and what only the document does."""
    sdk_only: list[str] = []
    document_only: list[str] = []
    by_name = {each.name: each for each in document.operations}
    for each in OPERATIONS:
        operation = by_name[f"{each.method} {each.path}"]
        documented = sent(document, operation)
        sdk_only += [f"{each.id} sends {name}" for name in sorted(each.sends - documented)]
        document_only += [f"{each.id} sends {name}" for name in sorted(documented - each.sends)]
        if each.reads is not None:
            documented = read(document, operation)
            sdk_only += [f"{each.id} reads {name}" for name in sorted(each.reads - documented)]
            missing = sorted(documented - each.reads)
            document_only += [f"{each.id} reads {name}" for name in missing]
    return sdk_only, document_only


def test_the_operations_are_the_same(document: Document) -> None:
    current = {each.name for each in document.operations if not each.deprecated}
    assert current, "the document names no operation"
    assert {f"{each.method} {each.path}" for each in OPERATIONS} == current


def test_whatever_only_the_sdk_names_has_a_reason(document: Document) -> None:
    assert SDK_ONLY.faults(_differences(document)[0]) == []


def test_whatever_only_the_document_names_has_a_reason(document: Document) -> None:
    assert DOCUMENT_ONLY.faults(_differences(document)[1]) == []


@pytest.mark.parametrize(
    ("operation", "name"), [("forms.list", "user[email]"), ("cases.create", "contacts.email")]
)
def test_members_are_compared_to_the_last(operation: str, name: str) -> None:
    assert name in next(each.sends for each in OPERATIONS if each.id == operation)
