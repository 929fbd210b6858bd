"""Requests nobody thought of: schemathesis makes them from the document, good and bad."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from contract.document import Document
from contract.sandbox import ACME, Sandbox, running
from contract.scene import CASE_TEMPLATE, Things, furnish
from contract.trouble import NOWHERE

schema = schemathesis.openapi.from_dict(Document.read().raw)
schema.config.phases.coverage.unexpected_methods = set()
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def scene() -> Iterator[tuple[Sandbox, Things]]:
    """A sandbox with one of everything in it."""
    with running() as sandbox:
        yield sandbox, furnish(sandbox)


def _known(path: str, things: Things) -> dict[str, str]:
    """What a path's variables have to be for something to be there."""
    ids = {
        "forms": things.form,
        "requests": things.form,
        "responses": things.response,
        "cases": things.case,
        "case_templates": CASE_TEMPLATE,
        "attachments": things.attachment,
        "document_intelligence": things.job,
        "signatures": things.signature,
    }
    known = {
        "slug": "kyc-renewal",
        "stepKey": "final_review",
        "id": ids.get(path.split("/")[1], ""),
    }
    return {name: value for name, value in known.items() if f"{{{name}}}" in path}


@schema.parametrize()
@settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_conform(case: Case[Any], scene: tuple[Sandbox, Things]) -> None:
    """Once with the path as it was made and, if it has variables, once with what is there."""
    sandbox, things = scene
    headers = {"Authorization": f"Bearer {ACME}"}
    case.call_and_validate(base_url=sandbox.url, headers=headers, checks=CHECKS)
    if known := _known(case.operation.path, things):
        case.path_parameters = known
        case.call_and_validate(base_url=sandbox.url, headers=headers, checks=CHECKS)


def test_an_undocumented_status_is_reported(scene: tuple[Sandbox, Things]) -> None:
    raw = deepcopy(Document.read().raw)
    del raw["paths"]["/forms/{id}"]["get"]["responses"]["404"]
    loaded = schemathesis.openapi.from_dict(raw)
    case = loaded["/forms/{id}"]["GET"].Case(path_parameters={"id": NOWHERE})
    headers = {"Authorization": f"Bearer {ACME}"}
    with pytest.raises(FailureGroup) as failed:
        case.call_and_validate(base_url=scene[0].url, headers=headers, checks=CHECKS)
    assert "Undocumented status code" in [each.title for each in failed.value.exceptions]
