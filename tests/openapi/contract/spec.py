"""The SDK's own description of its operations, in the names of the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SPEC = Path(__file__).resolve().parents[2] / "spec"


@dataclass(frozen=True)
class SdkOperation:
    """An operation: what it sends beside the path, and what it reads of the answer."""

    id: str
    method: str
    path: str
    moves_a_file: bool
    sends: frozenset[str]
    reads: frozenset[str] | None


def operations() -> list[SdkOperation]:
    listed = json.loads((SPEC / "operations.json").read_text(encoding="utf-8"))["operations"]
    models = _models()
    return [
        SdkOperation(
            each["id"],
            each["method"],
            each["path"],
            each["transfer"] != "none",
            frozenset(_members(models, each["params"], "query" if _is_get(each) else "body")),
            None if (read := _model(each["result"])) is None else frozenset(_members(models, read)),
        )
        for each in listed
    ]


def _is_get(operation: dict[str, Any]) -> bool:
    return bool(operation["method"] == "GET")


def _models() -> dict[str, Any]:
    listed = json.loads((SPEC / "schema.json").read_text(encoding="utf-8"))["models"]
    return {each["name"]: each["fields"] for each in listed}


def _model(kind: dict[str, Any]) -> str | None:
    """The model a type is, or is a list of."""
    name: str | None = kind["name"] if kind["kind"] == "model" else None
    return _model(kind["of"]) if kind["kind"] == "list" else name


def _members(models: dict[str, Any], name: str | None, place: str = "body") -> set[str]:
    """A model's members, down to the last: `user[email]` in a query, `user.email` in a body."""
    found: set[str] = set()
    for each in models[name] if name else ():
        # What takes members of any name travels in a query as one JSON text.
        whole = place == "query" and "others" in each["type"]
        inner = set() if whole else _members(models, _model(each["type"]), place)
        joined = "{}[{}]" if place == "query" else "{}.{}"
        found |= {joined.format(each["name"], one) for one in inner} or {each["name"]}
    return found
