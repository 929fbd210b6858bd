"""The requests of the conformance cases, which the runner asserts in every language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract.exchange import Request

CASES = Path(__file__).resolve().parents[2] / "conformance" / "cases"
TOKEN = "pnbx_" + "0123456789abcdef" * 3


@dataclass(frozen=True)
class Case:
    """A request some case expects."""

    name: str
    operation: str
    request: Request


def cases() -> Iterator[Case]:
    """Every expected request, with the headers the runner demands of each."""
    for path in sorted(CASES.glob("*/*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        name = f"{path.parent.name}/{path.stem}"
        for number, expected in enumerate(case["expect"]["requests"]):
            suffix = f"#{number + 1}" if number else ""
            yield Case(name + suffix, case["operation"], _request(expected))


def _request(expected: dict[str, Any]) -> Request:
    document = expected.get("json")
    headers = {"accept": "application/json", "authorization": f"Bearer {TOKEN}"}
    body = None
    if document is not None:
        headers["content-type"] = "application/json"
        body = json.dumps(document).encode()
    for name, value in (expected.get("headers") or {}).items():
        if value is None:
            headers.pop(name, None)
        else:
            headers[name] = value.replace("${TOKEN}", TOKEN)
    query = [(name, value) for name, value in expected.get("query", ())]
    return Request(expected["method"], expected["path"], query, headers, body)
