"""The members of a schema, down through references, lists and alternatives."""

from __future__ import annotations

from typing import Any

from contract.document import Document, Operation


def members(document: Document, schema: Any, prefix: str = "") -> set[str]:
    """Names with dots between; a list is named like its items."""
    schema = document.follow(schema)
    found: set[str] = set()
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), schema.get("items", {})):
        found |= members(document, part, prefix) if part else set()
    for name, inner in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        found |= members(document, inner, f"{path}.") or {path}
    return found


def sent(document: Document, operation: Operation) -> set[str]:
    """The query parameters and the members of the bodies an operation takes."""
    found = operation.named("query")
    for content in operation.bodies.values():
        found |= members(document, content.get("schema", {}))
    return found


def read(document: Document, operation: Operation) -> set[str]:
    """The members of a success in JSON: of a list's items, of a JSON:API document's parts."""
    found: set[str] = set()
    for status, content in operation.answers.items():
        if status.startswith("2") and "application/json" in content:
            found |= members(document, content["application/json"]["schema"])
    if any(name.startswith("meta.") for name in found):
        found = {name.removeprefix("data.") for name in found if not name.startswith("meta.")}
    if any(name.startswith("data.attributes.") for name in found):
        for part in ("data.attributes.", "data.relationships.", "data."):
            found = {name.removeprefix(part) for name in found}
        found = {name.replace(".data.", ".") for name in found}
    return found


def held(value: Any, prefix: str = "") -> set[str]:
    """The members a JSON value really has, named alike."""
    found: set[str] = set()
    if isinstance(value, list):
        for item in value:
            found |= held(item, prefix)
    elif isinstance(value, dict):
        for name, inner in value.items():
            found |= {f"{prefix}{name}", *held(inner, f"{prefix}{name}.")}
    return found
