"""The requests of the conformance cases, which the runner asserts in every language."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contract.exchange import Request
from contract.sandbox import ROOT, TARGET

# The runner knows how the rows of a file are put into its case.
PRINT = (str(TARGET / "debug" / "penbox-conformance"), "--print")
TOKEN = "pnbx_" + "0123456789abcdef" * 3


@dataclass(frozen=True)
class Case:
    """A request some case expects."""

    name: str
    operation: str
    request: Request


def cases() -> Iterator[Case]:
    """Every expected request, with the headers the runner demands of each."""
    printed = subprocess.run(PRINT, cwd=ROOT, check=True, stdout=subprocess.PIPE, timeout=60).stdout
    for case in map(json.loads, printed.splitlines()):
        name = case["name"]
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
